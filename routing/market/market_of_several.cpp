// A market that several gateways have together: what is kept for others, and what is learned from them.
#include <algorithm>
#include <cmath>

#include "routing/market/market.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// Of what others saw: nothing that is older is learned, and where there is newer of our own, not what is
// older than this.
constexpr config::Duration too_old = 10s, old_beside_own = 2s;

}  // namespace

void Market::note(const Glimpse& glimpse, EndpointIndex index) {
  Here& here = here_[index];
  here.seen = std::max(here.seen, glimpse.at);
  if (!glimpse.attempt.failure) here.answered = std::max(here.answered, glimpse.at);
  glimpses_.add(glimpse, index);
}

bool Market::learns_from(const Glimpse& glimpse, config::TimePoint now) {
  const Attempt& attempt = glimpse.attempt;
  const EndpointIndex index = attempt.endpoint;
  if (index >= states_.size() || now - glimpse.at > too_old || !concerns_others(attempt)) return false;
  if (now - glimpse.at > old_beside_own && here_[index].seen > glimpse.at) return false;
  if (glimpse.what == Glimpse::What::counts) {
    learn_counts(glimpse);
    return true;
  }
  if (glimpse.what == Glimpse::What::begins) {
    learn_begins(index, attempt, glimpse.asked, glimpse.at);
    return true;
  }
  const bool is_refuted = attempt.failure && fault_of(attempt.failure->kind) == Fault::host &&
                          here_[index].answered >= attempt.dispatched;
  if (is_refuted) return false;
  EndpointState& state = state_at(index, glimpse.at);
  observe_health(index, attempt, Health::Seen::elsewhere, glimpse.at);
  dossiers_[index].learn_end(state, attempt, glimpse.asked, glimpse.at);
  return true;
}

void Market::learn_counts(const Glimpse& glimpse) {
  const Attempt& attempt = glimpse.attempt;
  const Expectation expected{.length = lengths_.current().expected(glimpse.lengths),
                             .cached_tokens = glimpse.cached_tokens};
  dossiers_[attempt.endpoint].learn_tokens(states_[attempt.endpoint], attempt, glimpse.asked.prompt,
                                           expected);
  if (attempt.failure || attempt.usage->output.count <= 0) return;
  lengths_.observe(glimpse.lengths, static_cast<double>(attempt.usage->output.count),
                   static_cast<double>(attempt.usage->reasoning.count));
}

bool Market::others_have(EndpointIndex index, double others) {
  EngineState& engine = states_[index].engine;
  if (!std::isnan(engine.running) || engine.others == others) return false;
  engine.others = others;
  return true;
}

}  // namespace routing
