// What happened to one request: made exactly once, whatever happened, and the only source of metrics, log,
// market and ledger. A value, moved from the data loop to the control loop.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/values/quota.hpp"
#include "config/values/settings.hpp"
#include "gateway/overload/shed.hpp"
#include "routing/decision/plan.hpp"
#include "routing/market/market.hpp"
#include "routing/replay/hindsight.hpp"
#include "routing/replay/logged_decision.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// How the request ended for the client.
enum class Ending {
  answered,     // a whole reply
  refused,      // an error before any byte of a reply: `status` says which
  broken,       // an error event after the reply had begun
  client_left,  // the client closed first
};

// What the decision for an attempt expected of it. Dollars and seconds.
struct Foreseen {
  double cost = 0;         // waiting and failing included
  double dollars = 0;      // of that, what its host bills
  double first_delta = 0;  // until it
  double ttft = 0;         // until the first visible token
  double least_cost = 0;   // of anybody who was not left out
};

// Whom the decision for the first attempt left out, by why.
struct LeftOut {
  std::array<std::uint32_t, routing::removals> by{};  // by Removal; `none` are those who could be chosen
  routing::Removal most_by = routing::Removal::none;  // of most of those
  int rule = -1;                                      // of that, as Verdict::rule
  std::uint32_t relaxed = 0;                          // steps that were taken, on which `rule` depends
};

// A limit that kept a request waiting, or out.
struct LimitHit {
  enum class Of { user, key, team, everybody } of = Of::everybody;
  std::optional<config::Measure> measure{};  // absent: requests at the same time
  config::Period period = config::Period::total;
  bool let_in = false;             // after a wait
  bool is_of_one_request = false;  // tokens of each alone
};

// What of it takes no memory of its own.
struct RecordFacts {
  config::WallTime wall{};
  bool streamed = false;
  config::Priority priority = config::Priority::normal;
  Shed shed = Shed::none;  // why it was turned away, where only load was the reason
  int status = 0;          // HTTP status the client got; 0 when it got none
  Ending ending = Ending::refused;
  config::Tokens prompt_estimate{};
  // From the request read to the first byte of the answer handed to the client.
  config::Duration until_first_byte{};
  config::Duration total{};
  // What of `until_first_byte` was not waiting for hosts or for a backoff: the gateway's own share.
  std::optional<config::Duration> added{};
  config::Duration deciding{};  // time spent in plan(), all attempts
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  int client_retry = 0;        // x-stainless-retry-count
  int retries_paid = 0;        // attempts that the retry budget paid for
  std::uint32_t ran_on = 0;    // of attempt i bit i: it was cut off, far beyond what was asked for
  int repeats = 0;             // written once more, where a host had closed a kept connection
  bool retry_refused = false;  // for want of it, nobody else was asked
  std::chrono::duration<std::int32_t, std::milli> waited{};  // in line, for quotas and for hosts
  config::Money charged{};                                   // what of its cost counts for its key and team
  std::optional<LimitHit> limit_hit{};
  std::size_t relaxed = 0;  // steps of the policy's `relax` that were taken, the most of any attempt
  std::uint64_t policy_hash = 0;
  LeftOut left_out{};
  // The first choice, once it was over; absent where it was not judged.
  std::optional<routing::Hindsight> hindsight{};
};

struct Record : RecordFacts {
  std::string id;                    // x-request-id
  std::string client;                // the address that asked, or empty
  std::string path;                  // of the route table, never the client's text
  std::string_view method = "POST";  // a text that stays
  std::string model;                 // the public name, or empty when unknown
  std::string asked;                 // the model in the client's own words, where it was read
  std::string key;                   // the key's name, or empty
  std::string team;                  // of the key, or empty
  std::string policy;                // the policy's name, or empty when none was reached
  std::string traceparent;           // as the client sent it, checked; or empty
  std::string error;                 // machine-readable code of what went wrong, or empty
  // What was said of the last attempt at which a host did not take us for who we are, was not reached, or was
  // cut for going on too far. Scrubbed; empty: nothing.
  std::string said;
  routing::Attempts attempts;                      // the deciding one served, unless it carries a failure
  std::vector<Foreseen> foreseen;                  // of each attempt, in their order
  std::vector<routing::LoggedDecision> decisions;  // every one, for replay; empty where no records are kept
  std::shared_ptr<const routing::Overlay> preferences;  // the request's own; absent where it had none
  std::shared_ptr<const routing::Policy> rules;         // that decided; absent when none was reached
  routing::Demand demand{};  // what routing was asked; its model is null when the request did not get there
  std::shared_ptr<const routing::Catalogue> catalogue;  // that the indexes in `attempts` belong to
  // What the client was told. Where no host was looked at, only if the gateway's own state was the reason:
  // limits, models that there are not, too much under way; of a body's faults nothing: they may quote it.
  // After a decision always, but for the words of a host. Or empty.
  std::string told;
};

// Records travel between threads and back, and are filled again: by pointer, because they are large.
using RecordPtr = std::unique_ptr<Record>;

// Makes a record as good as new; keeps its memory.
void empty(Record& record);

}  // namespace gateway
