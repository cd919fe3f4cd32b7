// The life of one request, as `serve` walks through it: the decisions that are taken for it, the attempts
// that are under way, and what of them its client and its record get. Belongs to its request.
#pragma once

#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "gateway/continuation/continuation.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/serving/attempt.hpp"
#include "gateway/serving/deciding.hpp"
#include "gateway/serving/race.hpp"
#include "gateway/tab/tab.hpp"
#include "routing/decision/journey.hpp"

namespace gateway {

// Walks a request's journey: what it says is next is done here, and what came of it is told it.
class Life {
 public:
  // All must outlive it.
  Life(Services& services, InferenceRequest& request, Reply& reply, Interruption& interruption,
       Record& record);

  providers::Task<void> run();
  // Of a request that something in the gateway itself broke off: with what is known of it.
  providers::Task<void> give_up(const ErrorReply& why);

 private:
  using Journey = routing::Journey;
  using Leg = Journey::Leg;

  // One choice of an endpoint, and what it holds while it is asked.
  struct Chosen {
    routing::TrialPermit trial{};
    std::optional<Slot> slot{};
    providers::KeyPermit permit{};
    std::string in_short;  // of the decision, as `served` shows it
    Served served;
  };

  // Only where something is to be waited for a task is: most requests go through without.
  enum class Chose { done, nobody, too_late };
  Chose choose();
  providers::Task<void> wait_for_others();
  providers::Task<void> wait_for_somebody(config::TimePoint now);
  void choose_beside();
  void begin(Leg leg, config::TimePoint now);
  providers::Task<void> wait(config::TimePoint until);
  void note_for_operators(const Tried& tried);
  void take_ended();
  void end(Leg leg, Tried& tried);
  void remember_deciding_one();
  providers::Task<void> tell_end();
  void note_end(config::TimePoint now);
  void close_tab();
  bool may_pay_for(routing::EndpointIndex endpoint);
  providers::KeyNeeds needs_while_waiting(const routing::Decision& decision) const;

  Services& services_;
  InferenceRequest& request_;
  Reply& reply_;
  Interruption& interruption_;
  Record& record_;
  const Generation& generation_;
  Decider deciding_;
  Tab tab_;
  Place place_;
  std::optional<ErrorReply> error_;
  config::Duration for_quotas_{};  // that it waited
  std::array<std::optional<Chosen>, Journey::most_legs> chosen_;
  std::unique_ptr<HostWords> said_;  // by the host of the last attempt, of its failure
  std::string in_short_;
  Served served_;                                 // names the last attempt
  std::optional<config::TimePoint> somebody_at_;  // when somebody is back; nobody may answer before
  std::exception_ptr fault_;                      // of an attempt
  // When what comes next began: read where something was waited for, and not for each thing that is done.
  config::TimePoint now_{};
  std::unique_ptr<Continuation> continuation_;  // null: nobody goes on with what breaks
  Journey journey_;
  Race race_;
  providers::Sleep pause_;
  unsigned races_lost_ = 0;
};

}  // namespace gateway
