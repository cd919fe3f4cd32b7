#include "gateway/run/listener.hpp"

#include <doctest/doctest.h>

#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::AddressCounts;
using gateway::Listener;
namespace ip = boost::asio::ip;

namespace {

struct Listening {
  explicit Listening(int most_per_address = 0)
      : addresses(most_per_address),
        listener(door.world.loop.io, door.front, addresses),
        bound(listener.listen({ip::address_v4::loopback(), 0}, Listener::Address::its_own)) {}
  ~Listening() {
    bool drained = false;
    listener.stop();
    listener.drain([&] { drained = true; });
    peers.clear();
    door.world.loop.until([&] { return drained; });
  }

  Peer& connect() {
    Loop::Socket socket(door.world.loop.io);
    socket.connect(bound);
    peers.push_back(std::make_unique<Peer>(door.world.loop, std::move(socket)));
    return *peers.back();
  }

  FrontDoor door;
  AddressCounts addresses;
  Listener listener;
  Loop::Tcp::endpoint bound;
  std::vector<std::unique_ptr<Peer>> peers;
};

}  // namespace

TEST_CASE("an address is counted up to its limit, and what left makes room") {
  AddressCounts counts(2);
  const auto one = ip::make_address("10.0.0.1"), other = ip::make_address("10.0.0.2");
  CHECK(counts.enter(one));
  CHECK(counts.enter(one));
  CHECK(!counts.enter(one));
  CHECK(counts.enter(other));
  counts.leave(one);
  CHECK(counts.enter(one));
  CHECK(!counts.enter(one));
}

TEST_CASE("the addresses of one IPv6 network count as one") {
  AddressCounts counts(1);
  CHECK(counts.enter(ip::make_address("2001:db8:1:2::1")));
  CHECK(!counts.enter(ip::make_address("2001:db8:1:2:ffff::9")));
  CHECK(counts.enter(ip::make_address("2001:db8:1:3::1")));
  CHECK(!AddressCounts(0).limits());
}

TEST_CASE("a connection beyond what its address may have is closed at once, and counted") {
  Listening world(2);
  for (int i = 0; i < 2; ++i) {
    Peer& peer = world.connect();
    peer.send(get("/healthz"));
    peer.read_until("ok\n");
  }
  CHECK(world.connect().read_to_end().empty());
  CHECK(world.door.counted("isocost_refused_connections_total") == 1);
  world.peers.erase(world.peers.begin());
  world.door.world.loop.until([&] { return world.listener.open_connections() == 1; });
  Peer& next = world.connect();
  next.send(get("/healthz"));
  next.read_until("ok\n");
}

TEST_CASE("a drain ends when the last reply has, and new connections are refused") {
  Listening world;
  world.door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  Peer& idle = world.connect();
  Peer& busy = world.connect();
  busy.send(post(chat_stream));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  bool drained = false;
  world.listener.drain([&] { drained = true; });
  idle.read_to_end();
  CHECK(!drained);
  Loop::Socket late(world.door.world.loop.io);
  boost::system::error_code refused;
  late.connect(world.bound, refused);
  CHECK(refused == boost::asio::error::connection_refused);
  world.door.world.advance(1s);
  CHECK(busy.read_to_end().find("[DONE]") != std::string::npos);
  world.door.world.loop.until([&] { return drained; });
  CHECK(world.listener.open_connections() == 0);
}

TEST_CASE("stopping breaks off replies under way with an error, and what hosts do for them") {
  Listening world;
  world.door.world.script(ServedWorld::cheap, pieces({{{}, says("Hello")}, {1h, stop()}}));
  Peer& idle = world.connect();
  Peer& busy = world.connect();
  busy.send(post(chat_stream));
  busy.read_until("Hello");
  world.listener.stop();
  const std::string& told = busy.read_to_end();
  CHECK(told.find("\"gateway_stopping\"") != std::string::npos);
  CHECK(told.find("[DONE]") == std::string::npos);
  CHECK(told.ends_with("0\r\n\r\n"));
  CHECK(idle.read_to_end().empty());
  CHECK(world.listener.open_connections() == 0);
  CHECK(world.door.world.host(ServedWorld::cheap).aborted == 1);
  REQUIRE(world.door.records().size() == 1);
  const gateway::Record& record = *world.door.records()[0];
  CHECK(record.ending == gateway::Ending::broken);
  CHECK(record.error == "gateway_stopping");
  CHECK(record.attempts.size() == 1);
}

TEST_CASE(
    "a request that waits for its first byte when the gateway stops is told so, and no other host asked") {
  Listening world;
  world.door.world.script(ServedWorld::cheap, stream("Hello", 1h));
  Peer& busy = world.connect();
  busy.send(post(chat_stream));
  world.door.world.loop.until([&] { return world.door.world.host(ServedWorld::cheap).open == 1; });
  world.listener.stop();
  const std::string& told = busy.read_to_end();
  CHECK(told.starts_with("HTTP/1.1 503 "));
  CHECK(told.find("\"gateway_stopping\"") != std::string::npos);
  REQUIRE(world.door.records().size() == 1);
  CHECK(world.door.records()[0]->attempts.size() == 1);
}

TEST_CASE("an address that another listener has is refused") {
  Listening first;
  AddressCounts addresses(0);
  Listener second(first.door.world.loop.io, first.door.front, addresses);
  CHECK_THROWS_AS(second.listen(first.bound, Listener::Address::its_own), boost::system::system_error);
}
