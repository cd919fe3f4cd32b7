#include "providers/host/http_exchange.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/few_descriptors.hpp"
#include "tests/support/raw_host.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/scripted_names.hpp"

using namespace std::chrono_literals;
using providers::ContentKind;
using routing::FailureKind;
using routing::Progress;
using support::Asked;
using support::Loop;
using support::Outcome;
using support::Peer;
using support::RawHost;

namespace {

config::ProviderSettings settings_for(std::string host, std::uint16_t port) {
  config::ProviderSettings settings;
  settings.name = {"host"};
  settings.base_url = {
      .scheme = config::BaseUrl::Scheme::http, .host = std::move(host), .port = port, .path = "/v1"};
  settings.credential = config::Secret("sk-host");
  return settings;
}

struct World {
  Loop loop;
  RawHost host{loop};
  config::ProviderSettings settings = settings_for("127.0.0.1", host.port());
  support::ScriptedNames names;
  providers::Resolver resolver{loop.io, loop.timer, names};
  std::optional<providers::HttpProvider> made;

  providers::HttpProvider& provider() {
    if (!made) made.emplace(settings, loop.io, loop.timer, resolver);
    return *made;
  }
  ~World() {
    made.reset();
    host.stop();
    loop.settle();
  }
};

// A host of Amazon's, and who gives this machine its keys.
struct KeysWorld : World {
  explicit KeysWorld(config::AwsAccess::Source source = config::AwsAccess::Source::instance_role) {
    config::AwsAccess& aws = settings.access.aws.emplace();
    aws.region = "us-east-1";
    aws.source = source;
    aws.issuer = config::BaseUrl{
        .scheme = config::BaseUrl::Scheme::http, .host = "127.0.0.1", .port = giver.port(), .path = ""};
    settings.credential = config::Secret();
  }
  ~KeysWorld() {
    made.reset();
    giver.stop();
    loop.settle();
  }
  void answer(std::size_t connection, const std::string& text) {
    Peer& peer = giver.connection(connection);
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text);
  }
  // Each call of the three has a connection of its own. With the keys the host gets its `next` connection.
  void give_keys(std::size_t first, const std::string& id, std::size_t next) {
    answer(first, "session");
    answer(first + 1, "role");
    answer(first + 2, R"({"AccessKeyId":")" + id +
                          R"(","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T18:00:00Z"})");
    loop.until([&] {
      loop.advance(25ms);
      return host.connections() == next;
    });
  }

  RawHost giver{loop};
};

const std::string small = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

}  // namespace

TEST_CASE("a request is sent with our head and the body's bytes, and its reply is read") {
  World world;
  Asked asked(world.loop, world.provider(), R"({"model":"their"})");
  Peer& peer = world.host.connection(0);
  const std::string sent = peer.read_until("their");
  CHECK(sent == "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(world.host.port()) +
                    "\r\nAuthorization: Bearer sk-host\r\nContent-Type: application/json\r\n"
                    "Accept: application/json, text/event-stream\r\nAccept-Encoding: identity\r\n"
                    "User-Agent: isocost\r\nContent-Length: 17\r\n\r\n{\"model\":\"their\"}");
  CHECK(asked.exchange().progress() == Progress::request_sent);
  peer.send(small);
  REQUIRE(asked.head().has_value());
  CHECK(asked.head()->status == 200);
  CHECK(asked.head()->content == ContentKind::json);
  CHECK(*asked.body() == "{}");
}

