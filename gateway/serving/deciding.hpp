// Takes the decisions of a request under way: on the newest snapshot of its generation, noted in its record,
// with what is counted over all loops: trials, retries, hedges. Each leaves the decision in
// Services::decision, where it stays until the next one.
#pragma once

#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/serving/attempt.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

class Decider {
 public:
  // All must outlive it.
  Decider(Services& services, const InferenceRequest& request, Record& record, Reply& reply)
      : services_(services), request_(request), record_(record), reply_(reply) {}

  // Who is asked next. Where the choice falls on a host that is half open, `trial` holds its trial.
  const routing::Decision& decide(routing::TrialPermit& trial, config::TimePoint now);
  // Who is asked beside `first`, which is slow; nothing where nobody else is left, or it may not be paid for.
  std::optional<routing::EndpointIndex> decide_beside(routing::EndpointIndex first, config::TimePoint now);
  // The last decision is as if it had not been taken.
  void take_back();
  // Likewise, of one that chose somebody beside the first.
  void take_back_beside();

  // Whether the attempt that was just decided may be made: the first one at another host that is believed
  // healthy is free, any other must be paid for.
  bool may_retry();
  // What an attempt at the endpoint may use of its host's limits, as the last decision had it.
  providers::KeyNeeds needs_at(routing::EndpointIndex endpoint) const;
  // What a decision leaves behind, once the attempt that it was made for begins.
  void keep();
  // Sets aside what it may use of the limits of a key there. False: another attempt was faster.
  bool take_key(providers::KeyPermit& permit, routing::EndpointIndex endpoint, config::TimePoint now);
  // The attempt that was just decided, as it begins.
  Asking asking(config::TimePoint now) const;
  // When another host is asked beside it.
  std::optional<config::TimePoint> beside_at(config::TimePoint now) const;
  // As the client is told of it.
  std::string in_short(config::TimePoint now) const;

 private:
  void plan_once(const routing::Snapshot& snapshot, const routing::Moment& moment);
  void plan_next(const routing::Snapshot& snapshot, const routing::Moment& moment,
                 routing::TrialPermit& trial);
  const Generation& generation() const { return *request_.hosts->generation; }

  Services& services_;
  const InferenceRequest& request_;
  Record& record_;
  Reply& reply_;
  std::size_t decisions_before_ = 0;               // in the record, before the last one
  const routing::Snapshot* decided_on_ = nullptr;  // until the next wait
};

}  // namespace gateway
