#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "gateway/ledger/ledger_file.hpp"
#include "gateway/ledger/open_ledger.hpp"
#include "gateway/ledger/spend_words.hpp"
#include "tests/support/ledger_places.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::Entry;
using gateway::LedgerStore;
using gateway::SpendWord;
using support::InFile;
using support::InPostgres;

namespace {

constexpr std::int64_t saturday = 1'795'824'000'000;  // 2026-11-28 00:00:00 UTC
constexpr std::int64_t first_day = saturday / 86'400'000;
constexpr std::int64_t an_hour = 3'600'000;

template <class Where>
struct SpentWorld {
  support::ScratchDirectory directory;
  config::LedgerSettings settings;
  std::unique_ptr<LedgerStore> store;
  SpentWorld() {
    Where::place(settings);
    store = gateway::open_ledger({.directory = directory.file(""), .settings = settings, .gateway = "one"},
                                 LedgerStore::Mode::write);
  }
};

std::string one_of(std::mt19937_64& draw, const std::string& prefix, int count) {
  return prefix + std::to_string(draw() % static_cast<std::uint64_t>(count));
}

std::vector<Entry> drawn(int count) {
  std::mt19937_64 draw(7);
  std::vector<Entry> all;
  for (int i = 0; i < count; ++i) {
    const std::int64_t at = saturday + static_cast<std::int64_t>(draw() % (5 * 24 * an_hour));
    Entry entry{.id = "req_" + std::to_string(i), .began_ms = at - 900, .at_ms = at};
    entry.team = one_of(draw, "team ", 3);
    entry.key = one_of(draw, "key ", 4);
    if (draw() % 4 != 0) entry.user = one_of(draw, "user ", 5);
    if (draw() % 2 == 0) entry.tags.push_back("night");
    if (draw() % 3 == 0) entry.tags.push_back("ci");
    entry.model = one_of(draw, "model ", 3);
    entry.policy = one_of(draw, "policy ", 2);
    const auto tries = draw() % 3;
    for (std::uint64_t n = 0; n < tries; ++n) {
      const std::string provider = one_of(draw, "provider ", 3);
      const auto cost = static_cast<std::int64_t>(draw() % 1'000);
      entry.attempts.push_back({.endpoint = provider + "/" + entry.model,
                                .provider = provider,
                                .model = entry.model,
                                .cost = cost,
                                .charged = n + 1 == tries ? cost : 0,
                                .prompt = static_cast<std::int64_t>(draw() % 50),
                                .output = static_cast<std::int64_t>(draw() % 50)});
      entry.deciding = n;
      entry.cost += cost, entry.charged += entry.attempts.back().charged;
    }
    all.push_back(std::move(entry));
  }
  return all;
}

// Requests, tokens of answers, cost and what was charged.
using Told = std::map<std::vector<std::string>, std::array<std::int64_t, 4>>;

bool is_left(const LedgerStore::SpendOnly& only, const std::string& word, const std::string& name) {
  const auto found = only.find(word);
  return found == only.end() || found->second.contains(name);
}

// The plainest way to the same figures.
Told added_up(const std::vector<Entry>& entries, const std::vector<std::string>& by, std::int64_t from,
              std::int64_t to, const LedgerStore::SpendOnly& only) {
  const auto is_by = [&](const char* word) { return std::ranges::find(by, word) != by.end(); };
  Told told;
  for (const Entry& entry : entries) {
    const std::int64_t day = entry.at_ms / (24 * an_hour);
    if (day < from || day > to || (is_by("user") && entry.user.empty())) continue;
    std::vector<std::string> tags = entry.tags;
    std::erase_if(tags, [&](const std::string& tag) { return !is_left(only, "tag", tag); });
    const bool is_without = entry.tags.empty() && is_left(only, "tag", "");
    if ((is_by("tag") || !is_without) && tags.empty()) continue;
    if (!is_by("tag")) tags = {""};
    std::vector<gateway::EntryAttempt> attempts = entry.attempts;
    if (attempts.empty()) attempts.push_back({.model = entry.model});
    for (const std::string& tag : tags) {
      for (std::size_t i = 0; i < attempts.size(); ++i) {
        const auto& each = attempts[i];
        std::map<std::string, std::string> words{{"team", entry.team},
                                                 {"key", entry.key},
                                                 {"user", entry.user},
                                                 {"model", each.model},
                                                 {"endpoint", each.endpoint},
                                                 {"provider", each.provider},
                                                 {"policy", entry.policy},
                                                 {"day", gateway::date_of(day)},
                                                 {"month", gateway::date_of(day).substr(0, 7)}};
        bool is_in = true;
        for (const auto& [word, names] : only)
          is_in = is_in && (word == "tag" || names.contains(words[word]));
        if (!is_in) continue;
        words["tag"] = tag;
        words["week"] = gateway::time_text(SpendWord::week, gateway::time_of(SpendWord::week, day));
        words["hour"] = gateway::time_text(SpendWord::hour, entry.at_ms / an_hour);
        std::vector<std::string> place;
        for (const std::string& word : by) place.push_back(words[word]);
        auto& sum = told[place];
        const bool decides = i == entry.deciding;
        sum[0] += decides ? 1 : 0;
        sum[1] += decides ? each.output : 0;
        sum[2] += each.cost;
        sum[3] += each.charged;
      }
    }
  }
  return told;
}

Told told_by(LedgerStore& store, const std::vector<std::string>& by, std::int64_t from, std::int64_t to,
             const LedgerStore::SpendOnly& only) {
  Told told;
  for (const LedgerStore::SpendRow& row : store.spend(by, from, to, only)) {
    CHECK_FALSE(told.contains(row.of));
    told[row.of] = {row.requests, row.output, row.cost, row.charged};
  }
  return told;
}

}  // namespace

TEST_CASE_TEMPLATE("spending is told by whatever entries say, of whom is asked for, and agrees with them",
                   Where, InFile, InPostgres) {
  if (!Where::is_there()) return;
  SpentWorld<Where> world;
  const std::vector<Entry> entries = drawn(2'000);
  world.store->begin();
  for (const Entry& each : entries) world.store->add(each);
  world.store->commit();
  const std::vector<std::vector<std::string>> ways{
      {},
      {"team"},
      {"day", "model"},
      {"week"},
      {"month", "endpoint"},
      {"hour"},
      {"hour", "user"},
      {"user", "key"},
      {"tag", "month"},
      {"user", "team"},
      {"user", "model", "day"},
      {"tag", "user", "policy"},
      {"provider"},
      {"policy", "week"},
      {"tag", "hour", "endpoint"},
      {"provider", "team", "tag", "user", "model", "policy", "day"}};
  const std::vector<LedgerStore::SpendOnly> onlys{
      {},
      {{"team", {"team 1"}}},
      {{"key", {"key 0", "key 3", "nobody's"}}},
      {{"user", {"user 2"}}},
      {{"user", {""}}},
      {{"tag", {"ci"}}},
      {{"tag", {"ci", ""}}},
      {{"tag", {"ci", "night"}}, {"model", {"model 1"}}},
      {{"provider", {"provider 0"}}, {"policy", {"policy 1"}}},
      {{"endpoint", {"provider 2/model 0"}}, {"team", {"team 0", "team 2"}}}};
  for (const auto& by : ways) {
    for (const auto& only : onlys) {
      std::string asked;
      for (const std::string& word : by) asked += word + " ";
      for (const auto& [word, names] : only) asked += "of " + word + " " + *names.begin() + " ";
      CAPTURE(asked);
      const auto expected = added_up(entries, by, first_day + 1, first_day + 3, only);
      CHECK(told_by(*world.store, by, first_day + 1, first_day + 3, only) == expected);
    }
  }
  CHECK(world.store->spend({"user", "model"}, 0, 100'000, {{"team", {"nobody"}}}).empty());
}

TEST_CASE("times are called by where they begin") {
  CHECK(gateway::time_text(SpendWord::hour, (first_day * 24) + 7) == "2026-11-28T07:00Z");
  CHECK(gateway::time_text(SpendWord::day, first_day) == "2026-11-28");
  const auto week = [](std::int64_t day) {
    return gateway::time_text(SpendWord::week, gateway::time_of(SpendWord::week, day));
  };
  CHECK(week(first_day) == "2026-11-23");
  CHECK(week(first_day + 1) == "2026-11-23");
  CHECK(week(first_day + 2) == "2026-11-30");
  CHECK(gateway::time_text(SpendWord::month, gateway::time_of(SpendWord::month, first_day)) == "2026-11");
}

TEST_CASE("what cannot be summed up is told in words") {
  SpentWorld<InFile> world;
  CHECK_THROWS_WITH(
      world.store->spend({"colour"}, 0, 1),
      "`colour` is nothing to sum by; allowed are team, key, user, tag, model, endpoint, provider, "
      "policy, hour, day, week and month");
  CHECK_THROWS_WITH(world.store->spend({"day", "week"}, 0, 1),
                    "sums are by one of hour, day, week and month at a time");
  CHECK_THROWS_WITH(world.store->spend({"tag", "tag"}, 0, 1), "`tag` is there twice");
  CHECK_THROWS_WITH(world.store->spend({}, 0, 1, {{"day", {"2026-11-28"}}}),
                    "a time is told by its first and its last day");
}

TEST_CASE_TEMPLATE(
    "days whose entries are forgotten in part are in no sum of entries, and the error names the next", Where,
    InFile, InPostgres) {
  if (!Where::is_there()) return;
  SpentWorld<Where> world;
  LedgerStore& store = *world.store;
  store.begin();
  for (const std::int64_t hour : {1, 30, 40, 60}) {
    Entry entry{.id = "req_" + std::to_string(hour), .at_ms = saturday + hour * an_hour};
    entry.began_ms = entry.at_ms;
    entry.team = "search", entry.key = "app", entry.user = "ann", entry.model = "m",
    entry.policy = "balanced";
    entry.cost = entry.charged = hour;
    store.add(entry);
  }
  store.commit();
  CHECK_FALSE(store.forget_before(saturday + 35 * an_hour));  // the second day has lost one of two
  const std::string expected =
      "this is summed up from single requests or hours, which are kept whole from 2026-11-30 on "
      "(`ledger.keep`); "
      "begin there";
  for (const std::vector<std::string>& by :
       {std::vector<std::string>{"policy"}, {"user", "model"}, {"hour"}, {"hour", "user"}}) {
    CHECK_THROWS_WITH(store.spend(by, 0, 100'000), expected.c_str());
    CHECK_THROWS_WITH(store.spend(by, first_day + 1, first_day + 1), expected.c_str());
    const auto rows = store.spend(by, first_day + 2, first_day + 9);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].charged == 60);
  }
  CHECK(store.spend({"user"}, 0, 100'000)[0].charged == 131);
  // Of whom nothing was forgotten, all is told.
  CHECK(store.spend({"policy"}, 0, 100'000, {{"team", {"nobody"}}}).empty());
}
