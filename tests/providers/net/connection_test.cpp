#include "providers/net/connection.hpp"

#include <doctest/doctest.h>

#include "tests/support/loop.hpp"

using namespace std::chrono_literals;
using providers::ConnectionPtr;
using providers::Pieces;
using providers::PlainConnection;
using support::Loop;
using support::more_of;
using support::Outcome;
using support::Peer;

namespace {

struct Pair {
  Loop loop;
  support::SocketPair sockets{loop};
  ConnectionPtr near{new PlainConnection(std::move(sockets.near))};
  Peer far{loop, std::move(sockets.far)};

  ~Pair() {
    near->close();
    loop.settle();
  }
};

struct Counting final : providers::Connection::Watcher {
  int times = 0;
  void peer_left() override { ++times; }
};

}  // namespace

TEST_CASE("pieces that adjoin are written as one, and what was written is dropped from the front") {
  const std::string text = "abcdef";
  Pieces pieces{std::string_view(text).substr(0, 2), "", std::string_view(text).substr(2, 2), "xyz"};
  CHECK(pieces.texts().size() == 2);
  CHECK(pieces.bytes() == 7);
  pieces.drop(5);
  REQUIRE(pieces.texts().size() == 1);
  CHECK(pieces.texts()[0] == "yz");
  pieces.drop(2);
  CHECK(pieces.empty());
}

TEST_CASE("what comes is read ahead, and a read that waits sees it grow") {
  Pair pair;
  Outcome<bool> more;
  pair.loop.start(more_of(pair.near), more);
  pair.loop.settle();
  CHECK(!more.ended());
  pair.far.send("one");
  pair.loop.until([&] { return more.ended(); });
  CHECK(*more.value);
  CHECK(pair.near->unread() == "one");

  // Nobody waits: it comes behind what is there, which does not move.
  const char* before = pair.near->unread().data();
  pair.near->start_reading();
  pair.far.send("two");
  pair.loop.until([&] { return pair.near->unread() == "onetwo"; });
  CHECK(pair.near->unread().data() == before);
}

