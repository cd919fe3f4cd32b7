// What probing finds of an endpoint, in words for people and for programs. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/generation/prefills.hpp"
#include "gateway/probe/probe_call.hpp"
#include "gateway/text/scrub.hpp"

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

// What was found of going on with begun answers, at `at`.
Prefills prefills_of(const std::vector<ProbeResult>& results, config::WallTime at);

// Nothing came back, or nothing can be found out now.
bool is_silence(routing::FailureKind kind);
bool is_busy(routing::FailureKind kind);
// What no other question to the endpoint could change.
bool is_final(routing::FailureKind kind);

void add_finding(ProbeResult& result, std::string what, std::string detail);
// What a failure of a plain question shows.
void find_failure(ProbeResult& result, const ProbeAnswer& answer, const HostSecrets& secrets);
// ", status 401: the host's own words": how an answer failed, to go on a sentence with.
std::string said(const ProbeAnswer& answer, const HostSecrets& secrets);

}  // namespace gateway
