// What probing showed of who goes on with an answer that somebody else began (`prefill`): kept over restarts,
// and believed for a while, of the very host that was asked. What the configuration says itself goes before
// it. Pure values.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

// Hosts change their engines and templates without a word.
inline constexpr auto prefill_is_known_for = std::chrono::hours(24 * 30);

struct Prefill {
  std::string asked;  // asked_there(): of anybody else nothing is known
  bool goes_on = false;
  config::WallTime at{};
  bool is_said = false;  // the configuration says itself that it goes on; not kept

  config::WallTime until() const { return at + prefill_is_known_for; }
};

// By the names of model and endpoint.
using Prefills = std::map<std::pair<std::string, std::string>, Prefill>;

// Whom a probe asks: "deepseek-chat at https://api.deepseek.com/beta, by openai". Another one has shown
// nothing.
std::string asked_there(const config::ProviderSettings& provider, const config::EndpointSettings& endpoint);

// What of `known` holds for these endpoints at `now`. Those that were found to go on have the feature from
// then on.
Prefills join(const Prefills& known, config::Settings& settings, config::WallTime now);
// The settings as they were before that.
void part(const Prefills& joined, config::Settings& settings);
// Of all of them, when the first one is not believed any more; far away without any.
config::WallTime first_end(const Prefills& prefills);
// The newer of two finds of one endpoint stays; what is not believed any more goes.
void add(const Prefills& found, Prefills& known, config::WallTime now);

// As a document of JSON, for the file and for a call. Of what cannot be read nothing is known; `is_whole`
// says whether all could be.
std::string to_text(const Prefills& prefills);
Prefills prefills_in(std::string_view text, bool& is_whole);
inline constexpr std::string_view prefills_file = "/prefills.json";  // in the state directory

}  // namespace gateway
