#include "gateway/replay/replay_exact.hpp"

#include <optional>
#include <sstream>

#include "gateway/replay/replay_policies.hpp"
#include "gateway/replay/replay_stages.hpp"
#include "routing/decision/hedge.hpp"
#include "routing/replay/retrace.hpp"

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

// One recorded request: its decisions taken again, its journey walked with what became of them.
class Retaken {
 public:
  Retaken(const StoredRequest& stored, ReplayPolicies& policies, ReplayStages& stages, ExactReplay& result)
      : stored_(stored), request_(stored.request), policies_(policies), stages_(stages), result_(result) {}

  void take_all() {
    for (std::size_t place = 0; place < request_.decisions.size(); ++place) take(place);
    if (!retrace_ || is_broken_off_) return;
    ++result_.journeys;
    const bool is_whole = retrace_->begun() == request_.attempts.size();
    if (!wrong_ && is_whole && request_.ending == Ending::answered && !retrace_->answers())
      wrong_ = "the client had an answer, and none of its attempts gave one";
    if (!wrong_) {
      ++result_.same_journeys;
    } else if (result_.first_difference.empty()) {
      result_.first_difference =
          "request " + std::to_string(stored_.id) + " for " + request_.demand.model + ": " + wrong_;
    }
  }

 private:
  void take(std::size_t place) {
    const LoggedDecision& logged = request_.decisions[place];
    routing::Stage* stage = stages_.at(logged.snapshot);
    if (!stage) return leave_out("the market they saw is no longer in the file");
    if (stage != on_) policy_ = policies_.find(stage->catalogue(), request_.policy, request_);
    on_ = stage;
    if (const char* why = obstacle(request_, policy_)) return leave_out(why);
    const std::size_t tried = std::min<std::size_t>(logged.tried, request_.attempts.size());
    const Decision& again =
        stage->decide(request_.demand, logged, std::span(request_.attempts).first(tried), *policy_);
    ++result_.decisions;
    if (difference(logged, again) == routing::Difference::none) {
      ++result_.same;
    } else if (result_.first_difference.empty()) {
      result_.first_difference = explained(stored_, place, stage->catalogue(), again);
    }
    step(logged, again);
  }

  void leave_out(const char* why) {
    ++result_.left_out[why];
    is_broken_off_ = true;
  }

  void step(const LoggedDecision& logged, const Decision& again) {
    if (!retrace_) retrace_.emplace(on_->demand(), *policy_, request_.attempts);
    // A decision between them went unrecorded, because a reload had overtaken the request.
    if (logged.tried != retrace_->begun()) is_broken_off_ = true;
    if (is_broken_off_ || wrong_) return;
    const auto due = retrace_->due(logged.now);
    if (due == routing::Retrace::Due::later) wrong_ = "a decision was taken before it was due";
    if (due == routing::Retrace::Due::never) wrong_ = "a decision was taken after the journey's end";
    if (wrong_ || !logged.chosen) return;
    if (retrace_->begun() == request_.attempts.size()) {
      wrong_ = "a host was chosen, and no attempt was made";
      return;
    }
    retrace_->asked(beside_at(again, *policy_, on_->demand(), on_->catalogue(), logged.now));
  }

  const StoredRequest& stored_;
  const LoggedRequest& request_;
  ReplayPolicies& policies_;
  ReplayStages& stages_;
  ExactReplay& result_;
  routing::Stage* on_ = nullptr;
  const routing::Policy* policy_ = nullptr;
  std::optional<routing::Retrace> retrace_;
  bool is_broken_off_ = false;
  const char* wrong_ = nullptr;
};

}  // namespace

ExactReplay replay_exactly(RecordReader& reader) {
  ExactReplay result;
  ReplayPolicies policies;
  ReplayStages stages(reader);
  while (const auto stored = reader.next()) {
    ++result.requests;
    Retaken(*stored, policies, stages, result).take_all();
  }
  return result;
}

}  // namespace gateway
