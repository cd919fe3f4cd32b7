#include "gateway/ledger/ledger.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <future>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "gateway/ledger/ledger_file.hpp"
#include "gateway/ledger/paced_past.hpp"
#include "gateway/postgres/migrations.hpp"
#include "tests/support/ledger_places.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::Entry;
using gateway::EntryEnd;
using gateway::Journal;
using gateway::Ledger;
using gateway::LedgerStore;
using gateway::Scope;
using support::InFile;
using support::InPostgres;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t noon = 1'795'867'200'000;  // 2026-11-28 12:00:00 UTC

Entry entry_of(const std::string& id, std::int64_t cost, const std::string& key = "app",
               std::int64_t at_ms = noon) {
  Entry entry{
      .id = id, .began_ms = at_ms - 1'500, .at_ms = at_ms, .team = "search", .key = key, .user = "ann"};
  entry.tags = {"night", "batch"};
  entry.model = "m";
  entry.policy = "balanced";
  entry.path = "/v1/chat/completions";
  entry.status = 200;
  entry.cost = entry.charged = cost;
  entry.attempts.push_back(
      {.endpoint = "dear", .provider = "dear", .model = "m", .cost = 0, .failure = "server_error"});
  entry.attempts.push_back({.endpoint = "cheap",
                            .provider = "cheap",
                            .model = "m",
                            .cost = cost,
                            .charged = cost,
                            .source = gateway::CostSource::computed,
                            .prompt = 11,
                            .output = 7});
  entry.deciding = 1;
  return entry;
}

LedgerStore::Regret regret_of(const Entry& entry) {
  return {.day = noon / 86'400'000,
          .team = entry.team,
          .key = entry.key,
          .model = entry.attempts[1].model,
          .endpoint = entry.attempts[1].endpoint,
          .requests = 2,
          .regret = 30,
          .cost = 500};
}

std::string bytes_of(const Entry& entry) {
  std::string bytes;
  gateway::write_entry(entry, bytes);
  return bytes;
}

template <class Where>
struct World {
  support::ScratchDirectory directory;
  std::string said, why;
  config::LedgerSettings settings;
  World() {
    settings.journal = 1 << 20;
    Where::place(settings);
  }
  std::unique_ptr<Ledger> open(const std::string& gateway = "one") {
    return Ledger::open(
        {.directory = directory.file(""), .settings = settings, .loops = 2, .gateway = gateway},
        [this](const std::string& text) { said += text + "\n"; }, why);
  }
  std::unique_ptr<LedgerStore> store(const std::string& gateway = "one",
                                     LedgerStore::Mode mode = LedgerStore::Mode::write) {
    return gateway::open_ledger({.directory = directory.file(""), .settings = settings, .gateway = gateway},
                                mode);
  }
  LedgerStore::Sum all() { return sum_of(Scope::everybody, config::WallTime{}); }
  LedgerStore::Sum sum_of(Scope scope, config::WallTime since) {
    LedgerStore::Sum all;
    for (const LedgerStore::Sum& each : store()->sums(scope, since)) {
      all.requests += each.requests;
      all.charged += each.charged;
    }
    return all;
  }
};

}  // namespace

