// How many entries a second the ledger's file takes for good: in group commits as the ledger's thread makes
// them, each with a full sync; and whether their sums are those of the entries. Bar: 20,000 a second. In a
// folder for temporary files, or in one that is named, where the file stays.
//
//   ledger_bench [ENTRIES, 400000 [IN A COMMIT, 2000 [KEYS, 1000 [FOLDER]]]]
#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "gateway/ledger/ledger_file.hpp"

int main(int count, char** words) {
  const auto number = [&](int at, long otherwise) { return count > at ? std::atol(words[at]) : otherwise; };
  const long entries = number(1, 400'000), in_a_commit = number(2, 2'000), keys = number(3, 1'000);
  const bool stays = count > 4;
  std::string folder = (std::filesystem::temp_directory_path() / "isocost-ledger-XXXXXX").string();
  if (stays) folder = words[4];
  if (!stays && !::mkdtemp(folder.data())) return 1;
  double seconds = 0;
  bool are_equal = false;
  {
    gateway::LedgerFile file(folder + "/ledger.sqlite", gateway::LedgerStore::Mode::write);
    gateway::Entry entry{.began_ms = 1'795'867'200'000, .at_ms = 1'795'867'201'500, .team = "search"};
    entry.model = "m";
    entry.policy = "balanced";
    entry.path = "/v1/chat/completions";
    entry.status = 200;
    entry.cost = entry.charged = 1'234'567;
    entry.attempts.push_back({.endpoint = {},
                              .provider = {},
                              .model = "m",
                              .cost = 1'234'567,
                              .charged = 1'234'567,
                              .source = gateway::CostSource::reported,
                              .prompt = 911,
                              .output = 307});
    const auto begun = std::chrono::steady_clock::now();
    for (long at = 0; at < entries;) {
      file.begin();
      for (long i = 0; i < in_a_commit && at < entries; ++i, ++at) {
        entry.id = "req_0123456789abcdef" + std::to_string(at);
        entry.key = "key " + std::to_string(at * 7919 % keys);
        entry.attempts[0].endpoint = entry.attempts[0].provider = "host " + std::to_string(at % 30);
        entry.at_ms += 1;
        file.add(entry);
      }
      file.note_read(1, static_cast<std::uint64_t>(at));
      file.commit();
    }
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::int64_t of_entries = 0, of_days = 0, of_keys = 0;
    for (const auto& [policy, cost] : file.costs_by_policy(0, entry.at_ms + 1)) of_entries += cost.own;
    for (const auto& row : file.spend({"day"}, 0, 100'000)) of_days += row.charged;
    for (const auto& row : file.spend({"key", "endpoint"}, 0, 100'000)) of_keys += row.charged;
    are_equal = of_entries == entries * entry.cost && of_days == of_entries && of_keys == of_entries;
  }
  const double rate = static_cast<double>(entries) / seconds;
  const auto size = std::filesystem::file_size(folder + "/ledger.sqlite");
  std::printf(
      "%ld entries in commits of %ld, of %ld keys at 30 hosts: %.0f entries/s, %.0f bytes each, %s%s\n",
      entries, in_a_commit, keys, rate, static_cast<double>(size) / static_cast<double>(entries),
      are_equal ? "sums and entries agree" : "SUMS AND ENTRIES DIFFER",
      rate < 20'000 ? "   MISSED 20,000" : "");
  if (!stays) std::filesystem::remove_all(folder);
  return rate < 20'000 || !are_equal ? 1 : 0;
}
