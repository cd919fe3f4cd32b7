#include "gateway/replay/replay_exact.hpp"

#include <sstream>

#include "gateway/replay/replay_policies.hpp"
#include "gateway/replay/replay_stages.hpp"

namespace gateway {
namespace {

using routing::Decision;
using routing::LoggedDecision;

std::string name_of(const routing::Catalogue& catalogue, std::optional<routing::EndpointIndex> endpoint) {
  if (!endpoint) return "none";
  if (*endpoint >= catalogue.endpoints().size()) return "an unknown endpoint";
  return catalogue.endpoints()[*endpoint].settings->name.text;
}

// What the decision taken again thinks of an endpoint.
void append_verdict(std::ostream& out, const routing::Catalogue& catalogue, const Decision& decision,
                    std::optional<routing::EndpointIndex> endpoint) {
  for (const routing::Verdict& verdict : decision.verdicts) {
    if (verdict.endpoint != endpoint) continue;
    out << "\n  " << name_of(catalogue, endpoint) << ": ";
    if (verdict.removal != routing::Removal::none) {
      out << to_text(verdict.removal);
      continue;
    }
    out << "rank " << verdict.rank << ", " << verdict.cost.total() << " $ (price " << verdict.cost.price
        << ", first token " << verdict.cost.ttft << ", rest " << verdict.cost.generation << ", failures "
        << verdict.cost.failure << "), propensity " << verdict.propensity;
  }
}

std::string explained(const StoredRequest& stored, std::size_t place, const routing::Catalogue& catalogue,
                      const Decision& again) {
  const LoggedRequest& request = stored.request;
  const LoggedDecision& logged = request.decisions[place];
  std::ostringstream out;
  out.precision(12);
  out << "request " << stored.id << " for " << request.demand.model << ", decision " << place + 1 << " of "
      << request.decisions.size() << ", policy \"" << request.policy << "\":\n  recorded "
      << name_of(catalogue, logged.chosen) << " (" << to_text(logged.reason) << ", propensity "
      << logged.propensity << "), now " << name_of(catalogue, again.chosen) << " (" << to_text(again.reason)
      << ", propensity " << again.propensity << ")";
  append_verdict(out, catalogue, again, logged.chosen);
  if (logged.chosen != again.chosen) append_verdict(out, catalogue, again, again.chosen);
  return out.str();
}

// Why this request's decisions cannot be taken again; nothing when they can.
const char* obstacle(const LoggedRequest& request, const routing::Policy* policy) {
  if (!policy) return "their policy is not in the recorded configuration";
  if (policy->hash != request.policy_hash) return "this isocost understands their policy otherwise";
  const bool is_anonymous = request.demand.identity == routing::LoggedDemand::Identity::left_out;
  if (is_anonymous && may_read_identity(*policy))
    return "their policy reads who asked, which is not recorded";
  return nullptr;
}

}  // namespace

ExactReplay replay_exactly(RecordReader& reader) {
  ExactReplay result;
  ReplayPolicies policies;
  ReplayStages stages(reader);
  while (const auto stored = reader.next()) {
    const LoggedRequest& request = stored->request;
    ++result.requests;
    for (std::size_t place = 0; place < request.decisions.size(); ++place) {
      const LoggedDecision& logged = request.decisions[place];
      routing::Stage* stage = stages.at(logged.snapshot);
      if (!stage) {
        ++result.left_out["the market they saw is no longer in the file"];
        continue;
      }
      const routing::Policy* policy = policies.find(stage->catalogue(), request.policy, request);
      if (const char* why = obstacle(request, policy)) {
        ++result.left_out[why];
        continue;
      }
      const std::size_t tried = std::min<std::size_t>(logged.tried, request.attempts.size());
      const Decision& again =
          stage->decide(request.demand, logged, std::span(request.attempts).first(tried), *policy);
      ++result.decisions;
      if (difference(logged, again) == routing::Difference::none) {
        ++result.same;
      } else if (result.first_difference.empty()) {
        result.first_difference = explained(*stored, place, stage->catalogue(), again);
      }
    }
  }
  return result;
}

}  // namespace gateway
