// What other processes of this gateway have under way, as their journals say it: those that hand over to this
// one, or that it handed over to.
#include <algorithm>

#include "gateway/ledger/ledger.hpp"
#include "gateway/ledger/left_behind.hpp"

namespace gateway {

void Ledger::follow(const std::vector<std::string>& living) {
  const auto is_own = [this](std::uint64_t epoch) {
    return std::ranges::any_of(journals_, [&](const auto& own) { return own->epoch() == epoch; });
  };
  for (const std::string& path : living) {
    auto journal = Journal::follow(path);
    if (!journal || is_own(journal->epoch())) continue;
    if (std::ranges::find(followed_, path, &Followed::path) != followed_.end()) continue;
    followed_.push_back({.path = path, .journal = std::move(journal)});
  }
}

void Ledger::on_elsewhere(Elsewhere tell) {
  elsewhere_ = std::move(tell);
  look_elsewhere();
}

void Ledger::look_elsewhere() {
  if (!elsewhere_.under_way) return;
  for (Followed& each : followed_) look_at(each);
}

void Ledger::look_at(Followed& there) {
  for (auto& [id, known] : there.under_way) known.is_missing = true;
  Entry entry;
  for (const Journal::Left::Open& open : there.journal->open_ones()) {
    if (!read_entry(open.note, entry)) continue;
    const auto [at, is_new] = there.under_way.try_emplace(entry.id);
    Followed::UnderWay& known = at->second;
    known.is_missing = false;
    const Amounts most{.requests = 1, .tokens = open.tokens, .nanos = open.nanos};
    if (!is_new && known.most == most) continue;
    known.of = entry;
    known.most = most;
    elsewhere_.under_way(entry, most);
  }
}

// Once all entries were read that were there when it was looked: whose place is free then has an entry,
// unless that was lost, or was read before its place was free.
void Ledger::release_missing() {
  for (Followed& each : followed_) {
    std::erase_if(each.under_way, [&](const auto& known) {
      if (known.second.is_missing) elsewhere_.ended(known.second.of, {});
      return known.second.is_missing;
    });
  }
}

// What was under way in a process that is gone is charged as take_up_left() charges it.
void Ledger::end_all(Followed& there) {
  if (!elsewhere_.ended) return;
  Entry entry;
  for (const Journal::Left::Open& open : there.journal->open_ones()) {
    if (!read_entry(open.note, entry)) continue;
    there.under_way.erase(entry.id);
    elsewhere_.ended(entry, {.requests = 1, .tokens = 0, .nanos = open.was_sent ? open.nanos : 0});
  }
  for (const auto& [id, known] : there.under_way) elsewhere_.ended(known.of, {});
}

std::vector<std::string> Ledger::ended_elsewhere() const {
  std::vector<std::string> ended;
  for (const Followed& each : followed_) {
    if (!Journal::is_held(each.path)) ended.push_back(each.path);
  }
  return ended;
}

// What was under way there when it ended is under way no more.
void Ledger::leave_those_who_ended(const std::vector<std::string>& ended) {
  if (ended.empty()) return;
  std::erase_if(followed_, [&](Followed& each) {
    const bool has_ended = std::ranges::find(ended, each.path) != ended.end();
    if (has_ended) end_all(each);
    return has_ended;
  });
  written_ += take_up_left(*store_, opening_.directory, say_).entries;
}

}  // namespace gateway