TEST_CASE("a reply's framing decides its end; the connection is used again only where that is safe") {
  struct Row {
    const char* what;
    std::string reply;
    bool closes;  // the host ends its side
    bool good;
    bool reused;
  };
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
  const std::vector<Row> rows{
      {"a length", head + "Content-Length: 5\r\n\r\nHello", false, true, true},
      {"no body", head + "Content-Length: 0\r\n\r\n", false, true, true},
      {"chunks", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nHe\r\n3\r\nllo\r\n0\r\n\r\n", false, true,
       true},
      {"chunks and trailers", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\nX-A: b\r\n\r\n",
       false, true, true},
      {"an interim reply before it",
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + head + "Content-Length: 5\r\n\r\nHello", false, true,
       true},
      {"until the connection ends", head + "\r\nHello", true, true, false},
      {"Connection: close", head + "Connection: close\r\nContent-Length: 5\r\n\r\nHello", false, true, false},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nHello", false, true, false},
      {"bytes behind the end", head + "Content-Length: 5\r\n\r\nHelloHTTP/1.1 200 OK\r\n", false, true,
       false},
      {"a length cut short", head + "Content-Length: 50\r\n\r\nHello", true, false, false},
      {"chunks cut short", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n", true, false, false},
      {"broken chunks", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nHello\r\n", false, false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    World world;
    {
      Asked asked(world.loop, world.provider());
      Peer& peer = world.host.connection(0);
      peer.read_until("}");
      peer.send(row.reply);
      if (row.closes) peer.end_writing();
      REQUIRE(asked.head().has_value());
      const auto body = asked.body();
      CHECK(body.has_value() == row.good);
      if (body && std::string_view(row.what) != "no body") CHECK(*body == "Hello");
    }
    Asked next(world.loop, world.provider());
    if (!row.reused) world.host.connection(1).read_until("}");
    CHECK(world.host.connections() == (row.reused ? 1 : 2));
    if (!row.reused) world.host.connection(0).read_to_end();
  }
}

TEST_CASE("a head that cannot be trusted makes the reply bad, and the connection goes") {
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 999 What\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"}) {
    CAPTURE(head);
    World world;
    Asked asked(world.loop, world.provider());
    Peer& peer = world.host.connection(0);
    peer.read_until("}");
    peer.send(head);
    REQUIRE(!asked.head().has_value());
    CHECK(asked.head().error() == FailureKind::bad_reply);
  }
}

TEST_CASE("a head that is larger than any may be is a bad reply, and is not read on") {
  World world;
  Asked asked(world.loop, world.provider());
  Peer& peer = world.host.connection(0);
  peer.read_until("}");
  peer.send("HTTP/1.1 200 OK\r\nX-Long: " + std::string(34'000, 'x'));
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::bad_reply);
}

TEST_CASE("a reply is understood wherever its bytes are cut") {
  const std::string reply =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n";
  World world;
  for (std::size_t cut = 1; cut < reply.size(); ++cut) {
    Asked asked(world.loop, world.provider());
    Peer& peer = world.host.connection(0);
    peer.read_until("}");
    peer.take();
    peer.send(reply.substr(0, cut));
    world.loop.settle();
    peer.send(reply.substr(cut));
    REQUIRE(asked.head().has_value());
    CHECK(asked.head()->content == ContentKind::event_stream);
    CHECK(*asked.body() == "Hello");
  }
  CHECK(world.host.connections() == 1);
}

TEST_CASE("a kept connection that turns out closed costs one more try on a fresh one, not a failure") {
  World world;
  {
    Asked first(world.loop, world.provider());
    Peer& peer = world.host.connection(0);
    peer.read_until("}");
    peer.send(small);
    CHECK(*first.body() == "{}");
  }
  // Taken before the close is noticed: the request is already on its way.
  Asked second(world.loop, world.provider());
  world.host.connection(0).reset();
  Peer& fresh = world.host.connection(1);
  fresh.read_until("}");
  fresh.send(small);
  REQUIRE(second.head().has_value());
  CHECK(*second.body() == "{}");
  CHECK(world.host.connections() == 2);
  CHECK(second.exchange().repeats() == 1);
}

TEST_CASE("a connection is not used again once its host may have closed it by what it said") {
  struct Case {
    const char* field;
    std::vector<std::size_t> connections;  // of three requests, two seconds apart
  };
  for (const Case& is :
       {Case{"", {0, 0, 0}}, Case{"Keep-Alive: timeout=5, max=100\r\n", {0, 0, 0}},
        Case{"keep-alive: timeout=2\r\n", {0, 1, 2}}, Case{"Keep-Alive: timeout=0\r\n", {0, 1, 2}},
        Case{"Keep-Alive: max=2\r\n", {0, 0, 1}}, Case{"Keep-Alive: max=1, timeout=60\r\n", {0, 1, 2}},
        Case{"Keep-Alive: timeout=x, max=-1\r\n", {0, 0, 0}}}) {
    CAPTURE(is.field);
    World world;
    for (const std::size_t connection : is.connections) {
      Asked asked(world.loop, world.provider());
      Peer& peer = world.host.connection(connection);
      peer.read_until("}");
      peer.take();
      peer.send("HTTP/1.1 200 OK\r\n" + std::string(is.field) + "Content-Length: 2\r\n\r\n{}");
      CHECK(*asked.body() == "{}");
      CHECK(asked.exchange().repeats() == 0);
      world.loop.advance(2s);
    }
    CHECK(world.host.connections() == is.connections.back() + 1);
  }
}

TEST_CASE("a host that counts down what it still takes on a connection is believed") {
  World world;
  for (int request = 0; request < 4; ++request) {
    Asked asked(world.loop, world.provider());
    Peer& peer = world.host.connection(request < 3 ? 0 : 1);
    peer.read_until("}");
    peer.take();
    const int left = request == 0 ? 9 : 2 - request;  // a host that is restarted with less
    peer.send("HTTP/1.1 200 OK\r\nKeep-Alive: max=" + std::to_string(left) +
              "\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(*asked.body() == "{}");
  }
  CHECK(world.host.connections() == 2);
}

TEST_CASE("a connection made a moment ahead that dies is a failure: nobody closes that for idleness") {
  World world;
  const std::shared_ptr<providers::Provider> provider(&world.provider(), [](auto*) {});
  provider->keep_ready(provider);
  Peer& ahead = world.host.connection(0);
  world.loop.settle();
  Asked asked(world.loop, world.provider());
  ahead.read_until("}");
  ahead.close();
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::reset_before_reply);
  CHECK(asked.exchange().repeats() == 0);
}

TEST_CASE("a fresh connection that is closed without a reply is a failure, and is not tried twice") {
  World world;
  Asked asked(world.loop, world.provider());
  Peer& peer = world.host.connection(0);
  peer.read_until("}");
  peer.close();
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::reset_before_reply);
  CHECK(world.host.connections() == 1);
}

TEST_CASE("a kept connection that dies within the head of its reply is a failure: the host had begun") {
  World world;
  {
    Asked first(world.loop, world.provider());
    world.host.connection(0).read_until("}");
    world.host.connection(0).send(small);
    CHECK(*first.body() == "{}");
    world.host.connection(0).take();
  }
  Asked second(world.loop, world.provider());
  world.host.connection(0).read_until("}");
  world.host.connection(0).send("HTTP/1.1 200 OK\r\nCont");
  world.host.connection(0).close();
  REQUIRE(!second.head().has_value());
  CHECK(second.head().error() == FailureKind::bad_reply);
  CHECK(world.host.connections() == 1);
}

TEST_CASE("a host that answers before it has read the request, and hangs up, is heard") {
  World world;
  Asked asked(world.loop, world.provider(), std::string(30'000'000, 'x'));
  Peer& peer = world.host.connection(0);
  peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
  world.loop.settle();
  peer.close();  // with unread bytes: a reset
  REQUIRE(asked.head().has_value());
  CHECK(asked.head()->status == 413);
  CHECK(*asked.body() == "big");
  Asked next(world.loop, world.provider());
  world.host.connection(1).read_until("}");
}

TEST_CASE("aborting ends whatever is waited for, and closes the connection") {
  World world;
  Asked asked(world.loop, world.provider());
  Peer& peer = world.host.connection(0);
  peer.read_until("}");
  SUBCASE("the head") {
    asked.exchange().abort();
    CHECK(!asked.head().has_value());
  }
  SUBCASE("the body") {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHello");
    REQUIRE(asked.head().has_value());
    Outcome<providers::Result<std::string>> body;
    asked.start_body(body);
    world.loop.settle();
    CHECK(!body.ended());
    asked.exchange().abort();
    world.loop.until([&] { return body.ended(); });
    CHECK(body.value->error() == FailureKind::broken_stream);
  }
  peer.read_to_end();
}

TEST_CASE("an exchange that was aborted before it began asks nobody") {
  World world;
  const auto exchange = world.provider().begin();
  exchange->abort();
  providers::OutgoingRequest request = support::a_chat();
  CHECK(world.loop.run(exchange->start(request)).has_error());
  CHECK(exchange->progress() == Progress::nothing_sent);
  world.loop.settle();
  CHECK(world.host.connections() == 0);
}

TEST_CASE("an exchange that is dropped before its end closes its connection") {
  World world;
  {
    Asked asked(world.loop, world.provider());
    Peer& peer = world.host.connection(0);
    peer.read_until("}");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHello");
    REQUIRE(asked.head().has_value());
  }
  world.host.connection(0).read_to_end();
}

TEST_CASE("nobody listening is a failure to connect, with nothing sent") {
  World world;
  world.host.stop();
  Asked asked(world.loop, world.provider());
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::connect);
  CHECK(asked.exchange().progress() == Progress::nothing_sent);
}

