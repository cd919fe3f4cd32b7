#include "providers/credentials/token.hpp"

#include <doctest/doctest.h>

using namespace providers;
using namespace std::chrono_literals;
using Next = SharedToken::Next;

namespace {
const config::TimePoint begin{1'000s};
}

TEST_CASE("one fetches the first token, and all others wait for it") {
  SharedToken token;
  CHECK(token.look(begin).next == Next::fetch);
  CHECK(token.look(begin).next == Next::wait);
  CHECK(token.look(begin + 1s).next == Next::wait);
  token.fetched("t1", 3'600s, begin + 2s);
  CHECK(token.look(begin + 2s).next == Next::use);
  CHECK(token.look(begin + 2s).token == "t1");
}

TEST_CASE("the next one is fetched once, before the old one ends, which serves meanwhile") {
  SharedToken token;
  token.look(begin);
  token.fetched("t1", 1'000s, begin);
  CHECK(token.look(begin + 799s).next == Next::use);
  CHECK(token.look(begin + 800s).next == Next::use_and_fetch);
  CHECK(token.look(begin + 800s).next == Next::use);
  // It cannot be had: the old one goes on to serve, and it is tried again, in ever longer pauses.
  token.not_fetched("down", begin + 801s);
  CHECK(token.look(begin + 801s).next == Next::use);
  CHECK(token.look(begin + 802s).next == Next::use_and_fetch);
  token.not_fetched("down", begin + 802s);
  CHECK(token.look(begin + 803s).next == Next::use);
  CHECK(token.look(begin + 804s).next == Next::use_and_fetch);
  token.fetched("t2", 1'000s, begin + 805s);
  CHECK(token.look(begin + 805s).token == "t2");
}

TEST_CASE("without any token, why there is none is told, and it is asked for again after a pause") {
  SharedToken token;
  token.look(begin);
  token.not_fetched("account disabled", begin);
  CHECK(token.look(begin).next == Next::failed);
  CHECK(token.look(begin).why == "account disabled");
  CHECK(token.look(begin + 1s).next == Next::fetch);
  // One who fetches and never comes back does not keep others from it for ever.
  CHECK(token.look(begin + 20s).next == Next::wait);
  CHECK(token.look(begin + 40s).next == Next::fetch);
}

TEST_CASE("a token that a host refuses is fetched anew, unless it has only just come") {
  SharedToken token;
  token.look(begin);
  token.fetched("t1", 3'600s, begin);
  CHECK(!token.refused("t1", begin + 1s));
  CHECK(token.look(begin + 1s).next == Next::use);
  CHECK(token.refused("t1", begin + 60s));
  CHECK(token.look(begin + 60s).next == Next::fetch);
  token.fetched("t2", 3'600s, begin + 61s);
  CHECK(token.refused("t1", begin + 62s));  // the newer one is there
  CHECK(token.look(begin + 62s).token == "t2");
}
