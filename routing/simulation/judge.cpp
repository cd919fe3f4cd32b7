#include "routing/simulation/judge.hpp"

#include <algorithm>

namespace routing {
namespace {

using namespace std::chrono_literals;

double seconds(config::Duration duration) {
  return config::Seconds(duration).count();
}

}  // namespace

Judge::Judge(const Scenario& scenario, const SimulatedMarket& market) : scenario_(scenario), market_(market) {
  card_.hosts.resize(market.size());
  card_.shares.assign(Scorecard::slices, std::vector<std::uint32_t>(market.size()));
  const config::Duration length = scenario.trace->requests.back().at;
  slice_ = std::max<config::Duration>(1ns, length / static_cast<int>(Scorecard::slices) + 1ns);
}

void Judge::chosen(const SimulatedRequest& request, EndpointIndex host) {
  const auto slice = static_cast<std::size_t>(request.request->at / slice_);
  ++card_.shares[std::min(slice, Scorecard::slices - 1)][host];
}

void Judge::sent(EndpointIndex host) {
  ++card_.attempts;
  ++card_.hosts[host].attempts;
}

void Judge::answered(const SimulatedRequest& request, const Attempt& attempt) {
  const double before = seconds(attempt.dispatched - request.demand.admitted);
  // Of an answer that was gone on with, the begin is what the client waited for.
  const auto begins = [](const Attempt& each) {
    return each.failure && each.failure->progress == Progress::client_has_bytes && each.first_visible;
  };
  const auto begun = std::ranges::find_if(request.attempts, begins);
  const Attempt& first = begun == request.attempts.end() ? attempt : *begun;
  const double ttft = seconds(first.dispatched - request.demand.admitted) + seconds(*first.first_visible);
  const double total = before + seconds(*attempt.finished);
  card_.dollars += request.dollars;
  card_.waiting_dollars +=
      scenario_.values.value_of_ttft * ttft + scenario_.values.value_of_generation * (total - ttft);
  card_.ttft.add(ttft);
  card_.total.add(total);
  if (ttft <= scenario_.slo.count()) ++card_.within_slo;
  if (checked(attempt.conduct, Check::tool_arguments) == Checked::failed) ++card_.lapses;
  HostShare& host = card_.hosts[attempt.endpoint];
  ++host.answers;
  host.dollars += attempt.cost.dollars();
  host.ttft += seconds(*attempt.first_visible);
  host.generation += seconds(*attempt.finished - *attempt.first_visible);
}

// Nobody answered: the request has to be made again, with all the trouble, beside what was waited and billed.
void Judge::failed(const SimulatedRequest& request, config::TimePoint now) {
  ++card_.failures;
  const bool was_asked = !request.attempts.empty() && request.attempts.back().failure;
  ++card_.failed_because[was_asked ? static_cast<std::size_t>(request.attempts.back().failure->kind)
                                   : Scorecard::nobody_asked];
  card_.dollars += request.dollars;
  card_.waiting_dollars += scenario_.values.value_of_ttft * seconds(now - request.demand.admitted);
  fines_.push_back(scenario_.failure_fine * ordinary_cost(request));
}

Scorecard Judge::result() {
  // All but one of a thousand waits: one accident alone does not change what all failures cost.
  const double longest_wait = card_.ttft.total() > 0 ? card_.ttft.quantile(0.999) : 0;
  const double least = scenario_.values.value_of_ttft * longest_wait;
  for (const double fine : fines_) card_.waiting_dollars += std::max(fine, least);
  return std::move(card_);
}

double Judge::ordinary_cost(const SimulatedRequest& request) const {
  std::vector<double> usual;
  for (EndpointIndex i = 0; i < market_.size(); ++i) {
    usual.push_back(market_.usual_cost(i, request.demand, static_cast<double>(request.request->output.count),
                                       scenario_.values));
  }
  const auto middle = usual.begin() + static_cast<std::ptrdiff_t>(usual.size() / 2);
  std::ranges::nth_element(usual, middle);
  return *middle;
}

}  // namespace routing