TEST_CASE("a host that does not take the connection is given up after the connect limit") {
  // Its queue of connections is full and it accepts none: the system does not answer the next one.
  Loop loop;
  support::Acceptor deaf(loop.io);
  deaf.open(Loop::Tcp::v4());
  deaf.bind({boost::asio::ip::address_v4::loopback(), 0});
  deaf.listen(0);
  std::vector<Loop::Socket> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.emplace_back(loop.io);
    fillers.back().async_connect(deaf.local_endpoint(), [](boost::system::error_code) {});
  }
  loop.settle();
  const config::ProviderSettings settings = settings_for("127.0.0.1", deaf.local_endpoint().port());
  support::ScriptedNames names;
  providers::Resolver resolver(loop.io, loop.timer, names);
  providers::HttpProvider provider(settings, loop.io, loop.timer, resolver);
  Asked asked(loop, provider);
  CHECK(!asked.has_head());
  loop.advance(settings.limits.connect_timeout - 1ms);
  CHECK(!asked.has_head());
  loop.advance(1ms);
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::connect);
  for (auto& filler : fillers) filler.close();
  loop.settle();
}

TEST_CASE("a name that nobody has is a failure to resolve") {
  World world;
  world.settings.base_url.host = "gone.example";
  Asked asked(world.loop, world.provider());
  CHECK(!asked.has_head());
  SUBCASE("as soon as that is known") {
    world.names.answer(FailureKind::resolve);
    REQUIRE(!asked.head().has_value());
    CHECK(asked.head().error() == FailureKind::resolve);
  }
  SUBCASE("or when the limit passes before") {
    world.loop.advance(world.settings.limits.connect_timeout);
    REQUIRE(!asked.head().has_value());
    CHECK(asked.head().error() == FailureKind::resolve);
  }
  SUBCASE("and aborting does not wait for the name server") {
    asked.exchange().abort();
    world.loop.settle();
    CHECK(asked.has_head());
  }
  world.names.answer(FailureKind::resolve);
}

