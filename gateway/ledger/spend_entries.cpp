#include "gateway/ledger/spend_entries.hpp"

#include <algorithm>

#include "gateway/ledger/ledger_times.hpp"

namespace gateway {

SpendEntries::SpendEntries(const std::vector<SpendWord>& by, const LedgerStore::SpendOnly& only,
                           const std::set<std::int64_t>& users)
    : by_(by), users_(users), place_(by.size()) {
  const auto names = [&only](SpendWord word) {
    const auto found = only.find(text_of(word));
    return found == only.end() ? nullptr : &found->second;
  };
  tags_ = names(SpendWord::tag);
  models_ = names(SpendWord::model);
  endpoints_ = names(SpendWord::endpoint);
  providers_ = names(SpendWord::provider);
  policies_ = names(SpendWord::policy);
  by_user_ = std::ranges::find(by, SpendWord::user) != by.end();
  by_tag_ = std::ranges::find(by, SpendWord::tag) != by.end();
}

std::size_t SpendEntries::Hash::operator()(const Numbers& numbers) const {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const std::int64_t each : numbers) {
    value = (value ^ static_cast<std::uint64_t>(each)) * 0x9e3779b97f4a7c15;
    value ^= value >> 32;
  }
  return value;
}

std::int64_t SpendEntries::number_of(std::string_view word) {
  const auto found = numbers_.find(word);
  if (found != numbers_.end()) return found->second;
  const auto at = numbers_.emplace(word, static_cast<std::int64_t>(words_.size())).first;
  words_.push_back(&at->first);
  return at->second;
}

namespace {

bool is_in(const std::set<std::string>* names, std::string_view text) {
  return !names || std::ranges::find(*names, text) != names->end();
}

}  // namespace

bool SpendEntries::has_tag(const EntryView& entry) const {
  if (entry.tags.empty()) return is_in(tags_, "");
  return std::ranges::any_of(entry.tags, [&](std::string_view tag) { return is_in(tags_, tag); });
}

// What counts of an attempt is what the sums by host count of it.
void SpendEntries::add_attempt(const EntryView& entry, const EntryView::Attempt& attempt, bool decides) {
  if (!is_in(models_, attempt.model) || !is_in(endpoints_, attempt.endpoint) ||
      !is_in(providers_, attempt.provider))
    return;
  const auto count = [&] {
    std::array<std::int64_t, 7>& sum = sums_[place_];
    if (decides) {
      sum[0] += 1;
      sum[1] += attempt.prompt;
      sum[2] += attempt.output;
      sum[3] += attempt.cached;
      sum[4] += attempt.reasoning;
    }
    sum[5] += attempt.cost;
    sum[6] += attempt.charged;
  };
  std::size_t at_tag = 0;
  for (std::size_t i = 0; i < by_.size(); ++i) {
    if (by_[i] == SpendWord::model) place_[i] = number_of(attempt.model);
    if (by_[i] == SpendWord::endpoint) place_[i] = number_of(attempt.endpoint);
    if (by_[i] == SpendWord::provider) place_[i] = number_of(attempt.provider);
    if (by_[i] == SpendWord::tag) at_tag = i;
  }
  if (!by_tag_) return count();
  for (const std::string_view tag : entry.tags) {
    if (!is_in(tags_, tag)) continue;
    place_[at_tag] = number_of(tag);
    count();
  }
}

void SpendEntries::add(std::int64_t at_ms, std::int64_t team, std::int64_t key, std::int64_t user,
                       const EntryView& entry) {
  if (!users_.empty() && !users_.contains(user)) return;
  // As in the sums by user: those for nobody are in none of them.
  if (by_user_ && user == 0) return;
  if (!is_in(policies_, entry.policy) || (tags_ && !has_tag(entry))) return;
  for (std::size_t i = 0; i < by_.size(); ++i) {
    switch (by_[i]) {
      case SpendWord::team:
        place_[i] = team;
        break;
      case SpendWord::key:
        place_[i] = key;
        break;
      case SpendWord::user:
        place_[i] = user;
        break;
      case SpendWord::policy:
        place_[i] = number_of(entry.policy);
        break;
      case SpendWord::hour:
        place_[i] = floor_to(at_ms, hour_ms) / hour_ms;
        break;
      case SpendWord::day:
      case SpendWord::week:
      case SpendWord::month:
        place_[i] = floor_to(at_ms, day_ms) / day_ms;
        break;
      default:
        break;  // each attempt's own, or each tag's
    }
  }
  for (std::size_t i = 0; i < entry.attempts.size(); ++i)
    add_attempt(entry, entry.attempts[i], i == entry.deciding);
  if (entry.attempts.empty())
    add_attempt(entry, {.model = entry.model, .cost = entry.cost, .charged = entry.charged}, true);
}

std::vector<SpendEntries::Numbers> SpendEntries::rows() const {
  std::vector<Numbers> all;
  all.reserve(sums_.size());
  for (const auto& [place, counts] : sums_) {
    Numbers row = place;
    row.insert(row.end(), counts.begin(), counts.end());
    all.push_back(std::move(row));
  }
  return all;
}

}  // namespace gateway
