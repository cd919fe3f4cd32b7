#include "gateway/canaries/shared_till.hpp"

#include "gateway/postgres/migrations.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto till_patience = 2s;
constexpr auto pause_of_till = 30s;
constexpr std::int64_t days_kept = 7;

// Hashes, as a signed number of the same bits.
std::string signed_text(std::uint64_t hash) {
  return std::to_string(static_cast<std::int64_t>(hash));
}

}  // namespace

void SharedTill::open(std::int64_t day) {
  if (!database_) {
    database_.emplace(address_, till_patience);
    migrate(*database_);
  }
  if (day == swept_on_) return;
  database_->run("DELETE FROM daily_canary WHERE day<$1", {std::to_string(day - days_kept * 86'400)});
  swept_on_ = day;
}

// Where it fails the server may have done it all the same. Money that comes back twice would be a second
// budget, so that it is told once; money that is taken is told until that is known to be done.
void SharedTill::tell_what_is_due() {
  while (!due_.empty()) {
    const auto [row, by] = *due_.begin();
    if (by < 0) due_.erase(row);
    database_->run(
        "UPDATE daily_canary SET spent=spent+$4 WHERE day=$1 AND asked=$2 AND named=$3",
        {std::to_string(row.day), signed_text(row.asked), signed_text(row.named), std::to_string(by)});
    due_.erase(row);
  }
}

std::optional<std::int64_t> SharedTill::take(const routing::Identity& endpoint,
                                             const routing::CanaryTurns::Turn& turn, config::Money a_day,
                                             config::TimePoint now) {
  if (turn.set_aside > a_day.nanos || now < not_before_) return std::nullopt;
  try {
    open(turn.day);
    tell_what_is_due();
    const PostgresRows rows = database_->run(
        "INSERT INTO daily_canary AS known (day, asked, named, spent) VALUES($1,$2,$3,$4) "
        "ON CONFLICT (day, asked, named) DO UPDATE SET spent=known.spent+excluded.spent "
        "WHERE known.spent+excluded.spent<=$5 RETURNING spent",
        {std::to_string(turn.day), signed_text(endpoint.asked), signed_text(endpoint.named),
         std::to_string(turn.set_aside), std::to_string(a_day.nanos)});
    was_away_ = false;
    if (rows.count() == 0) return std::nullopt;
    return rows.integer(0, 0);
  } catch (const std::exception& fault) {
    // It may have been taken: then it stays spent.
    database_.reset();
    not_before_ = now + pause_of_till;
    if (!was_away_)
      say_("canaries: none is asked while their common budget cannot be read: " + std::string(fault.what()));
    was_away_ = true;
    return std::nullopt;
  }
}

void SharedTill::settle(const routing::Identity& endpoint, const routing::CanaryTurns::Turn& turn,
                        std::optional<std::int64_t> billed) {
  if (!billed || *billed == turn.set_aside) return;
  due_[{turn.day, endpoint.asked, endpoint.named}] += *billed - turn.set_aside;
  if (!database_) return;
  try {
    tell_what_is_due();
  } catch (const std::exception&) {
    database_.reset();
  }
}

}  // namespace gateway