namespace {

// Where an exchange stands, so that its owner can overwrite what it has destroyed.
struct Room {
  alignas(providers::HttpExchange) std::array<unsigned char, sizeof(providers::HttpExchange)> bytes;
};

providers::Task<void> ask_and_drop(providers::HttpProvider& provider, Room& room) {
  auto* exchange = new (room.bytes.data()) providers::HttpExchange(provider);
  providers::OutgoingRequest request = support::a_chat();
  co_await exchange->start(request);
  exchange->~HttpExchange();
  room.bytes.fill(0xff);
}

}  // namespace

TEST_CASE("an exchange that is aborted may go with its owner before abort() returns") {
  World world;
  Room room;
  bool gone = false;
  SUBCASE("while a name is looked up") {
    world.settings.base_url.host = "slow.example";
    world.loop.start(ask_and_drop(world.provider(), room), gone);
    reinterpret_cast<providers::HttpExchange*>(room.bytes.data())->abort();
    world.loop.settle();
    CHECK(gone);
  }
  SUBCASE("while it connects") {
    world.loop.start(ask_and_drop(world.provider(), room), gone);
    reinterpret_cast<providers::HttpExchange*>(room.bytes.data())->abort();
    world.loop.until([&] { return gone; });
  }
  SUBCASE("while it waits for a reply") {
    world.loop.start(ask_and_drop(world.provider(), room), gone);
    world.host.connection(0).read_until("POST");
    reinterpret_cast<providers::HttpExchange*>(room.bytes.data())->abort();
    world.loop.until([&] { return gone; });
  }
  world.names.answer(FailureKind::resolve);
}

