#include "gateway/ledger/left_behind.hpp"

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "gateway/ledger/journal.hpp"

namespace gateway {
namespace {

// Of a request that was under way when its process ended: charged with all that was set aside for it, unless
// no host had been asked yet.
Entry entry_of(const Journal::Left::Open& open) {
  Entry entry;
  if (!read_entry(open.note, entry)) entry = Entry{.id = "lost"};
  entry.end = EntryEnd::lost;
  entry.attempts.clear();
  if (!open.was_sent) return entry;
  entry.cost = entry.charged = open.nanos;
  entry.attempts.push_back({.endpoint = {},
                            .provider = {},
                            .model = entry.model,
                            .cost = open.nanos,
                            .charged = open.nanos,
                            .source = CostSource::estimated,
                            .failure = "lost"});
  return entry;
}

std::size_t take_up(LedgerStore& store, const std::string& path,
                    const std::function<void(const std::string&)>& say) {
  std::size_t entries = 0;
  Journal::Left left;
  if (Journal::is_newer(path)) {
    throw std::runtime_error(
        path + " was written by a newer isocost; start that one, or name another `state` directory");
  }
  if (!Journal::read_left(path, left)) {
    say("ledger: " + path + " is no journal, or damaged; it is kept as " + path + ".damaged");
    std::error_code ignored;
    std::filesystem::rename(path, path + ".damaged", ignored);
    return 0;
  }
  if (left.is_damaged) {
    std::error_code ignored;
    std::filesystem::copy_file(path, path + ".damaged", std::filesystem::copy_options::overwrite_existing,
                               ignored);
    say("ledger: the end of " + path + " is damaged; a copy is kept as " + path + ".damaged");
  }
  if (!store.is_closed(left.epoch)) {
    std::size_t ended = 0, lost = 0;
    std::int64_t nanos = 0;
    store.begin();
    for (const auto& [number, bytes] : left.entries) {
      Entry entry;
      if (store.has(left.epoch, number) || !read_entry(bytes, entry)) continue;
      store.add(entry);
      ++ended;
    }
    std::vector<Entry> open_ones;
    std::vector<std::string> ids;
    for (const Journal::Left::Open& open : left.open) {
      open_ones.push_back(entry_of(open));
      ids.push_back(open_ones.back().id);
    }
    const auto known = store.known_ids(ids);
    for (const Entry& entry : open_ones) {
      if (known.contains(entry.id)) continue;
      store.add(entry);
      nanos += entry.charged;
      ++lost;
    }
    store.close_journal(left.epoch);
    store.commit();
    if (lost > 0) {
      say("ledger: " + std::to_string(lost) + (lost == 1 ? " request was" : " requests were") +
          " under way when the last gateway here was killed; charged with $" +
          std::to_string(static_cast<double>(nanos) * 1e-9) + " that was set aside for what hosts may bill");
    }
    entries = ended + lost;
  }
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return entries;
}

}  // namespace

std::string leaving_journal(const std::string& directory, std::uint64_t epoch) {
  return directory + "/leaving." + std::to_string(epoch);
}

LeftBehind take_up_left(LedgerStore& store, const std::string& directory,
                        const std::function<void(const std::string&)>& say) {
  std::error_code error;
  std::vector<std::string> found;
  for (const auto& each : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = each.path().filename().string();
    const std::size_t begin = name.starts_with("journal.") || name.starts_with("leaving.") ? 8 : name.size();
    const bool is_journal =
        begin < name.size() && name.find_first_not_of("0123456789", begin) == std::string::npos;
    if (is_journal) found.push_back(each.path().string());
  }
  LeftBehind left;
  for (const std::string& path : found) {
    if (Journal::is_held(path)) {
      left.living.push_back(path);
    } else {
      left.entries += take_up(store, path, say);
    }
  }
  return left;
}

}  // namespace gateway
