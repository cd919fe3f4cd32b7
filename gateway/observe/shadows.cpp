#include "gateway/observe/shadows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "routing/decision/pacing.hpp"
#include "routing/policy/overlay.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

ShadowStanding::Verdict verdict_of(const ShadowStanding& row) {
  using Verdict = ShadowStanding::Verdict;
  if (row.forbidden > 0) return Verdict::forbidden;
  if (row.unserved > 0) return Verdict::unserved;
  // The intervals are of the judged ones, and those left out are those that the shadow would send elsewhere.
  const auto all = static_cast<double>(row.judged + row.unmeasured);
  if (static_cast<double>(row.unmeasured) > routing::most_unjudged * all) return Verdict::unmeasured;
  if (!std::isfinite(row.cost.low) || !std::isfinite(row.cost.high)) return Verdict::too_few;
  return row.cost.high < 0 ? Verdict::better : row.cost.low > 0 ? Verdict::worse : Verdict::unsure;
}

double billed_for(const Record& record) {
  config::Money sum;
  for (const routing::Attempt& attempt : record.attempts) sum = sum + attempt.cost;
  return sum.dollars();
}

// Of a row, in the order in which they are kept. `Each` takes what is a number.
void kept_numbers(auto& row, const auto& io) {
  const auto whole = [&](auto& count) {
    auto number = static_cast<double>(count);
    io(number);
    if constexpr (requires { count = 0; })
      count = static_cast<std::remove_reference_t<decltype(count)>>(number);
  };
  whole(row.judged), whole(row.forbidden), whole(row.unserved), whole(row.unmeasured);
  io(row.moved);
  whole(row.day), io(row.dollars_of_day);
}

// Nothing is decided by it, so it is a nobody's: without a decision, or one that a reload overtook.
bool is_decided(const Record& record) {
  return !record.decisions.empty() && !record.attempts.empty() && record.rules && record.catalogue &&
         record.demand.model && record.decisions.front().chosen && record.decisions.front().tried == 0;
}

}  // namespace

std::string_view to_text(ShadowStanding::Verdict verdict) {
  constexpr std::array<std::string_view, 7> words{"too_few",   "unsure",   "better",    "worse",
                                                  "forbidden", "unserved", "unmeasured"};
  return words[static_cast<std::size_t>(verdict)];
}

void Shadows::Row::add(const routing::ShadowFinding& finding, config::TimePoint now) {
  switch (finding.what) {
    case routing::ShadowFinding::What::forbidden:
      ++forbidden;
      return;
    case routing::ShadowFinding::What::unserved:
      ++unserved;
      return;
    case routing::ShadowFinding::What::unmeasured:
      ++unmeasured;
      return;
    case routing::ShadowFinding::What::judged:
      break;
  }
  if (cost.in_block() >= least_in_block && now - block_began >= block) {
    for (routing::RunningMean* const each : {&cost, &dollars, &seconds}) each->end_block();
  }
  if (cost.in_block() == 0) block_began = now;
  ++judged;
  moved += finding.moved;
  cost.add(finding.cost);
  dollars.add(finding.dollars);
  seconds.add(finding.seconds);
}

void Shadows::Row::pay(double billed, std::int64_t today) {
  if (day != today) day = today, dollars_of_day = 0;
  dollars_of_day += billed;
}

void Shadows::pass(std::int64_t day, double share) {
  day_ = day;
  share_of_day_ = share;
}

double Shadows::money_of(const std::string& policy, const routing::Policy& shadow) const {
  if (!shadow.budget || day_ == 0) return 1;
  double spent = 0;
  for (const auto& [key, row] : rows_) {
    const bool is_of_it = std::get<0>(key) == policy && std::get<1>(key) == shadow.name.text;
    if (is_of_it && row.day == day_) spent += row.dollars_of_day;
  }
  return routing::money_counts(*shadow.budget, spent, share_of_day_);
}

std::vector<routing::ShadowMemory> Shadows::memory() const {
  std::vector<routing::ShadowMemory> memory;
  for (const auto& [key, row] : rows_) {
    routing::ShadowMemory& kept = memory.emplace_back();
    std::tie(kept.policy, kept.shadow, kept.model) = key;
    kept.of = row.hash;
    const auto put = [&](const double& number) { kept.numbers.push_back(number); };
    kept_numbers(row, put);
    for (const routing::RunningMean* each : {&row.cost, &row.dollars, &row.seconds}) {
      for (const double number : each->memory()) put(number);
    }
  }
  return memory;
}

void Shadows::recall(const std::vector<routing::ShadowMemory>& memory, config::TimePoint now) {
  for (const routing::ShadowMemory& kept : memory) {
    const bool is_same = std::ranges::find(names_, kept.shadow) != names_.end() && kept.of != 0 &&
                         hash_of(kept.policy, kept.shadow) == kept.of && catalogue_->find(kept.model);
    if (!is_same || rows_.size() >= most_rows) continue;
    Row row;
    row.hash = kept.of;
    std::size_t next = 0;
    const auto get = [&](double& number) { number = next < kept.numbers.size() ? kept.numbers[next++] : 0; };
    kept_numbers(row, get);
    for (routing::RunningMean* each : {&row.cost, &row.dollars, &row.seconds}) {
      routing::RunningMean::Memory known{};
      for (double& number : known) get(number);
      each->recall(known);
    }
    row.block_began = now;
    rows_.insert_or_assign({kept.policy, kept.shadow, kept.model}, row);
  }
}

