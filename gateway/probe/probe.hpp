// Asks each endpoint of a configuration for a token, and finds what differs from what it says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/generation/prefills.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

enum class Probed {
  as_configured,
  differs,      // it answers, and not all is as the configuration says
  unreachable,  // nothing came back
  untested,     // it is busy, or speaks no API in which it could be asked
};
std::string_view to_text(Probed probed);

struct ProbeFinding {
  std::string what;    // "key_refused", "feature_refused": one word for programs
  std::string detail;  // a sentence for people, scrubbed
};

struct ProbeResult {
  std::string endpoint{}, model{}, provider{}, host_model{};
  Probed probed = Probed::as_configured;
  std::vector<ProbeFinding> findings{};
  std::vector<ProbeFinding> notes{};  // what neither the configuration nor a question says
  int calls = 0;
  double seconds = 0;  // of the first answer; 0: none came
  config::Money cost{};
  // Whether it goes on with an answer that somebody else began; absent: that was not asked, or not answered.
  // A configuration that says it does needs less proof than one that does not say it.
  std::optional<bool> goes_on{};
  std::string asked{};  // asked_there()
};

struct ProbeLimits {
  config::Duration each = std::chrono::seconds(30);  // call
  std::size_t at_once = 8;
};

// The endpoints that there are now: of a name with several addresses each. Asks name servers.
config::Settings with_addresses_now(const config::Settings& settings);
// What all of it may cost at that time.
config::Money most_cost(const routing::Catalogue& catalogue, config::WallTime at);
// In the order of the catalogue. Blocks; each call has its limit. Whether an endpoint goes on with a begun
// answer is asked where the configuration says so, and of everybody else where a policy goes on with streams.
std::vector<ProbeResult> probe(const routing::Catalogue& catalogue, const ProbeLimits& limits);
// What was found of that, at `at`.
Prefills prefills_of(const std::vector<ProbeResult>& results, config::WallTime at);

}  // namespace gateway