TEST_CASE("without a descriptor for a connection the machine is at fault, and nothing was sent") {
  World world;
  world.provider();
  const support::FewDescriptors none;
  Asked asked(world.loop, world.provider());
  CHECK(!asked.has_head());  // other loops may have some to give
  world.loop.advance(50ms);
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::local);
  CHECK(asked.exchange().progress() == Progress::nothing_sent);
}

TEST_CASE("where this loop has no descriptor to give, the others are asked for theirs") {
  World world;
  world.provider();
  support::FewDescriptors few;
  boost::asio::use_service<providers::Spare>(world.loop.io)
      .ask_others_by([&](std::size_t most, providers::Spare::Of side) {
        CHECK(side == providers::Spare::Of::hosts);
        few.leave(static_cast<int>(most));
      });
  Asked asked(world.loop, world.provider());
  world.loop.advance(50ms);
  world.host.connection(0).read_until("}");
  world.host.connection(0).send(small);
  CHECK(*asked.body() == "{}");
}

TEST_CASE("idle connections to another host give their descriptors back to a new one") {
  World world;
  RawHost other(world.loop);
  const config::ProviderSettings settings = settings_for("127.0.0.1", other.port());
  providers::HttpProvider kept(settings, world.loop.io, world.loop.timer, world.resolver);
  {
    Asked first(world.loop, kept), second(world.loop, kept);
    for (const std::size_t each : {0, 1}) {
      other.connection(each).read_until("}");
      other.connection(each).send(small);
    }
    CHECK(*first.body() == "{}");
    CHECK(*second.body() == "{}");
  }
  world.provider();
  {
    const support::FewDescriptors none;
    Asked asked(world.loop, world.provider());
    world.host.connection(0).read_until("}");
    world.host.connection(0).send(small);
    CHECK(*asked.body() == "{}");
  }
  other.connection(0).read_to_end();
  other.connection(1).read_to_end();
  other.stop();
}

TEST_CASE("a connection made ahead serves the next request") {
  World world;
  const std::shared_ptr<providers::Provider> provider(&world.provider(), [](auto*) {});
  provider->keep_ready(provider);
  provider->keep_ready(provider);
  Peer& peer = world.host.connection(0);
  world.loop.settle();
  Asked asked(world.loop, world.provider());
  CHECK(peer.read_until("model").starts_with("POST "));
  peer.send(small);
  CHECK(*asked.body() == "{}");
  CHECK(world.host.connections() == 1);
}

TEST_CASE("no connection is made ahead where none is wanted, or the host would close it before it is used") {
  World world;
  int wanted = 0;
  SUBCASE("by the setting") {
    world.settings.limits.warm_connections = 0;
  }
  SUBCASE("as the host keeps none that long") {
    wanted = 1;
    const std::shared_ptr<providers::Provider> provider(&world.provider(), [](auto*) {});
    provider->keep_ready(provider);
    Peer& peer = world.host.connection(0);
    world.loop.settle();
    world.loop.advance(2s);
    peer.close();
    world.loop.settle();
    world.loop.advance(20s);
  }
  const std::shared_ptr<providers::Provider> provider(&world.provider(), [](auto*) {});
  provider->keep_ready(provider);
  world.loop.settle();
  CHECK(world.host.connections() == static_cast<std::size_t>(wanted));
}

TEST_CASE("a host that cannot be reached is not tried again at once") {
  World world;
  world.settings.base_url.host = "gone.test";
  world.names.addresses["gone.test"] = FailureKind::resolve;
  const std::shared_ptr<providers::Provider> provider(&world.provider(), [](auto*) {});
  provider->keep_ready(provider);
  world.loop.settle();
  const std::size_t asked = world.names.asked.size();
  CHECK(asked == 1);
  world.loop.advance(5s);
  provider->keep_ready(provider);
  world.loop.settle();
  CHECK(world.names.asked.size() == 1);
  world.loop.advance(6s);
  provider->keep_ready(provider);
  world.loop.settle();
  CHECK(world.names.asked.size() == 2);
}

