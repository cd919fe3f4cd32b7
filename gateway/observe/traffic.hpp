// How much went where: attempts, failures, tokens and dollars of each endpoint, per second for the last five
// minutes and since the beginning. Belongs to the control loop. For people; decisions do not read it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/observe/record.hpp"
#include "gateway/observe/today.hpp"

namespace gateway {

// Sums over some time.
struct Flow {
  std::uint64_t attempts = 0;
  std::uint64_t failures = 0;  // of the endpoint: clients that left and requests at fault do not count
  std::uint64_t prompt_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t nanodollars = 0;

  Flow& operator+=(const Flow& other);
};

// Of one attempt.
Flow flow_of(const routing::Attempt& attempt);

// The latest failure that counts as one.
struct LastFailure {
  routing::FailureKind kind{};
  int status = 0;
  routing::TlsFault tls = routing::TlsFault::none;
  config::TimePoint learned{};
};

class Traffic {
 public:
  static constexpr std::chrono::seconds longest{300};

  Traffic(std::shared_ptr<const routing::Catalogue> catalogue, config::TimePoint now);

  // Of what a request was: of a model, or of a page, as one that is not there; those count for nobody.
  enum class Of { model, page };
  void record(const Record& record, config::TimePoint now, Of of = Of::model);
  // Takes a new generation; keeps the numbers of endpoints that are still there.
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue);

  // Of the last `window`, at most `longest`, the current second included.
  Flow of(routing::EndpointIndex endpoint, std::chrono::seconds window, config::TimePoint now) const;
  Flow since_start(routing::EndpointIndex endpoint) const;
  const std::optional<LastFailure>& last_failure(routing::EndpointIndex endpoint) const;
  // Requests, whether or not they reached an endpoint.
  std::uint64_t requests(std::chrono::seconds window, config::TimePoint now) const;
  std::uint64_t requests_since_start() const { return all_requests_; }
  std::uint64_t failed_since_start() const { return all_failed_; }
  config::TimePoint started() const { return started_; }

 private:
  static constexpr std::size_t slots = 300;
  struct Second {
    std::int64_t number = -1;  // since `started_`; -1: never used
    std::uint64_t requests = 0;
    std::vector<Flow> flows;  // by EndpointIndex
  };
  std::int64_t number_of(config::TimePoint now) const;
  Second& second_at(config::TimePoint now);
  bool is_within(const Second& second, std::chrono::seconds window, config::TimePoint now) const;

  Today today_;
  config::TimePoint started_;
  std::vector<Second> ring_;
  std::vector<Flow> totals_;
  std::vector<std::optional<LastFailure>> last_failures_;  // by EndpointIndex
  std::uint64_t all_requests_ = 0;
  std::uint64_t all_failed_ = 0;
};

}  // namespace gateway
