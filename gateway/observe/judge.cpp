#include "gateway/observe/judge.hpp"

#include "routing/replay/hindsight.hpp"

namespace gateway {

bool Judge::can_afford(std::uint64_t looks, config::TimePoint now) {
  if (now - second_ >= std::chrono::seconds(1)) second_ = now, looks_ = 0;
  if (looks_ + looks > most_looks) return false;
  looks_ += looks;
  return true;
}

void Judge::judge(std::span<const RecordPtr> records, config::TimePoint now, LateLook& look) {
  for (const RecordPtr& each : records) {
    Record& record = *each;
    if (record.decisions.empty() || record.attempts.empty() || !record.rules || !record.catalogue) continue;
    const routing::LoggedDecision& decision = record.decisions.front();
    const std::size_t copied = look.copies(record.catalogue->endpoints().size());
    if (!can_afford(decision.seen_of.size() + copied, now)) continue;
    const routing::Snapshot& seen = look();
    if (seen.catalogue != record.catalogue) continue;
    const routing::Attempt& answer = routing::deciding_one(record.attempts);
    record.hindsight = routing::in_hindsight(seen, *record.rules, record.demand, decision, &answer, now);
  }
}

}  // namespace gateway