TEST_CASE("an entry is read as it was written") {
  const Entry entry = entry_of("req_1", 1'234);
  Entry read;
  REQUIRE(gateway::read_entry(bytes_of(entry), read));
  CHECK(read.id == "req_1");
  CHECK(read.user == "ann");
  CHECK(read.tags == entry.tags);
  CHECK(read.at_ms == noon);
  REQUIRE(read.attempts.size() == 2);
  CHECK(read.attempts[0].failure == "server_error");
  CHECK(read.attempts[1].cost == 1'234);
  CHECK(read.tokens() == 18);
  CHECK_FALSE(gateway::read_entry(bytes_of(entry).substr(0, 20), read));
}

TEST_CASE("an entry is looked at where its bytes are, and its detail is what stands behind who asked") {
  const Entry entry = entry_of("req_1", 1'234);
  const std::string bytes = bytes_of(entry);
  gateway::EntryView seen;
  std::string_view detail;
  // Again and again in the same place.
  for (int i = 0; i < 2; ++i) REQUIRE(gateway::read_entry(bytes, seen, detail));
  CHECK(seen.id == "req_1");
  CHECK(seen.user == "ann");
  CHECK(std::ranges::equal(seen.tags, entry.tags));
  REQUIRE(seen.attempts.size() == 2);
  CHECK(seen.attempts[0].failure == "server_error");
  CHECK(seen.tokens() == entry.tokens());
  CHECK(detail == gateway::entry_detail(entry));
  CHECK_FALSE(gateway::read_entry(std::string_view(bytes).substr(0, 20), seen, detail));
}

TEST_CASE_TEMPLATE("what ended before a kill is entered once, however often it is taken up", Where, InFile,
                   InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  {
    auto ledger = world.open();
    REQUIRE(ledger);
    const auto place = ledger->journal(0).open(bytes_of(Entry{.id = "req_1"}), 5'000);
    ledger->journal(0).sent(place);
    ledger->journal(0).close(place, bytes_of(entry_of("req_1", 100)));
    // The thread never ran: as if it had been killed.
  }
  for (int start = 0; start < 3; ++start) {
    auto ledger = world.open();
    REQUIRE(ledger);
  }
  CHECK(world.all().requests == 1);
  CHECK(world.all().charged == 100);
  const auto found = world.store()->find("req_1");
  REQUIRE(found);
  CHECK(found->team == "search");
  CHECK(world.store()->find("req_1", "app"));
  CHECK_FALSE(world.store()->find("req_1", "other"));
}

TEST_CASE_TEMPLATE("what was under way is charged as it was set aside, if a host had been asked", Where,
                   InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  {
    auto ledger = world.open();
    REQUIRE(ledger);
    Entry note = entry_of("req_sent", 0);
    note.attempts.clear();
    ledger->journal(1).sent(ledger->journal(1).open(bytes_of(note), 5'000));
    note.id = "req_held";
    ledger->journal(1).open(bytes_of(note), 9'000);
  }
  REQUIRE(world.open());
  CHECK(world.said.find("2 requests were under way") != std::string::npos);
  CHECK(world.all().charged == 5'000);
  CHECK(world.store()->find("req_sent")->end == EntryEnd::lost);
  CHECK(world.store()->find("req_sent")->charged == 5'000);
  CHECK(world.store()->find("req_held")->charged == 0);
}

TEST_CASE_TEMPLATE("a thread brings what journals hold to disk, and their room is free again", Where, InFile,
                   InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  auto ledger = world.open();
  REQUIRE(ledger);
  ledger->run();
  for (int i = 0; i < 500; ++i) {
    ledger->journal(i % 2).close(Journal::nowhere, bytes_of(entry_of("req_" + std::to_string(i), i)));
    ledger->wrote();
  }
  CHECK(ledger->finish(10s));
  CHECK(ledger->written() == 500);
  ledger.reset();
  CHECK(world.all().requests == 500);
  CHECK(world.all().charged == 499 * 500 / 2);
  REQUIRE(world.open());
  CHECK(world.all().requests == 500);
}

TEST_CASE_TEMPLATE("sums agree with the entries that they are of", Where, InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto store = world.store();
  LedgerStore& file = *store;
  std::mt19937_64 draw(3);
  std::map<std::string, std::int64_t> by_key;
  std::multimap<std::int64_t, std::int64_t> by_time;
  file.begin();
  for (int i = 0; i < 3'000; ++i) {
    const std::string key = "key " + std::to_string(draw() % 5);
    const auto cost = static_cast<std::int64_t>(draw() % 10'000);
    const std::int64_t at = noon + static_cast<std::int64_t>(draw() % (3 * 86'400'000));
    Entry entry = entry_of("req_" + std::to_string(i), cost, key, at);
    entry.attempts[0].cost = entry.attempts[0].charged = 3;
    entry.cost = entry.charged = cost + 3;
    file.add(entry);
    by_key[key] += cost + 3;
    by_time.emplace(at, cost + 3);
  }
  file.commit();
  const auto rows = file.spend({"key"}, 0, 100'000);
  REQUIRE(rows.size() == by_key.size());
  std::int64_t all = 0;
  for (const auto& row : rows) {
    CHECK(row.cost == by_key[row.of[0]]);
    all += row.charged;
  }
  for (const std::vector<std::string>& by : {std::vector<std::string>{},
                                             {"team"},
                                             {"day"},
                                             {"model", "endpoint"},
                                             {"user"},
                                             {"user", "day"},
                                             {"day", "team"}}) {
    std::int64_t sum = 0, requests = 0;
    for (const auto& row : file.spend(by, 0, 100'000)) {
      sum += row.charged;
      requests += row.requests;
    }
    CHECK(sum == all);
    CHECK(requests == 3'000);
  }
  std::int64_t tagged = 0;
  for (const auto& row : file.spend({"tag"}, 0, 100'000)) tagged += row.charged;
  CHECK(tagged == 2 * all);  // each has two
  // Windows begin within an hour, with one, within a day, with one; before and behind all.
  for (const auto after : {-48h, 0h, 1h, 12h, 13h, 36h, 47h, 60h, 100h}) {
    for (const auto past : {0ms, 1ms, 600'000ms, 3'599'999ms}) {
      const std::int64_t since = noon + std::chrono::milliseconds(after + past).count();
      CAPTURE(since);
      std::int64_t charged = 0, requests = 0;
      for (auto at = by_time.lower_bound(since); at != by_time.end(); ++at) charged += at->second, ++requests;
      const config::WallTime window{std::chrono::milliseconds(since)};
      for (const Scope scope : {Scope::everybody, Scope::team, Scope::key, Scope::user}) {
        const LedgerStore::Sum sum = world.sum_of(scope, window);
        CHECK(sum.charged == charged);
        CHECK(sum.requests == requests);
      }
    }
  }
  CHECK(world.sum_of(Scope::team, config::WallTime{}).charged == all);
  CHECK_THROWS(file.spend({"colour"}, 0, 1));
}

TEST_CASE_TEMPLATE("what policies cost within a time is told, by who spent it", Where, InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto enter = [&](const std::string& gateway, const std::string& id, std::int64_t cost,
                         const std::string& policy, std::int64_t at_ms) {
    const auto store = world.store(gateway);
    Entry entry = entry_of(id, cost, "app", at_ms);
    entry.policy = policy;
    store->begin();
    store->add(entry);
    store->commit();
  };
  constexpr std::int64_t hour = 3'600'000;
  enter("one", "before", 1, "paced", noon - 1);
  enter("one", "first", 10, "paced", noon);
  enter("one", "second", 20, "paced", noon + 2 * hour);
  enter("one", "free", 300, "free", noon + hour);
  enter("one", "after", 4'000, "paced", noon + 3 * hour);
  enter("two", "others", 50'000, "paced", noon + hour);
  auto costs = world.store("one")->costs_by_policy(noon, noon + 3 * hour);
  // A file has one who writes.
  const bool has_others = std::is_same_v<Where, InPostgres>;
  CHECK(costs.size() == 2);
  CHECK(costs["paced"].own == (has_others ? 30 : 50'030));
  CHECK(costs["paced"].others == (has_others ? 50'000 : 0));
  CHECK(costs["free"].own == 300);
}

TEST_CASE_TEMPLATE(
    "what policies had spent of a day until a moment is told once, also of one that spent nothing", Where,
    InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto ledger = world.open();
  REQUIRE(ledger);
  ledger->run();
  const auto put = [&](const std::string& id, std::int64_t at_ms, const std::string& policy) {
    Entry entry = entry_of(id, 500, "app", at_ms);
    entry.policy = policy;
    ledger->journal(0).close(Journal::nowhere, bytes_of(entry));
  };
  const std::int64_t day = noon / 86'400'000 * 86'400;
  put("before", day * 1000 - 1, "paced");
  for (int i = 0; i < 40; ++i) put("within" + std::to_string(i), day * 1000 + i * 900'000, "paced");
  put("another's", noon, "other");
  put("after", noon + 60'000, "paced");
  boost::asio::io_context control{1};
  auto work = boost::asio::make_work_guard(control);
  std::map<std::string, std::int64_t> told;
  gateway::PacedPast past(
      *ledger, [&](std::function<void()> go_on) { boost::asio::post(control, std::move(go_on)); },
      [&](const std::string& policy, std::int64_t of, const LedgerStore::PolicyCost& cost) {
        CHECK(of == day);
        CHECK(cost.others == 0);
        told[policy] = cost.own;
        if (told.size() == 2) work.reset();
      },
      [&](const std::string& text) { world.said += text; });
  past.look_up({"paced", "new"}, day, config::WallTime(std::chrono::milliseconds(noon)));
  past.look_up({}, day, config::WallTime(std::chrono::milliseconds(noon)));
  control.run();
  CHECK(told == std::map<std::string, std::int64_t>{{"new", 0}, {"paced", 40 * 500}});
}

TEST_CASE_TEMPLATE("what better choices would have saved is summed up beside what was spent", Where, InFile,
                   InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto store = world.store();
  store->begin();
  store->add(entry_of("req_1", 100));
  store->add(entry_of("req_2", 100, "other"));
  store->commit();
  const LedgerStore::Regret regret = regret_of(entry_of("req_1", 100));
  store->add_regrets({regret});
  store->add_regrets({regret, regret});
  store->add_regrets({});
  const auto rows = store->spend({"key"}, 0, 100'000);
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows) {
    CHECK(row.judged == (row.of[0] == "app" ? 6 : 0));
    CHECK(row.regret == (row.of[0] == "app" ? 90 : 0));
    CHECK(row.judged_cost == (row.of[0] == "app" ? 1'500 : 0));
  }
  CHECK(store->spend({"team", "day"}, 0, 100'000)[0].regret == 90);
  CHECK(store->spend({}, 0, 100'000)[0].regret == 90);
  CHECK(store->spend({"key"}, 0, 100'000, {{"key", {"other"}}})[0].regret == 0);
  CHECK_FALSE(store->spend({"user"}, 0, 100'000)[0].judged);
}

TEST_CASE_TEMPLATE("a ledger that runs writes what better choices would have saved beside its entries, once",
                   Where, InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  auto ledger = world.open();
  REQUIRE(ledger);
  ledger->run();
  const Entry entry = entry_of("req_1", 100);
  ledger->journal(0).close(Journal::nowhere, bytes_of(entry));
  ledger->wrote();
  const LedgerStore::Regret regret = regret_of(entry);
  ledger->add_regrets({regret});
  ledger->add_regrets({regret, regret});
  ledger->journal(1).close(Journal::nowhere, bytes_of(entry_of("req_2", 100)));
  ledger->wrote();
  CHECK(ledger->finish(10s));
  ledger.reset();
  CHECK(world.all().requests == 2);
  const auto rows = world.store()->spend({}, 0, 100'000);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].judged == 6);
  CHECK(rows[0].regret == 90);
}

TEST_CASE_TEMPLATE("single requests are forgotten when they are old, and their sums by day stay", Where,
                   InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto store = world.store();
  LedgerStore& file = *store;
  file.begin();
  file.add(entry_of("old", 10));
  file.add(entry_of("new", 20, "app", noon + 86'400'000));
  file.commit();
  CHECK_FALSE(file.forget_before(noon + 1));
  CHECK_FALSE(file.find("old"));
  CHECK(file.find("new"));
  CHECK(file.spend({}, 0, 100'000)[0].charged == 30);
}

TEST_CASE_TEMPLATE("a request is found by its id among many, over restarts and what was taken back", Where,
                   InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto name = [](int i) { return "req_" + std::to_string(i); };
  int next = 0;
  // Few and many in a commit, so that what belongs together on disk begins and ends anywhere.
  for (const int count : {1, 700, 3, 511, 1, 600}) {
    const auto store = world.store();
    LedgerStore& file = *store;
    file.begin();
    for (int i = 0; i < 20; ++i) file.add(entry_of("taken back " + std::to_string(i), 1));
    file.roll_back();
    file.begin();
    for (int i = 0; i < count; ++i, ++next) file.add(entry_of(name(next), next));
    CHECK(file.known_ids({name(next - 1), "nobody"}).size() == 1);
    file.commit();
  }
  const auto store = world.store("one", LedgerStore::Mode::read);
  LedgerStore& file = *store;
  for (int i = 0; i < next; ++i) {
    const auto found = file.find(name(i));
    REQUIRE(found);
    REQUIRE(found->cost == i);
  }
  CHECK_FALSE(file.find("taken back 3"));
  CHECK_FALSE(file.find(name(next)));
  CHECK_FALSE(file.find(name(5), "another key"));
  CHECK(file.find(name(5), "app"));
  const auto known = file.known_ids({name(0), "nobody", name(900), "taken back 1"});
  CHECK(known == std::set<std::string, std::less<>>{name(0), name(900)});
}

TEST_CASE_TEMPLATE("numbers go on where all requests were forgotten, and what comes then is found", Where,
                   InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  {
    const auto store = world.store();
    LedgerStore& file = *store;
    file.begin();
    for (int i = 0; i < 1'200; ++i) file.add(entry_of("old " + std::to_string(i), 1));
    file.commit();
    CHECK_FALSE(file.forget_before(noon + 1));
  }
  const auto store = world.store();
  LedgerStore& file = *store;
  CHECK_FALSE(file.find("old 1199"));
  file.begin();
  file.add(entry_of("new", 5, "app", noon + 2));
  file.commit();
  CHECK(file.find("new")->cost == 5);
  CHECK_FALSE(file.find("old 0"));
}

TEST_CASE_TEMPLATE("what is stored about a user can be forgotten", Where, InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  const auto store = world.store();
  LedgerStore& file = *store;
  file.begin();
  file.add(entry_of("req_1", 10));
  file.commit();
  CHECK(file.forget_user("ann") == 1);
  CHECK(file.forget_user("ann") == 0);
  CHECK(file.find("req_1")->user.find("ann") == std::string::npos);
  CHECK(file.spend({"user"}, 0, 100'000)[0].charged == 10);
}

TEST_CASE("a journal of a newer version is said to be that, and left as it is") {
  World<InFile> world;
  const std::string path = world.directory.file("journal.0");
  const std::string content = "isojrnl3 and what only a newer one understands";
  std::ofstream(path) << content;
  CHECK_FALSE(world.open());
  CHECK(world.why.find(path + " was written by a newer isocost") != std::string::npos);
  std::string left;
  std::getline(std::ifstream(path), left);
  CHECK(left == content);
  // What is none at all is set aside.
  std::ofstream(path) << "nonsense";
  CHECK(world.open());
}

TEST_CASE("a file of a newer version, or of something else, is refused in words") {
  World<InFile> world;
  const std::string path = world.directory.file("ledger.sqlite");
  { gateway::LedgerFile file(path, LedgerStore::Mode::write); }
  {
    gateway::Database database(path, gateway::Database::Mode::write);
    database.run("PRAGMA user_version=99");
  }
  CHECK_FALSE(world.open());
  CHECK(world.why.find("newer isocost") != std::string::npos);
  {
    gateway::Database database(path, gateway::Database::Mode::write);
    database.run("PRAGMA application_id=5");
  }
  CHECK_FALSE(world.open());
  CHECK(world.why.find("something else") != std::string::npos);
}

TEST_CASE("what a gateway wrote is told apart from what others did, and is one sum all the same") {
  if (!InPostgres::is_there()) return;
  World<InPostgres> world;
  for (const char* gateway : {"one", "two", "three"}) {
    const auto store = world.store(gateway);
    store->begin();
    for (int i = 0; i < 4; ++i) store->add(entry_of(std::string(gateway) + std::to_string(i), 10));
    store->commit();
  }
  const auto store = world.store("two");
  CHECK(world.all().charged == 120);
  const auto own = store->sums(Scope::key, config::WallTime{}, LedgerStore::Writers::this_one);
  REQUIRE(own.size() == 1);
  CHECK(own[0].charged == 40);
  const config::WallTime before_noon{std::chrono::milliseconds(noon - 90'000)};
  for (const Scope scope : {Scope::everybody, Scope::team, Scope::key, Scope::user}) {
    const char* name = scope == Scope::team ? "search" : scope == Scope::user ? "ann" : "app";
    const auto sums = store->sums_by_gateway(scope, "app", name, before_noon);
    REQUIRE(sums.size() == 3);
    CHECK(sums.at("three").charged == 40);
  }
  CHECK(store->spend({"user"}, 0, 100'000)[0].charged == 120);
  CHECK(store->find("three2")->key == "app");
}

TEST_CASE("what was committed without an answer is not entered again by who comes next") {
  if (!InPostgres::is_there()) return;
  World<InPostgres> world;
  const auto write = [](LedgerStore& store, std::uint64_t last) {
    store.begin();
    for (std::uint64_t i = 1; i <= last; ++i) {
      if (!store.has(7, i)) store.add(entry_of("req_" + std::to_string(i), 1));
    }
    store.note_read(7, last);
    store.commit();
  };
  const auto slow = world.store(), fast = world.store();
  CHECK_FALSE(slow->has(7, 1));
  // Both know nothing of the journal yet: only one of them may bring it in.
  write(*fast, 3);
  CHECK_THROWS(write(*slow, 3));
  CHECK(world.all().requests == 3);
  write(*world.store(), 5);
  CHECK(world.all().requests == 5);
  CHECK_THROWS(write(*fast, 6));
  const auto last = world.store();
  last->begin();
  CHECK(last->has(7, 5));
  last->close_journal(7);
  last->commit();
  CHECK(world.store()->is_closed(7));
  CHECK_THROWS(write(*world.store(), 6));
}

TEST_CASE("months are dropped whole when they are old") {
  if (!InPostgres::is_there()) return;
  World<InPostgres> world;
  const auto store = world.store();
  constexpr std::int64_t day = 86'400'000;
  store->begin();
  for (int i = 0; i < 120; ++i) store->add(entry_of("req_" + std::to_string(i), 1, "app", noon - i * day));
  store->commit();
  CHECK_FALSE(store->forget_before(noon - 40 * day));
  CHECK(store->find("req_39"));
  CHECK_FALSE(store->find("req_41"));
  CHECK_FALSE(store->find("req_119"));
  CHECK(store->spend({}, 0, 100'000)[0].charged == 120);
  store->begin();
  store->add(entry_of("late", 1, "app", noon - 100 * day));
  store->commit();
  CHECK(store->find("late"));
}

TEST_CASE("tables of a newer version, a wrong password and a server that is not there are told in words") {
  if (!InPostgres::is_there()) return;
  World<InPostgres> world;
  REQUIRE(world.open());
  {
    gateway::Postgres database({world.settings.url, world.settings.password}, 5s);
    database.run("UPDATE version SET number=99");
  }
  CHECK_FALSE(world.open());
  CHECK(world.why.find("newer isocost") != std::string::npos);
  world.settings.password = config::Secret("a-wrong-password");
  CHECK_FALSE(world.open());
  CHECK(world.why.find("password authentication failed") != std::string::npos);
  CHECK(world.why.find("ledger.password") != std::string::npos);
  CHECK(world.why.find("a-wrong-password") == std::string::npos);
  world.settings.url = "postgresql://isocost@127.0.0.1:1/none?host=/nowhere";
  try {
    world.store();
    FAIL("nobody is there");
  } catch (const gateway::PostgresFault& fault) {
    CHECK(fault.kind() == gateway::PostgresFault::Kind::away);
  }
}

namespace {

// What a ledger is told of another process, in words.
class Told {
 public:
  Ledger::Elsewhere listener() {
    return {.under_way =
                [this](const Entry& of, gateway::Amounts most) {
                  add(of.id + " sets aside " + std::to_string(most.nanos) + " and " +
                      std::to_string(most.tokens) + " tokens");
                },
            .ended =
                [this](const Entry& of, gateway::Amounts used) {
                  add(of.id + " used " + std::to_string(used.nanos) + " in " + std::to_string(used.requests));
                }};
  }
  // What it was told since the last time, once it is so much, by the alphabet.
  std::vector<std::string> next(Ledger& ledger, std::size_t size) {
    for (int tried = 0; tried < 100 && count() < size; ++tried) {
      std::promise<void> was_read;
      ledger.read([&](LedgerStore*) { was_read.set_value(); });
      was_read.get_future().wait();
    }
    const std::lock_guard lock(mutex_);
    std::sort(lines_.begin(), lines_.end());
    return std::exchange(lines_, {});
  }

 private:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE_TEMPLATE("what ends at a process that has handed over is entered by its successor, once", Where,
                   InFile, InPostgres) {
  if (!Where::is_there()) return;
  World<Where> world;
  auto old = world.open();
  REQUIRE(old);
  old->run();
  gateway::Journal& journal = old->journal(1);
  journal.close(gateway::Journal::nowhere, bytes_of(entry_of("req_0", 10)));
  old->wrote();
  const auto place = journal.open(bytes_of(Entry{.id = "req_1", .key = "app"}), 5'000, 300);
  journal.sent(place);
  REQUIRE(old->hand_over(10s));
  CHECK(world.all().charged == 10);
  {
    auto next = world.open();
    REQUIRE(next);
    Told told;
    next->on_elsewhere(told.listener());
    CHECK(told.next(*next, 0) == Lines{"req_1 sets aside 5000 and 300 tokens"});
    next->run();
    journal.close(place, bytes_of(entry_of("req_1", 100)));
    // One that began and ended there after it was handed over.
    journal.close(gateway::Journal::nowhere, bytes_of(entry_of("req_2", 7)));
    next->journal(0).close(gateway::Journal::nowhere, bytes_of(entry_of("req_3", 1'000)));
    REQUIRE(next->finish(10s));
    CHECK(told.next(*next, 0) == Lines{"req_1 used 100 in 1", "req_2 used 7 in 1"});
  }
  CHECK(world.all().charged == 1'117);
  CHECK(world.all().requests == 4);
  old.reset();
  CHECK(world.open());
  CHECK(world.all().charged == 1'117);
}

TEST_CASE("what a process that has handed over leaves open when it is killed is charged by its successor") {
  World<InFile> world;
  auto old = world.open();
  REQUIRE(old);
  old->run();
  for (int i = 0; i < 2; ++i) {
    const std::string id = "req_" + std::to_string(i);
    const auto place = old->journal(0).open(bytes_of(Entry{.id = id}), 5'000);
    if (i == 1) old->journal(0).sent(place);
  }
  REQUIRE(old->hand_over(10s));
  auto next = world.open();
  REQUIRE(next);
  old.reset();  // as if it had been killed
  next->run();
  REQUIRE(next->finish(10s));
  CHECK(world.all().requests == 2);
  CHECK(world.all().charged == 5'000);
  CHECK(world.said.find("charged with $0.000005") != std::string::npos);
  for (const auto& each : std::filesystem::directory_iterator(world.directory.file("")))
    CHECK(each.path().filename().string().find("leaving") == std::string::npos);
}

TEST_CASE("what begins, changes and ends at a process that has handed over is told its successor as it is") {
  World<InFile> world;
  auto old = world.open();
  REQUIRE(old);
  old->run();
  REQUIRE(old->hand_over(10s));
  gateway::Journal& journal = old->journal(0);
  auto next = world.open();
  REQUIRE(next);
  Told told;
  next->on_elsewhere(told.listener());
  next->run();
  const auto first = journal.open(bytes_of(Entry{.id = "req_1"}), 5'000, 300);
  const auto second = journal.open(bytes_of(Entry{.id = "req_2"}), 10);
  CHECK(told.next(*next, 2) ==
        Lines{"req_1 sets aside 5000 and 300 tokens", "req_2 sets aside 10 and 0 tokens"});
  journal.set_nanos(first, 7'000);
  CHECK(told.next(*next, 1) == Lines{"req_1 sets aside 7000 and 300 tokens"});
  journal.close(first, bytes_of(entry_of("req_1", 100)));
  CHECK(told.next(*next, 1) == Lines{"req_1 used 100 in 1"});
  // Its entry finds no room.
  CHECK_FALSE(journal.close(second, std::string(gateway::Journal::most_entry + 1, 'x')));
  CHECK(told.next(*next, 1) == Lines{"req_2 used 0 in 0"});
  journal.sent(journal.open(bytes_of(Entry{.id = "req_3"}), 50));
  journal.open(bytes_of(Entry{.id = "req_4"}), 60);
  CHECK(told.next(*next, 2).size() == 2);
  old.reset();  // as if it had been killed
  CHECK(told.next(*next, 2) == Lines{"req_3 used 50 in 1", "req_4 used 0 in 1"});
  REQUIRE(next->finish(10s));
  CHECK(world.all().charged == 150);
}

TEST_CASE("a ledger is handed over while its loops write, however often they call") {
  World<InFile> world;
  auto old = world.open();
  REQUIRE(old);
  old->run();
  std::atomic<bool> is_over{false};
  std::thread loop([&] {
    while (!is_over) old->wrote();
  });
  CHECK(old->hand_over(30s));
  is_over = true;
  loop.join();
  CHECK(old->take_back());
  CHECK(old->finish(30s));
}

TEST_CASE("a ledger whose successor is gone is taken back, and nothing is entered twice") {
  World<InFile> world;
  auto old = world.open();
  REQUIRE(old);
  old->run();
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    const std::string id = "req_" + std::to_string(round);
    const auto place = old->journal(0).open(bytes_of(Entry{.id = id}), 5'000);
    REQUIRE(old->hand_over(10s));
    old->journal(0).close(gateway::Journal::nowhere, bytes_of(entry_of(id + "_meanwhile", 1)));
    {
      auto next = world.open();
      REQUIRE(next);
      // With and without having read what the old one wrote.
      if (round != 1) next->run();
    }
    old->journal(0).close(place, bytes_of(entry_of(id, 10)));
    REQUIRE(old->take_back());
  }
  REQUIRE(old->finish(10s));
  CHECK(world.all().requests == 6);
  CHECK(world.all().charged == 33);
}
