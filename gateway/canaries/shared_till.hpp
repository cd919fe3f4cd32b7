// What canaries of an endpoint have cost at all gateways together, where these share a database: one row for
// each endpoint and day, from which the worst that a canary may cost is taken before it is asked, in one
// statement, so that of several gateways only one gets what is left. While the database is away nothing can
// be taken, and no canary is asked. Blocks for at most its patience; belongs to one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "gateway/postgres/connection.hpp"
#include "routing/quality/canary_turns.hpp"
#include "routing/terms/succession.hpp"

namespace gateway {

class SharedTill {
 public:
  using Say = std::function<void(const std::string&)>;
  SharedTill(PostgresAddress address, Say say) : address_(std::move(address)), say_(std::move(say)) {}

  // What all have spent of the day with `turn`, in nano-dollars; nothing where that would be more than
  // `a_day`, or cannot be known.
  std::optional<std::int64_t> take(const routing::Identity& endpoint, const routing::CanaryTurns::Turn& turn,
                                   config::Money a_day, config::TimePoint now);
  // What was billed for one that was taken, as CanaryTurns::settle. While the database is away it is kept,
  // and told before anything else is taken; what is less than was taken is given up where it may have
  // arrived.
  void settle(const routing::Identity& endpoint, const routing::CanaryTurns::Turn& turn,
              std::optional<std::int64_t> billed);

 private:
  struct Row {
    std::int64_t day = 0;
    std::uint64_t asked = 0, named = 0;

    friend auto operator<=>(const Row&, const Row&) = default;
  };
  void open(std::int64_t day);
  void tell_what_is_due();

  const PostgresAddress address_;
  const Say say_;
  std::optional<Postgres> database_;
  std::map<Row, std::int64_t> due_;  // by which what was taken is to be corrected
  std::int64_t swept_on_ = 0;        // the day on which old rows were deleted
  config::TimePoint not_before_{};   // that it is asked again, after it was away
  bool was_away_ = false;
};

}  // namespace gateway
