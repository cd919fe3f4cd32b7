#include "gateway/run/listener.hpp"

#include <doctest/doctest.h>

#include <boost/asio/write.hpp>

#include "tests/support/few_descriptors.hpp"
#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::AddressCounts;
using gateway::ConnectionLimit;
using gateway::Listener;
namespace ip = boost::asio::ip;

namespace {

struct Listening {
  explicit Listening(int most_per_address = 0, int most = 1000,
                     ip::address address = ip::address_v4::loopback())
      : door(three_prices(), most_per_address),
        connections(most),
        listener(door.world.loop.io, door.front, connections),
        bound(listener.listen({address, 0}, Listener::Address::its_own)) {}
  ~Listening() {
    bool drained = false;
    listener.stop();
    listener.drain([&] { drained = true; });
    peers.clear();
    door.world.advance(10s);
    door.world.loop.until([&] { return drained; });
  }

  Peer& connect() {
    Loop::Socket socket(door.world.loop.io);
    socket.connect({ip::address_v4::loopback(), bound.port()});
    peers.push_back(std::make_unique<Peer>(door.world.loop, std::move(socket)));
    return *peers.back();
  }

  // One that waits to be accepted until the loop turns.
  Peer& connect_and_say(const std::string& request) {
    Peer& peer = connect();
    boost::asio::write(peer.socket(), boost::asio::buffer(request));
    return peer;
  }
  void answered(Peer& peer, const std::string& request = get("/healthz")) {
    peer.send(request);
    peer.read_until("ok\n");
    peer.take();
  }
  // A stream that does not end while the test lasts.
  Peer& busy() {
    door.world.script(ServedWorld::cheap, pieces({{{}, says("Hel")}, {1h, stop()}}));
    Peer& peer = connect();
    peer.send(post(chat_stream));
    peer.read_until("Hel");
    return peer;
  }
  void settle() { door.world.loop.settle(); }

