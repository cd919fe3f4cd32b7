// One question to one endpoint, in the words of an API that it speaks, as serving asks it. Belongs to one
// loop.
#pragma once

#include <optional>
#include <string>

#include "gateway/probe/probe_question.hpp"
#include "providers/host/http_provider.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

struct ProbeAnswer {
  std::optional<routing::FailureKind> failure{};  // absent: it answered
  int status = 0;                                 // 0: no reply came
  std::string message{};                          // the host's own words of a failure; not scrubbed
  std::string text{};                             // what it said, in so far as it is text
  std::optional<routing::Usage> usage{};
  // Mean logarithm of the probabilities of what it might have begun with, where that was wanted and is said.
  std::optional<double> likelihood{};
  // Logarithm of how many times as likely the likeliest of that is as the next; as `likelihood`.
  std::optional<double> lead{};
  config::Duration took{};
};

bool claims(const routing::Endpoint& endpoint, config::Feature feature);
// Whether `always` forbids to ask it, by what holds for everybody. What is not known does not satisfy it.
bool is_forbidden(const routing::PolicySet& policies, const routing::Endpoint& endpoint);
// Whether some API that the endpoint speaks has words for it.
bool can_be_asked(const routing::Endpoint& endpoint, const ProbeQuestion& question);

// `host`, `timer` and `endpoint` must outlive the task. can_be_asked() holds.
providers::Task<ProbeAnswer> probe_call(providers::HttpProvider& host, providers::Timer& timer,
                                        const routing::Endpoint& endpoint, ProbeQuestion question,
                                        config::Duration limit);

}  // namespace gateway