TEST_CASE("a peer that is held back by a full buffer goes on once something is consumed") {
  Pair pair;
  const std::string text(200'000, 'x');
  std::size_t got = 0;
  bool ended = false;
  const auto read_all = [](providers::Connection& near, std::size_t& sum) -> providers::Task<void> {
    for (;;) {
      const bool came = co_await near.more();
      if (!came) co_return;
      sum += near.unread().size();
      near.consume(near.unread().size());
    }
  };
  pair.near->start_reading();
  pair.far.send(text.substr(0, 100'000));
  pair.loop.settle();
  CHECK(pair.near->unread().size() <= providers::Connection::buffer_bound);
  pair.loop.start(read_all(*pair.near, got), ended);
  pair.far.send(text.substr(100'000));
  pair.far.end_writing();
  pair.loop.until([&] { return ended; });
  CHECK(got == text.size());
  CHECK(pair.near->ended_cleanly());
}

TEST_CASE("more() says false once the buffer is full to its bound") {
  Pair pair;
  pair.far.send(std::string(100'000, 'x'));
  while (pair.loop.run(more_of(pair.near))) {
  }
  CHECK(pair.near->buffer_full());
  CHECK(!pair.near->ended());
}

TEST_CASE("a peer's leaving is told once while nobody waits") {
  for (const bool reset : {false, true}) {
    CAPTURE(reset);
    Pair pair;
    Counting watcher;
    pair.near->watch(&watcher);
    pair.near->start_reading();
    pair.far.send("bytes of a next request");
    pair.loop.until([&] { return !pair.near->unread().empty(); });
    CHECK(watcher.times == 0);
    reset ? pair.far.reset() : pair.far.close();
    pair.loop.until([&] { return pair.near->ended(); });
    CHECK(watcher.times == 1);
    CHECK(pair.near->ended_cleanly() == !reset);
    pair.near->watch(nullptr);
  }
}

TEST_CASE("a direct read takes first what a read ahead brings") {
  Pair pair;
  std::string room(10, '-');
  pair.near->start_reading();  // under way when the direct read comes
  Outcome<std::size_t> got;
  pair.loop.start(pair.near->read_direct(room), got);
  pair.far.send("abc");
  pair.loop.until([&] { return got.ended(); });
  CHECK(*got.value == 3);
  CHECK(room == "abc-------");
  CHECK(pair.near->unread().empty());

  Outcome<std::size_t> next;
  pair.loop.start(pair.near->read_direct(std::span(room).subspan(3)), next);
  pair.far.send("defgh");
  pair.loop.until([&] { return next.ended(); });
  CHECK(room == "abcdefgh--");
}

TEST_CASE("a wait that is interrupted ends with nothing, and the connection goes on") {
  Pair pair;
  Outcome<bool> more;
  pair.loop.start(more_of(pair.near), more);
  pair.loop.settle();
  pair.near->interrupt();
  pair.loop.until([&] { return more.ended(); });
  CHECK(!*more.value);
  CHECK(!pair.near->ended());

  Pieces answer{"too late"};
  CHECK(pair.near->write_now(answer));
  pair.far.read_until("too late");
  pair.far.send("still here");
  CHECK(pair.loop.run(more_of(pair.near)));
  CHECK(pair.near->unread() == "still here");
}

TEST_CASE("closing ends a read, a direct read and a write that wait") {
  Pair pair;
  SUBCASE("a read") {
    Outcome<bool> more;
    pair.loop.start(more_of(pair.near), more);
    pair.loop.settle();
    pair.near->close();
    pair.loop.until([&] { return more.ended(); });
    CHECK(!*more.value);
  }
  SUBCASE("a direct read") {
    std::string room(10, '-');
    Outcome<std::size_t> got;
    pair.loop.start(pair.near->read_direct(room), got);
    pair.loop.settle();
    pair.near->close();
    pair.loop.until([&] { return got.ended(); });
    CHECK(*got.value == 0);
  }
  SUBCASE("a write") {
    const std::string text(20'000'000, 'x');
    Pieces pieces{text};
    Outcome<bool> written;
    pair.loop.start(pair.near->write(pieces), written);
    pair.loop.settle();
    CHECK(!written.ended());
    pair.near->close();
    pair.loop.until([&] { return written.ended(); });
    CHECK(!*written.value);
  }
}

TEST_CASE("a write waits for a slow reader and gets through whole") {
  Pair pair;
  std::string text(3'000'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 1000) text[i] = static_cast<char>('a' + i / 1000 % 26);
  Pieces pieces{std::string_view(text).substr(0, 1'000'000), "|", std::string_view(text).substr(1'000'000)};
  Outcome<bool> written;
  pair.loop.start(pair.near->write(pieces), written);
  pair.loop.until([&] { return pair.far.got().size() == text.size() + 1; });
  pair.loop.until([&] { return written.ended(); });
  CHECK(*written.value);
  CHECK(pair.far.take() == text.substr(0, 1'000'000) + "|" + text.substr(1'000'000));
}

TEST_CASE("a peer that leaves is noticed while there is no room to read what it sent before") {
  Pair pair;
  Counting watcher;
  pair.near->watch(&watcher);
  pair.near->start_reading();
  pair.far.send(std::string(60'000, 'x'));
  pair.loop.settle();
  const std::string_view held = pair.near->unread();
  CHECK(watcher.times == 0);
  SUBCASE("in order") {
    pair.far.end_writing();
  }
  SUBCASE("or not") {
    pair.far.reset();
  }
  pair.loop.until([&] { return watcher.times > 0; });
  CHECK(watcher.times == 1);
  CHECK(pair.near->unread().data() == held.data());
  pair.near->watch(nullptr);
}

TEST_CASE("a peer that left while nobody watched is noticed by who begins to watch") {
  Pair pair;
  pair.near->start_reading();
  pair.far.send(std::string(60'000, 'x'));
  pair.loop.settle();
  pair.far.end_writing();
  pair.loop.settle();
  Counting watcher;
  pair.near->watch(&watcher);
  while (pair.near->unread().size() < providers::Connection::buffer_bound) {
    pair.near->start_reading();
    pair.loop.settle();
  }
  pair.near->start_reading();
  pair.loop.until([&] { return watcher.times > 0; });

  // What it sent before is still to be had.
  pair.near->watch(nullptr);
  std::size_t got = pair.near->unread().size();
  pair.near->consume(got);
  for (;;) {
    const bool came = pair.loop.run(more_of(pair.near));
    if (!came) break;
    got += pair.near->unread().size();
    pair.near->consume(pair.near->unread().size());
  }
  CHECK(got == 60'000);
  CHECK(pair.near->ended_cleanly());
}

TEST_CASE("bytes that nobody has read yet are known to have come") {
  Pair pair;
  CHECK(!pair.near->arriving());
  boost::system::error_code error;
  pair.far.socket().write_some(boost::asio::buffer("x", 1), error);
  CHECK(pair.near->arriving());
  pair.near->start_reading();
  pair.loop.until([&] { return !pair.near->unread().empty(); });
  CHECK(!pair.near->arriving());
}

TEST_CASE("more pieces than one write takes are refused, not written past the end") {
  const std::string text(2 * Pieces::capacity + 2, 'x');
  Pieces pieces;
  for (std::size_t i = 0; i < Pieces::capacity; ++i) pieces.add(std::string_view(text).substr(2 * i, 1));
  CHECK(pieces.full());
  CHECK_THROWS_AS(pieces.add(std::string_view(text).substr(2 * Pieces::capacity, 1)), std::length_error);
  CHECK(pieces.bytes() == Pieces::capacity);
}
