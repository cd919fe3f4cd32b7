#include "providers/net/pool.hpp"

#include <doctest/doctest.h>

#include "tests/support/loop.hpp"

using namespace std::chrono_literals;
using providers::ConnectionPtr;
using providers::Pool;
using support::Loop;
using support::Peer;

namespace {

struct Made {
  explicit Made(Loop& loop)
      : sockets(loop),
        near(new providers::PlainConnection(std::move(sockets.near))),
        far(loop, std::move(sockets.far)) {}
  support::SocketPair sockets;
  ConnectionPtr near;
  Peer far;
};

}  // namespace

TEST_CASE("the connection used last is given out first") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made first(loop), second(loop);
  pool.put(first.near);
  pool.put(second.near);
  CHECK(pool.take() == second.near);
  CHECK(pool.take() == first.near);
  CHECK(!pool.take());
  first.near->close();
  second.near->close();
  loop.settle();
}

TEST_CASE(
    "one that was made a moment ago and never used is not taken for one that its host closed for idleness") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made one(loop);
  pool.put(one.near, Pool::Was::made_ahead);
  loop.advance(900ms);
  CHECK(pool.take() == one.near);
  CHECK_FALSE(pool.may_be_stale());
  pool.put(one.near, Pool::Was::made_ahead);
  loop.advance(2s);
  CHECK(pool.take() == one.near);
  CHECK(pool.may_be_stale());
  pool.put(one.near);
  CHECK(pool.take() == one.near);
  CHECK(pool.may_be_stale());
  one.near->close();
  loop.settle();
}

TEST_CASE("an idle connection that its host closes is noticed and dropped at once") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made one(loop);
  pool.put(one.near);
  CHECK(pool.idle() == 1);
  one.far.close();
  loop.until([&] { return pool.idle() == 0; });
  CHECK(!pool.take());
}

TEST_CASE("how long a host keeps an idle connection is known once it closed one") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made one(loop);
  CHECK(pool.host_keeps() == config::Duration::max());
  pool.put(one.near);
  loop.advance(5s);
  one.far.close();
  loop.until([&] { return pool.idle() == 0; });
  CHECK(pool.host_keeps() == 5s);
}

TEST_CASE("a connection with bytes nobody asked for is never given out") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  SUBCASE("that came while it was idle") {
    Made one(loop);
    pool.put(one.near);
    one.far.send("HTTP/1.1 200 OK\r\n");
    loop.until([&] { return !one.near->unread().empty(); });
    CHECK(!pool.take());
    CHECK(pool.idle() == 0);
    CHECK(one.far.read_to_end().empty());
  }
  SUBCASE("that were there before") {
    Made one(loop);
    one.far.send("extra");
    CHECK(loop.run(support::more_of(one.near)));
    pool.put(one.near);
    CHECK(pool.idle() == 0);
    CHECK(one.far.read_to_end().empty());
  }
  loop.settle();
}

TEST_CASE("idle connections go when their time is over, each by its own") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made first(loop), second(loop);
  pool.put(first.near);
  loop.advance(40s);
  pool.put(second.near);
  loop.advance(19s);
  CHECK(pool.idle() == 2);
  loop.advance(1s);
  CHECK(pool.idle() == 1);
  first.far.read_to_end();
  CHECK(!second.far.ended());
  loop.advance(40s);
  CHECK(pool.idle() == 0);
  second.far.read_to_end();
}

TEST_CASE("a connection is kept for less than its host says that it keeps it, and never longer than is set") {
  struct Case {
    config::Duration told, kept;
  };
  for (const Case& is :
       {Case{2s, 1500ms}, Case{5s, 4500ms}, Case{20s, 18s}, Case{1s, 500ms}, Case{1h, 60s}}) {
    CAPTURE(is.told.count());
    Loop loop;
    Pool pool(loop.timer, 10, 60s);
    Made one(loop);
    pool.put(one.near, Pool::Was::used, {.timeout = is.told});
    loop.advance(is.kept - 1ms);
    CHECK(pool.idle() == 1);
    loop.advance(1ms);
    CHECK(pool.idle() == 0);
    one.far.read_to_end();
  }
}

TEST_CASE("a connection of less time goes before those that are kept for longer") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made longer(loop), shorter(loop), ahead(loop);
  pool.put(longer.near, Pool::Was::used, {.timeout = 40s});
  pool.put(shorter.near, Pool::Was::used, {.timeout = 2s});
  pool.put(ahead.near, Pool::Was::made_ahead);  // as the host said last
  CHECK(pool.host_keeps() == 1500ms);
  loop.advance(1500ms);
  CHECK(pool.idle() == 1);
  shorter.far.read_to_end();
  ahead.far.read_to_end();
  loop.advance(35s);
  CHECK(pool.idle() == 0);
  longer.far.read_to_end();
}

TEST_CASE("a connection that its host keeps no longer, or takes no further request on, is not kept") {
  for (const Pool::Terms& terms :
       {Pool::Terms{.timeout = 0s, .more_requests = {}}, Pool::Terms{.more_requests = 0}}) {
    Loop loop;
    Pool pool(loop.timer, 10, 60s);
    Made one(loop);
    pool.put(one.near, Pool::Was::used, terms);
    CHECK(pool.idle() == 0);
    one.far.read_to_end();
  }
}

TEST_CASE("what a host said of a connection goes with it") {
  Loop loop;
  Pool pool(loop.timer, 10, 60s);
  Made one(loop);
  pool.put(one.near, Pool::Was::used, {.timeout = 2s, .more_requests = 7});
  CHECK(pool.take() == one.near);
  CHECK(pool.terms().timeout == 2s);
  CHECK(pool.terms().more_requests == 7);
  one.near->close();
  loop.settle();
}

TEST_CASE("beyond the most there may be, a connection is closed") {
  Loop loop;
  Pool pool(loop.timer, 1, 60s);
  Made first(loop), second(loop);
  pool.put(first.near);
  pool.put(second.near);
  CHECK(pool.idle() == 1);
  second.far.read_to_end();
  CHECK(pool.take() == first.near);
  first.near->close();
  loop.settle();
}

TEST_CASE("a pool that goes closes what is idle, and a host's close after that reaches nobody") {
  Loop loop;
  Made one(loop);
  {
    Pool pool(loop.timer, 10, 60s);
    pool.put(one.near);
  }
  one.far.close();
  loop.until([&] { return one.near->ended(); });
  CHECK(loop.timer.set_alarms() == 0);
}
