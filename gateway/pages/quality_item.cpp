#include "gateway/pages/quality_item.hpp"

#include <algorithm>

#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;
using routing::CheckEvidence;
using routing::Regard;

namespace {

json::value ago(config::TimePoint since, config::TimePoint now) {
  if (since == config::TimePoint{}) return nullptr;
  return number_or_null(config::Seconds(now - since).count());
}

json::object check_item(const CheckEvidence& check, config::TimePoint now) {
  return {{"state", routing::to_text(check.regard)},
          {"passed", number_or_null(check.passed)},
          {"failed", number_or_null(check.failed)},
          {"unjudged", number_or_null(check.unjudged)},
          {"failing", number_or_null(check.failing)},
          {"usually_failing", number_or_null(check.usual)},
          {"failing_at_others", number_or_null(check.peers)},
          {"evidence", number_or_null(check.evidence)},
          {"state_seconds", ago(check.since, now)}};
}

}  // namespace

json::value quality_item(const routing::Snapshot& snapshot, routing::EndpointIndex endpoint) {
  if (!snapshot.evidence || endpoint >= snapshot.evidence->size()) return nullptr;
  const routing::QualityEvidence& all = (*snapshot.evidence)[endpoint];
  json::object checks;
  Regard worst = Regard::unseen;
  for (std::size_t i = 0; i < all.checks.size(); ++i) {
    const CheckEvidence& check = all.checks[i];
    if (check.passed + check.failed + check.unjudged == 0) continue;
    const auto which = static_cast<routing::Check>(i);
    if (routing::is_heeded(which)) worst = std::max(worst, check.regard);
    checks[routing::to_text(which)] = check_item(check, snapshot.taken);
  }
  if (checks.empty()) return nullptr;
  return json::object{{"state", routing::to_text(worst)},
                      {"checks", std::move(checks)},
                      {"output_tokens_over_others", number_or_null(all.length)},
                      {"prompt_tokens_over_others", number_or_null(all.prompt_tokens)},
                      {"fingerprints", all.fingerprints},
                      {"fingerprint_seconds", ago(all.fingerprint_since, snapshot.taken)}};
}

}  // namespace gateway