  FrontDoor door;
  ConnectionLimit connections;
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
  CHECK(!AddressCounts(0).limits(ip::make_address("2001:db8::1")));
}

TEST_CASE("this machine's own programs are not counted") {
  const AddressCounts counts(1);
  CHECK(counts.limits(ip::make_address("192.0.2.1")));
  for (const char* own : {"127.0.0.1", "127.8.0.1", "::1"}) CHECK(!counts.limits(ip::make_address(own)));
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
  world.answered(idle);
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
  Listener second(first.door.world.loop.io, first.door.front, first.connections);
  CHECK_THROWS_AS(second.listen(first.bound, Listener::Address::its_own), boost::system::system_error);
}

TEST_CASE("a connection that there was no room to begin with does not end accepting, and a drain ends") {
  Listening world;
  Peer& first = world.connect();
  {
    const FewDescriptors few(1);  // for the connection, and none for what watches the loop's connections
    world.settle();
    CHECK(world.listener.open_connections() == 0);
    CHECK(world.connections.open() == 0);
  }
  CHECK(first.read_to_end().empty());
  world.answered(world.connect());
  bool drained = false;
  world.listener.drain([&] { drained = true; });
  world.door.world.loop.until([&] { return drained; });
}

TEST_CASE("without descriptors accepting pauses, and looks again ten times a second") {
  Listening world;
  world.answered(world.connect());
  world.peers.clear();
  world.door.world.loop.until([&] { return world.listener.open_connections() == 0; });
  Peer& client = world.connect();
  {
    const FewDescriptors none;
    for (int i = 0; i < 10; ++i) world.settle();
    CHECK(world.door.counted("isocost_accept_pauses_total") == 1);
    world.door.world.advance(100ms);
    CHECK(world.door.counted("isocost_accept_pauses_total") == 2);
  }
  world.door.world.advance(100ms);
  world.answered(client);
}

TEST_CASE("without descriptors idle clients give theirs back, and clients that are served keep theirs") {
  Listening world;
  Peer& busy = world.busy();
  Peer& idle = world.connect();
  world.answered(idle);
  Peer& newcomer = world.connect();
  {
    const FewDescriptors none;
    world.answered(newcomer);
  }
  idle.read_to_end();
  CHECK(!busy.ended());
  CHECK(world.door.counted("isocost_accept_pauses_total") == 0);
  CHECK(world.door.counted("isocost_idle_connections_given_up_total") == 1);
}

TEST_CASE("at the limit a newcomer takes the place of the client that was idle the longest") {
  Listening world(0, 3);
  Peer& busy = world.busy();
  Peer& first = world.connect();
  world.answered(first);
  world.door.world.advance(1s);
  Peer& second = world.connect();
  world.answered(second);
  world.door.world.advance(1s);
  world.answered(first);  // idle for less long than the second one now
  Peer& newcomer = world.connect();
  world.answered(newcomer);
  second.read_to_end();
  CHECK(!first.ended());
  CHECK(!busy.ended());
  CHECK(world.connections.open() == 3);
}

TEST_CASE("a client that has just connected keeps its place, one that says nothing does not") {
  Listening world(0, 1);
  Peer& silent = world.connect();
  world.settle();
  Peer& early = world.connect_and_say(get("/healthz"));
  CHECK(early.read_to_end().starts_with("HTTP/1.1 503 "));
  CHECK(!silent.ended());
  world.door.world.advance(1s);
  world.answered(world.connect());
  CHECK(silent.ended());
}

TEST_CASE("at the limit without an idle client newcomers are told to come again, of whichever listener") {
  Listening world(0, 1);
  world.busy();
  Listener second(world.door.world.loop.io, world.door.front, world.connections);
  const auto other = second.listen({ip::address_v4::loopback(), 0}, Listener::Address::its_own);
  Loop::Socket socket(world.door.world.loop.io);
  socket.connect(other);
  Peer through_other(world.door.world.loop, std::move(socket));
  for (Peer* newcomer : {&world.connect(), &through_other}) {
    newcomer->send(post(chat_stream));
    const std::string& told = newcomer->read_to_end();
    CHECK(told.starts_with("HTTP/1.1 503 "));
    CHECK(told.find("too_many_connections") != std::string::npos);
    CHECK(told.find("Retry-After: 1\r\n") != std::string::npos);
    CHECK(told.find("Connection: close\r\n") != std::string::npos);
    CHECK(!newcomer->was_reset());
  }
  CHECK(world.door.counted("isocost_turned_away_total{for_want_of=\"connections\"}") == 2);
  CHECK(world.connections.open() == 1);
  bool drained = false;
  second.drain([&] { drained = true; });
  // Once those it turned away have had the time to read why.
  world.door.world.advance(10s);
  CHECK(drained);
}

TEST_CASE("clients that wait to be accepted when a drain begins are answered") {
  Listening world;
  world.answered(world.connect());
  Peer& asked = world.connect_and_say(get("/healthz"));
  Peer& asks_soon = world.connect();
  Peer& silent = world.connect();
  bool drained = false;
  world.listener.drain([&] { drained = true; });
  CHECK(asked.read_to_end().ends_with("ok\n"));
  asks_soon.send(get("/healthz"));
  CHECK(asks_soon.read_to_end().ends_with("ok\n"));
  CHECK(!drained);
  CHECK(!silent.ended());
  world.door.world.advance(1s);
  CHECK(silent.read_to_end().empty());
  world.door.world.loop.until([&] { return drained; });
}

TEST_CASE("an idle client that has asked when a drain begins is answered") {
  Listening world;
  Peer& client = world.connect();
  world.answered(client);
  boost::asio::write(client.socket(), boost::asio::buffer(get("/healthz")));
  bool drained = false;
  world.listener.drain([&] { drained = true; });
  CHECK(client.read_to_end().ends_with("ok\n"));
  world.door.world.loop.until([&] { return drained; });
}

TEST_CASE("a client that comes by IPv4 to an address of both families is counted by its IPv4 address") {
  std::optional<Listening> world;
  try {
    world.emplace(1, 1000, ip::address_v6::any());
  } catch (const boost::system::system_error&) {
    return;  // a machine without IPv6
  }
  world->answered(world->connect());
  CHECK(!world->door.addresses.enter(ip::address_v4::loopback()));
  CHECK(gateway::as_itself(ip::make_address("::ffff:192.0.2.1")) == ip::make_address("192.0.2.1"));
  CHECK(gateway::as_itself(ip::make_address("2001:db8::1")) == ip::make_address("2001:db8::1"));
}