TEST_CASE("the token of a workload is read of a file alone, and of no large one") {
  support::ScratchDirectory directory;
  KeysWorld world(config::AwsAccess::Source::web_identity);
  config::AwsAccess& aws = *world.settings.access.aws;
  aws.role = "arn:aws:iam::1:role/r";
  aws.token_file = directory.file("token");
  SUBCASE("a pipe that nobody writes to") {
    REQUIRE(::mkfifo(aws.token_file.c_str(), 0600) == 0);
  }
  SUBCASE("a directory") {
    aws.token_file = directory.file("");
  }
  SUBCASE("more than a token") {
    std::ofstream(aws.token_file) << std::string((64 << 10) + 1, 'a');
  }
  SUBCASE("nothing") {
    std::ofstream(aws.token_file) << "\n";
  }
  Asked asked(world.loop, world.provider());
  world.loop.advance(25ms);
  REQUIRE(!asked.head().has_value());
  CHECK(asked.head().error() == FailureKind::credential);
  CHECK(std::string(asked.exchange().why()).find("holds no token") != std::string::npos);
}

TEST_CASE("the token of a workload goes to who gives keys for it") {
  support::ScratchDirectory directory;
  KeysWorld world(config::AwsAccess::Source::web_identity);
  world.settings.access.aws->role = "arn:aws:iam::1:role/r";
  world.settings.access.aws->token_file = directory.file("token");
  std::ofstream(directory.file("token")) << "of-a-workload\n";
  Asked asked(world.loop, world.provider());
  CHECK(world.giver.connection(0).read_until("WebIdentityToken=of-a-workload").starts_with("POST / "));
  world.answer(0, "{}");
  world.loop.until([&] {
    world.loop.advance(25ms);
    return asked.has_head();
  });
  CHECK(asked.head().error() == FailureKind::credential);
}

TEST_CASE("all calls that keys are fetched by have one limit together") {
  KeysWorld world;
  Asked asked(world.loop, world.provider());
  world.giver.connection(0).read_until("\r\n\r\n");
  world.loop.advance(10s);
  world.answer(0, "session");
  Peer& second = world.giver.connection(1);
  second.read_until("\r\n\r\n");
  world.loop.advance(4s);
  CHECK(!second.ended());
  world.loop.advance(2s);
  world.loop.until([&] { return second.ended(); });
  CHECK(asked.head().error() == FailureKind::credential);
}

TEST_CASE("fetched keys that a host does not take any more are fetched anew, once") {
  KeysWorld world;
  {
    Asked first(world.loop, world.provider());
    world.give_keys(0, "FIRST", 1);
    Peer& peer = world.host.connection(0);
    CHECK(peer.read_until("{\"model\"").find("FIRST/") != std::string::npos);
    peer.take();
    peer.send(small);
    CHECK(*first.body() == "{}");
  }
  world.loop.advance(20s);
  Asked asked(world.loop, world.provider());
  Peer& peer = world.host.connection(0);
  peer.read_until("{\"model\"");
  SUBCASE("they have ended") {
    peer.send(
        "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: ExpiredTokenException\r\nContent-Length: 2\r\n\r\n{}");
    world.give_keys(3, "SECOND", 2);
    Peer& again = world.host.connection(1);
    CHECK(again.read_until("{\"model\"").find("SECOND/") != std::string::npos);
    again.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}");
    REQUIRE(asked.head().has_value());
    CHECK(asked.head()->status == 403);
  }
  SUBCASE("who asks may not do this") {
    peer.send(
        "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: AccessDeniedException:http://a.example/\r\n"
        "Content-Length: 2\r\n\r\n{}");
    REQUIRE(asked.head().has_value());
    CHECK(asked.head()->status == 403);
    CHECK(world.giver.connections() == 3);
  }
}
