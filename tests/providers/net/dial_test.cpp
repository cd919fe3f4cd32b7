#include "providers/net/dial.hpp"

#include <doctest/doctest.h>

#include "tests/support/few_descriptors.hpp"
#include "tests/support/raw_host.hpp"

using namespace std::chrono_literals;
using providers::Dial;
using routing::FailureKind;
using support::Loop;
using Endpoint = Loop::Tcp::endpoint;
namespace ip = boost::asio::ip;

namespace {

using Connected = support::Outcome<providers::Result<Loop::Socket>>;

// An address where nobody answers: its queue is full.
struct DeafHost {
  explicit DeafHost(Loop& turned) : loop(turned), acceptor(turned.io) {
    acceptor.open(Loop::Tcp::v4());
    acceptor.bind({ip::address_v4::loopback(), 0});
    acceptor.listen(0);
    for (int i = 0; i < 4; ++i) {
      fillers.emplace_back(loop.io);
      fillers.back().async_connect(acceptor.local_endpoint(), [](boost::system::error_code) {});
    }
    loop.settle();
  }
  ~DeafHost() {
    for (Loop::Socket& filler : fillers) filler.close();
    loop.settle();
  }
  Endpoint address() const { return acceptor.local_endpoint(); }

  Loop& loop;
  support::Acceptor acceptor;
  std::vector<Loop::Socket> fillers;
};

// An address that refuses.
Endpoint refusing(Loop& loop) {
  support::Acceptor gone(loop.io, {ip::address_v4::loopback(), 0});
  return gone.local_endpoint();
}

struct Dialled {
  Dialled(Loop& turned, Dial::Addresses all, config::Duration limit = 2s)
      : loop(turned), addresses(std::move(all)) {
    loop.start(dial.connect(addresses, loop.timer.now() + limit), connected);
    loop.settle();
  }
  ~Dialled() {
    dial.abort();
    loop.until([&] { return connected.ended(); });
  }
  Loop& loop;
  Dial::Addresses addresses;
  Dial dial{loop.io, loop.timer};
  Connected connected;
};

}  // namespace

TEST_CASE("an address that does not answer is joined by the next after a quarter of a second") {
  Loop loop;
  DeafHost deaf(loop);
  support::RawHost host(loop);
  const Endpoint good(ip::address_v4::loopback(), host.port());
  Dialled dialled(loop, {deaf.address(), good});
  loop.advance(Dial::head_start - 1ms);
  CHECK(host.connections() == 0);
  loop.advance(1ms);
  loop.until([&] { return dialled.connected.ended(); });
  REQUIRE(dialled.connected.value->has_value());
  CHECK((*dialled.connected.value)->remote_endpoint() == good);
  host.stop();
}

TEST_CASE("after an address that refuses the next is tried at once") {
  Loop loop;
  support::RawHost host(loop);
  const Endpoint good(ip::address_v4::loopback(), host.port());
  Dialled dialled(loop, {refusing(loop), refusing(loop), good});
  loop.until([&] { return dialled.connected.ended(); });
  CHECK(dialled.connected.value->has_value());
  host.stop();
}

TEST_CASE("where every address fails or the limit passes, the host cannot be reached") {
  Loop loop;
  DeafHost deaf(loop);
  SUBCASE("all refuse") {
    Dialled dialled(loop, {refusing(loop), refusing(loop)});
    loop.until([&] { return dialled.connected.ended(); });
    CHECK(dialled.connected.value->error() == FailureKind::connect);
  }
  SUBCASE("one refuses, one says nothing") {
    Dialled dialled(loop, {refusing(loop), deaf.address()});
    loop.advance(2s - 1ms);
    CHECK(!dialled.connected.ended());
    loop.advance(1ms);
    loop.until([&] { return dialled.connected.ended(); });
    CHECK(dialled.connected.value->error() == FailureKind::connect);
  }
  SUBCASE("nobody waits any more") {
    Dialled dialled(loop, {deaf.address(), deaf.address()});
    dialled.dial.abort();
    loop.until([&] { return dialled.connected.ended(); });
    CHECK(dialled.connected.value->error() == FailureKind::connect);
    CHECK(loop.timer.set_alarms() == 0);
  }
}

TEST_CASE("a dial that goes while it waits leaves nothing behind") {
  Loop loop;
  DeafHost deaf(loop);
  {
    std::optional<Dial> dial(std::in_place, loop.io, loop.timer);
    const Dial::Addresses addresses{deaf.address(), deaf.address()};
    auto task = dial->connect(addresses, loop.timer.now() + 1s);
    task.await_suspend(std::noop_coroutine());
    dial.reset();
  }
  loop.advance(2s);
  CHECK(loop.timer.set_alarms() == 0);
}

TEST_CASE("a machine without descriptors is at fault itself, not the host") {
  Loop loop;
  support::RawHost host(loop);
  const Endpoint good(ip::address_v4::loopback(), host.port());
  const support::FewDescriptors none;
  Dialled dialled(loop, {good, good});
  REQUIRE(dialled.connected.ended());
  CHECK(dialled.connected.value->error() == FailureKind::local);
  host.stop();
}

TEST_CASE("families of addresses take turns, the first one's first") {
  const auto at = [](const char* text) { return Endpoint(ip::make_address(text), 443); };
  const Dial::Addresses mixed{at("2001:db8::1"), at("2001:db8::2"), at("2001:db8::3"), at("192.0.2.1"),
                              at("192.0.2.2")};
  CHECK(providers::in_turn(mixed) == Dial::Addresses{at("2001:db8::1"), at("192.0.2.1"), at("2001:db8::2"),
                                                     at("192.0.2.2"), at("2001:db8::3")});
  CHECK(providers::in_turn({at("192.0.2.1"), at("2001:db8::1"), at("2001:db8::2")}) ==
        Dial::Addresses{at("192.0.2.1"), at("2001:db8::1"), at("2001:db8::2")});
  CHECK(providers::in_turn({}).empty());
}
