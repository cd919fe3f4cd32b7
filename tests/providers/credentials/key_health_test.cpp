#include "providers/credentials/key_health.hpp"

#include <doctest/doctest.h>

using namespace providers;
using namespace std::chrono_literals;

namespace {
const config::TimePoint begin{1'000s};
}

TEST_CASE("keys take turns") {
  KeyHealth keys(3);
  for (std::size_t i = 0; i < 9; ++i) CHECK(keys.next(begin) == i % 3);
}

TEST_CASE("a key that is refused rests, as long as the host asks where it asks, and the others go on") {
  KeyHealth keys(2);
  CHECK(keys.refused(0, 402, {}, begin));
  for (int i = 0; i < 4; ++i) CHECK(keys.next(begin + 59s) == 1);
  CHECK(keys.refused(0, 429, 2s, begin + 61s));
  for (int i = 0; i < 4; ++i) CHECK(keys.next(begin + 62s) == 1);
  CHECK(keys.next(begin + 63s) == 0);
}

TEST_CASE("the next key is asked with where one is not known, has no money, is suspended or at its rate") {
  for (const int status : {401, 402, 412, 429}) CHECK(is_of_key(status));
  for (const int status : {400, 403, 404, 413, 498, 500, 503}) CHECK(!is_of_key(status));
}

TEST_CASE("where all keys rest there is no other to ask with, and the first to be ready is taken") {
  KeyHealth keys(2);
  CHECK(keys.refused(0, 401, {}, begin));
  CHECK(!keys.refused(1, 429, 5s, begin));
  for (int i = 0; i < 4; ++i) CHECK(keys.next(begin + 1s) == 1);
}
