#include "gateway/observe/traffic.hpp"

#include <algorithm>

#include "routing/terms/succession.hpp"

namespace gateway {

namespace {

bool is_failure_of_endpoint(const routing::Attempt& attempt) {
  return attempt.failure && attempt.failure->kind != routing::FailureKind::client_left &&
         attempt.failure->kind != routing::FailureKind::outrun &&
         attempt.failure->kind != routing::FailureKind::rejected &&
         attempt.failure->kind != routing::FailureKind::local;
}

// The values of `before`, by the indexes of `size` endpoints now.
template <class T>
std::vector<T> carried(const std::vector<T>& before,
                       const std::vector<std::optional<routing::EndpointIndex>>& successors,
                       std::size_t size) {
  std::vector<T> result(size);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (successors[i]) result[*successors[i]] = before[i];
  }
  return result;
}

}  // namespace

Flow flow_of(const routing::Attempt& attempt) {
  Flow flow{.attempts = 1, .nanodollars = attempt.cost.nanos};
  if (is_failure_of_endpoint(attempt)) flow.failures = 1;
  if (attempt.usage) {
    flow.prompt_tokens = static_cast<std::uint64_t>(std::max<std::int64_t>(0, attempt.usage->prompt.count));
    flow.output_tokens = static_cast<std::uint64_t>(std::max<std::int64_t>(0, attempt.usage->output.count));
  }
  return flow;
}

Flow& Flow::operator+=(const Flow& other) {
  attempts += other.attempts;
  failures += other.failures;
  prompt_tokens += other.prompt_tokens;
  output_tokens += other.output_tokens;
  nanodollars += other.nanodollars;
  return *this;
}

Traffic::Traffic(std::shared_ptr<const routing::Catalogue> catalogue, config::TimePoint now)
    : today_(std::move(catalogue)),
      started_(now),
      ring_(slots),
      totals_(today_.catalogue().endpoints().size()),
      last_failures_(today_.catalogue().endpoints().size()) {}

void Traffic::record(const Record& record, config::TimePoint now, Of of) {
  Second& second = second_at(now);
  if (of == Of::model) {
    ++second.requests;
    ++all_requests_;
    if (record.ending == Ending::refused || record.ending == Ending::broken) ++all_failed_;
  }
  for (const routing::Attempt& attempt : record.attempts) {
    const auto index = today_.index_of(record, attempt);
    if (!index) continue;
    const Flow flow = flow_of(attempt);
    second.flows[*index] += flow;
    totals_[*index] += flow;
    if (!is_failure_of_endpoint(attempt)) continue;
    last_failures_[*index] = LastFailure{.kind = attempt.failure->kind,
                                         .status = attempt.failure->status,
                                         .tls = attempt.failure->tls,
                                         .learned = now};
  }
}

void Traffic::adopt(std::shared_ptr<const routing::Catalogue> catalogue) {
  const auto successors = routing::successors(today_.catalogue(), *catalogue);
  const std::size_t size = catalogue->endpoints().size();
  totals_ = carried(totals_, successors, size);
  last_failures_ = carried(last_failures_, successors, size);
  for (Second& second : ring_) {
    if (second.number >= 0) second.flows = carried(second.flows, successors, size);
  }
  today_.adopt(std::move(catalogue));
}

Flow Traffic::of(routing::EndpointIndex endpoint, std::chrono::seconds window, config::TimePoint now) const {
  Flow sum;
  for (const Second& second : ring_) {
    if (is_within(second, window, now)) sum += second.flows[endpoint];
  }
  return sum;
}

Flow Traffic::since_start(routing::EndpointIndex endpoint) const {
  return totals_[endpoint];
}

const std::optional<LastFailure>& Traffic::last_failure(routing::EndpointIndex endpoint) const {
  return last_failures_[endpoint];
}

std::uint64_t Traffic::requests(std::chrono::seconds window, config::TimePoint now) const {
  std::uint64_t sum = 0;
  for (const Second& second : ring_) {
    if (is_within(second, window, now)) sum += second.requests;
  }
  return sum;
}

bool Traffic::is_within(const Second& second, std::chrono::seconds window, config::TimePoint now) const {
  const std::int64_t last = number_of(now);
  return second.number >= 0 && second.number <= last &&
         second.number > last - std::min(window, longest).count();
}

std::int64_t Traffic::number_of(config::TimePoint now) const {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - started_).count());
}

Traffic::Second& Traffic::second_at(config::TimePoint now) {
  const std::int64_t number = number_of(now);
  Second& second = ring_[static_cast<std::size_t>(number) % slots];
  if (second.number != number) {
    second.number = number;
    second.requests = 0;
    second.flows.assign(today_.catalogue().endpoints().size(), {});
  }
  return second;
}

}  // namespace gateway