void Shadows::adopt(std::shared_ptr<const routing::Catalogue> catalogue, const routing::PolicySet& policies) {
  catalogue_ = std::move(catalogue);
  names_.clear();
  for (const config::PolicyName& name : catalogue_->settings().shadow) names_.push_back(name.text);
  stage_.reset();
  shown_ = 0;
  past_.forget();
  std::uint64_t always = 0;
  for (const routing::AlwaysRules::Joined& each : policies.always().all())
    always = routing::mixed(always ^ each.hash);
  hashes_.clear();
  for (const routing::Policy& policy : policies.policies())
    hashes_[policy.name.text] = routing::mixed(policy.hash ^ always);
  std::erase_if(rows_, [&](const auto& row) {
    const auto& [policy, shadow, model] = row.first;
    const bool is_shadow = std::ranges::find(names_, shadow) != names_.end();
    return !is_shadow || row.second.hash != hash_of(policy, shadow) || !catalogue_->find(model);
  });
  if (!is_empty()) stage_.emplace(catalogue_);
}

bool Shadows::can_afford(std::uint64_t looks, config::TimePoint now) {
  if (now - second_ >= std::chrono::seconds(1)) second_ = now, looks_ = 0;
  if (looks_ + looks > most_looks) return false;
  looks_ += looks;
  return true;
}

std::uint64_t Shadows::hash_of(const std::string& policy, const std::string& shadow) const {
  const auto of = hashes_.find(policy), beside = hashes_.find(shadow);
  if (of == hashes_.end() || beside == hashes_.end()) return 0;
  return routing::mixed(of->second ^ routing::mixed(beside->second));
}

Shadows::Row* Shadows::row_of(const Record& record, const std::string& shadow) {
  const Key key{record.policy, shadow, record.model};
  const auto found = rows_.find(key);
  if (found != rows_.end()) return &found->second;
  const std::uint64_t hash = hash_of(record.policy, shadow);
  if (rows_.size() >= most_rows || hash == 0) return nullptr;
  Row& row = rows_[key];
  row.hash = hash;
  return &row;
}

bool Shadows::judge_one(const Record& record, const routing::Policy& shadow, const routing::Snapshot& seen,
                        config::TimePoint now) {
  const routing::LoggedDecision& logged = record.decisions.front();
  std::optional<routing::Policy> own;
  if (record.preferences) own = routing::overlaid(shadow, record.preferences);
  const routing::Policy& policy = own ? *own : shadow;
  const routing::Decision& decision =
      stage_->decide(record.demand, logged, policy, money_of(record.policy, shadow));
  const routing::Attempt& answer = routing::deciding_one(record.attempts);
  const auto finding = routing::compared(decision, *record.rules, seen, record.demand, logged, &answer, now);
  Row* const row = finding ? row_of(record, shadow.name.text) : nullptr;
  if (!row) return false;
  row->pay(billed_for(record) + finding->dollars, day_);
  row->add(*finding, now);
  return true;
}

void Shadows::judge(std::span<const RecordPtr> records, const routing::PolicySet& policies,
                    config::TimePoint now, LateLook& look) {
  if (is_empty()) return;
  const std::size_t hosts = catalogue_->endpoints().size();
  for (const RecordPtr& each : records) {
    const Record& record = *each;
    if (!is_decided(record)) continue;
    if (record.catalogue != catalogue_) {
      ++left_out_;
      continue;
    }
    const routing::LoggedDecision& logged = record.decisions.front();
    if (logged.not_kept > 0) {  // there is nothing to compare, and looking would cost all its hosts
      ++left_out_;
      continue;
    }
    const MarketPast::Moment* const then = past_.at(logged.snapshot);
    const std::size_t copied = look.copies(hosts) + (then && then->version != shown_ ? hosts : 0);
    if (!then || !can_afford(logged.seen_of.size() * names_.size() * 2 + copied, now)) {
      ++left_out_;
      continue;
    }
    const routing::Snapshot& seen = look();
    if (seen.catalogue != catalogue_) return;
    if (then->version != shown_) stage_->show(then->version, *then->states);
    shown_ = then->version;
    bool is_told = true;
    for (const std::string& name : names_) {
      const routing::Policy* const shadow = policies.find(name, record.demand.key);
      if (shadow && name != record.policy) is_told = judge_one(record, *shadow, seen, now) && is_told;
    }
    if (!is_told) ++left_out_;
  }
}

std::vector<ShadowStanding> Shadows::standings() const {
  std::vector<ShadowStanding> all;
  for (const auto& [key, row] : rows_) {
    ShadowStanding standing{.policy = std::get<0>(key),
                            .shadow = std::get<1>(key),
                            .model = std::get<2>(key),
                            .judged = row.judged,
                            .forbidden = row.forbidden,
                            .unserved = row.unserved,
                            .unmeasured = row.unmeasured,
                            .moved = row.judged > 0 ? row.moved / static_cast<double>(row.judged) : 0,
                            .cost = row.cost.interval(),
                            .dollars = row.dollars.interval(),
                            .seconds = row.seconds.interval()};
    standing.verdict = verdict_of(standing);
    all.push_back(std::move(standing));
  }
  return all;
}

}  // namespace gateway
