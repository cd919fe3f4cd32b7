#include "gateway/canaries/canary_book.hpp"

#include <doctest/doctest.h>

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
