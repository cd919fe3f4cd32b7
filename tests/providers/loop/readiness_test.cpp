#include "providers/loop/readiness.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>

#include "tests/support/loop.hpp"

using providers::Readiness;
using support::Loop;

namespace {

// A socket of which a readiness tells, and its other end.
struct Told final : Readiness::Party {
  Told(Loop& loop, std::function<void(std::uint32_t)> told)
      : readiness(boost::asio::use_service<Readiness>(loop.io)), sockets(loop), on_ready(std::move(told)) {
    REQUIRE(readiness.add(sockets.near.native_handle(), *this));
    readiness.begin_wait();
  }
  ~Told() {
    readiness.end_wait();
    readiness.remove(*this);
  }
  void ready(std::uint32_t events) override {
    ++times;
    if (events & EPOLLIN) ++readable;
    on_ready(events);
  }
  void abandoned() override {}
  void send(std::string_view text) { sockets.far.write_some(boost::asio::buffer(text)); }

  Readiness& readiness;
  support::SocketPair sockets;
  std::function<void(std::uint32_t)> on_ready;
  int times = 0;
  int readable = 0;
};

void nothing(std::uint32_t) {}

}  // namespace

TEST_CASE("each arrival of bytes is told once, whether or not they are read") {
  Loop loop;
  Told told(loop, nothing);
  loop.settle();
  const int at_first = told.times;  // it is writable
  CHECK(told.readable == 0);
  told.send("one");
  loop.until([&] { return told.readable == 1; });
  loop.settle();
  CHECK(told.times == at_first + 1);
  told.send("two");
  loop.until([&] { return told.readable == 2; });
}

TEST_CASE("who is removed while events are told is told nothing more") {
  Loop loop;
  std::unique_ptr<Told> first, second;
  int told = 0;
  // Whichever comes first ends the other one.
  first = std::make_unique<Told>(loop, [&](std::uint32_t) {
    ++told;
    second.reset();
  });
  second = std::make_unique<Told>(loop, [&](std::uint32_t) {
    ++told;
    first.reset();
  });
  loop.settle();
  CHECK(told == 1);
  CHECK((first == nullptr) != (second == nullptr));
}

TEST_CASE("a fault of one who is told does not keep the others from being told") {
  Loop loop;
  const auto fail = [](std::uint32_t) { throw std::runtime_error("a fault"); };
  Told one(loop, fail), two(loop, fail), three(loop, nothing);
  int faults = 0;
  for (int turns = 0; turns < 10; ++turns) {
    try {
      loop.settle();
    } catch (const std::runtime_error&) {
      ++faults;
    }
  }
  CHECK(faults == 2);
  CHECK(one.times == 1);
  CHECK(two.times == 1);
  CHECK(three.times == 1);
}

TEST_CASE("who asks for it is told soon, but not at once") {
  Loop loop;
  int asked = 3;
  Told* self = nullptr;
  Told told(loop, [&](std::uint32_t events) {
    if (events == 0 && --asked > 0) self->readiness.soon(*self);
  });
  self = &told;
  loop.settle();
  const int before = told.times;
  told.readiness.soon(told);
  told.readiness.soon(told);
  CHECK(told.times == before);
  loop.settle();
  CHECK(told.times == before + 3);
  CHECK(asked == 0);
}

TEST_CASE("a loop on which nobody waits any more has nothing to do") {
  Loop loop;
  {
    Told told(loop, nothing);
    loop.settle();
    CHECK(!loop.io.stopped());
  }
  loop.settle();
  CHECK(loop.io.stopped());
}
