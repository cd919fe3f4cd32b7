#include "gateway/canaries/canary_book.hpp"

#include <doctest/doctest.h>

#include "gateway/canaries/canary_entry.hpp"
#include "tests/support/fleet.hpp"

using namespace std::chrono_literals;
using gateway::CanaryBook;

namespace {

CanaryBook some_book() {
  CanaryBook book;
  book.accounts[{1, 2}] = {.day = 1'795'824'000,
                           .spent = 12,
                           .dearest = 7,
                           .asked = 33,
                           .next = config::WallTime(std::chrono::milliseconds(1'795'830'000'123))};
  book.accounts[{3, 4}] = {};
  routing::CanaryPast::Memory& past = book.pasts[{1, 2}][3];
  past = {.counted = 17, .other = 19, .counts = 2, .others_in_a_row = 1, .words = {5, 6}, .said = {3, 4}};
  past.has_last = true, past.last = 6, past.drift = -0.25;
  past.answers = 7, past.mean = -1.5, past.variance = 0.25, past.likely = 8;
  book.borders[9][4] = {.pairs = 3, .differing = 2, .leads = 1, .near = 0.75};
  return book;
}

}  // namespace

TEST_CASE("what canaries cost and showed comes back from its bytes as it was") {
  const auto again = gateway::canary_book(gateway::bytes_of(some_book()));
  REQUIRE(again);
  CHECK(*again == some_book());
}

// As the version before wrote it: other texts, and no borders.
TEST_CASE("of a book of canaries of the version before it is known what was spent") {
  const CanaryBook before{.accounts = some_book().accounts, .pasts = {}, .borders = {}};
  std::string bytes = gateway::bytes_of(before);
  REQUIRE(bytes.substr(0, 7).find('2') != std::string::npos);
  bytes.replace(bytes.find('2'), 1, "1");
  const auto again = gateway::canary_book(bytes);
  REQUIRE(again);
  CHECK(again->accounts == before.accounts);
}

TEST_CASE("of a book of canaries that is damaged or cut off nothing is believed") {
  const std::string good = gateway::bytes_of(some_book());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    CHECK(!gateway::canary_book(bad));
    CHECK(!gateway::canary_book(good.substr(0, i)));
  }
  CHECK(!gateway::canary_book(good + "x"));
}

namespace {

struct CanaryWorld {
  explicit CanaryWorld(config::Settings from)
      : generation(std::make_shared<const gateway::Generation>(
            std::make_shared<const routing::Catalogue>(std::move(from), 1))) {
    market = std::make_unique<routing::Market>(generation->catalogue, now);
  }
  bool may_be_asked() {
    return gateway::may_be_asked_a_canary(
        {.generation = generation, .snapshot = market->snapshot(now), .out = out}, 0, now);
  }

  config::TimePoint now = config::TimePoint{} + 24h;
  std::shared_ptr<const gateway::Generation> generation;
  std::unique_ptr<routing::Market> market;
  std::shared_ptr<const gateway::OutOfService> out;
};

config::Settings two_hosts() {
  return support::settings_of({{.name = "a"}, {.name = "b"}});
}

}  // namespace

TEST_CASE("no canary is asked of whom `always` forbids, nor of who is out of service") {
  CanaryWorld plain(two_hosts());
  CHECK(plain.may_be_asked());
  plain.out =
      std::make_shared<const gateway::OutOfService>(gateway::OutOfService{.generation = 1, .endpoints = {0}});
  CHECK(!plain.may_be_asked());

  config::Settings forbids = two_hosts();
  forbids.always.allow = config::SourceText{.text = "provider != \"a\"", .place = {}};
  CHECK(!CanaryWorld(forbids).may_be_asked());
  config::Settings allows = two_hosts();
  allows.always.allow = config::SourceText{.text = "provider != \"b\"", .place = {}};
  CHECK(CanaryWorld(allows).may_be_asked());
}

TEST_CASE("a canary is nobody's in the ledger, and costs what the host bills") {
  CanaryWorld world(two_hosts());
  gateway::CanaryNews news{.generation = world.generation, .endpoint = 1};
  news.usage = routing::Usage{.prompt = {20}, .output = {1}};
  news.cost = {1'234};
  news.began = config::WallTime(std::chrono::milliseconds(1'000'000));
  news.took = 250ms;
  const gateway::Entry entry = gateway::canary_entry(news, 5);
  CHECK(entry.key.empty());
  CHECK(entry.team.empty());
  CHECK(entry.policy.empty());
  CHECK(entry.cost == 1'234);
  CHECK(entry.charged == 0);
  REQUIRE(entry.attempts.size() == 1);
  CHECK(entry.attempts[0].endpoint == world.generation->catalogue->endpoints()[1].settings->name.text);
  CHECK(entry.attempts[0].prompt == 20);
  CHECK(entry.at_ms == 1'000'250);
  CHECK(gateway::canary_entry(news, 6).id != entry.id);
  std::string bytes;
  gateway::write_entry(entry, bytes);
  gateway::Entry again;
  CHECK(gateway::read_entry(bytes, again));
}
