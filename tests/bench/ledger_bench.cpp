// How many entries a second the ledger's file takes for good: in group commits as the ledger's thread makes them, each with a
// full sync. Bar: 20,000 a second. In the folder for temporary files.
//
//   ledger_bench [ENTRIES, 400000 [IN A COMMIT, 2000 [KEYS, 1000]]]
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
  std::string folder = (std::filesystem::temp_directory_path() / "isocost-ledger-XXXXXX").string();
  if (!::mkdtemp(folder.data())) return 1;
  double seconds = 0;
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
  }
  const double rate = static_cast<double>(entries) / seconds;
  const auto size = std::filesystem::file_size(folder + "/ledger.sqlite");
  std::printf("%ld entries in commits of %ld, of %ld keys at 30 hosts: %.0f entries/s, %.0f bytes each%s\n", entries,
              in_a_commit, keys, rate, static_cast<double>(size) / static_cast<double>(entries),
              rate < 20'000 ? "   MISSED 20,000" : "");
  std::filesystem::remove_all(folder);
  return rate < 20'000 ? 1 : 0;
}
