// What an endpoint is asked to see whether it is as configured: next to nothing, with the features that it
// claims. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// Those of `claimed` that a request can show.
std::vector<config::Feature> provable(const config::Features& claimed);

// One token of an answer to a few words, which need these features. A model that thinks gets a few more: some
// hosts find nothing else worth beginning.
struct ProbeQuestion {
  std::vector<config::Feature> features;
  std::int64_t most_output = 1;
  std::string_view text{};         // instead of those few words; static
  bool is_drawn = false;           // the answer to that, as at a temperature of 1; else it is the likeliest
  bool wants_likelihoods = false;  // of what the answer might have begun with, where the API can say it
};

// A conversation that says so; all its texts are static.
providers::Conversation conversation_of(const ProbeQuestion& question);

// What an answer to a question that needs prefill begins with, as the host is told.
inline constexpr std::string_view begun_answer = "1 2 3 4";
// Whether an answer goes on where the prefilled one broke off, instead of beginning anew.
bool goes_on(std::string_view answer);
// Whether nothing else could look like that: a new turn may count on, too, but has no reason to begin with
// the space that is missing. Some hosts that do go on take it away.
bool surely_goes_on(std::string_view answer);

}  // namespace gateway
