// What a session keeps from clients that may not have it: memory for bodies, attention after they left.
#include <doctest/doctest.h>

#include <set>

#include "tests/support/reloading_door.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

config::Settings with_key() {
  config::Settings settings = three_prices();
  config::KeySettings key;
  key.name = {"app"};
  // The SHA-256 of "secret".
  key.sha256 = {0x2b, 0xb8, 0x0d, 0x53, 0x7b, 0x1d, 0xa3, 0xe3, 0x8b, 0xd3, 0x03,
                0x61, 0xaa, 0x85, 0x56, 0x86, 0xbd, 0xe0, 0xea, 0xcd, 0x71, 0x62,
                0xfe, 0xf6, 0xa2, 0x5f, 0xe9, 0x7b, 0xf5, 0x27, 0xa2, 0x5b};
  settings.keys = {key};
  return settings;
}

config::Settings with_budget(std::size_t bytes) {
  config::Settings settings = three_prices();
  settings.limits.max_body_bytes = settings.limits.body_budget = bytes;
  return settings;
}

std::string head_of(const std::string& path, std::size_t length, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
         "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

const std::string chat_path = "/v1/chat/completions";

// A call whose body has this many bytes.
std::string large_body(std::size_t bytes) {
  const std::string begin = R"({"model":"m","messages":[{"role":"user","content":")", end = "\"}]}";
  return begin + std::string(bytes - begin.size() - end.size(), 'w') + end;
}

std::string chunked(const std::string& fields = "") {
  return "POST " + chat_path + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
         "Transfer-Encoding: chunked\r\n\r\n";
}

}  // namespace

TEST_CASE("who may not have the page is told so before the body is asked for or read") {
  FrontDoor door(with_key());
  struct Row {
    std::string request;
    const char* status;
  };
  const std::string expects = "Expect: 100-continue\r\n", good = "Authorization: Bearer secret\r\n";
  const std::vector<Row> rows{
      {head_of(chat_path, 30'000'000), "401"},
      {head_of(chat_path, 30'000'000, expects), "401"},
      {head_of(chat_path, 30'000'000, "Authorization: Bearer wrong\r\n") + std::string(100'000, 'w'), "401"},
      {chunked() + "2710\r\n" + std::string(10'000, 'w'), "401"},
      {head_of("/v1/nowhere", 30'000'000, good + expects), "404"},
      {head_of("/v1/models", 30'000'000, good + expects), "405"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.request.substr(0, 120));
    Peer& client = door.connect();
    client.send(row.request);
    const std::string reply = client.read_until("\"error\"");
    CHECK(reply.starts_with(std::string("HTTP/1.1 ") + row.status));
    CHECK(!contains(reply, "100 Continue"));
    CHECK(contains(reply, "Connection: close\r\n"));
    client.end_writing();
    client.read_to_end();
    CHECK(!client.was_reset());
  }
  CHECK(door.bodies.taken() == 0);

  Peer& client = door.connect();
  client.send(head_of(chat_path, 100'000, good + expects));
  client.read_until("HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("a head that is longer than this gateway takes is answered, and another client's is not") {
  config::Settings settings = three_prices();
  settings.limits.max_head_bytes = 2'048;
  FrontDoor door(settings);
  Peer& client = door.connect();
  client.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Much: " + std::string(3'000, 'a') +
              "\r\n\r\n");
  const std::string reply = client.read_until("\"error\"");
  CHECK(reply.starts_with("HTTP/1.1 431 "));
  client.read_until("allowed are 2048 (limits.max_head_bytes)");
  Peer& other = door.connect();
  other.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Much: " + std::string(1'500, 'a') + "\r\n\r\n");
  other.read_until("ok\n");
}

TEST_CASE(
    "bodies under way have a common budget; what does not fit is told to come again, before it is sent") {
  FrontDoor door(with_budget(2u << 20));
  door.world.script(ServedWorld::cheap, document(whole_answer));
  const std::string body = large_body(1'500'000);
  Peer& first = door.connect();
  first.send(head_of(chat_path, body.size()) + body.substr(0, 1'200'000));
  door.world.loop.until([&] { return door.bodies.taken() > (1u << 20); });

  Peer& second = door.connect();
  second.send(head_of(chat_path, body.size(), "Expect: 100-continue\r\n"));
  const std::string told = second.read_until("no_room_for_body");
  CHECK(told.starts_with("HTTP/1.1 503 "));
  CHECK(contains(told, "Retry-After: 1\r\n"));
  CHECK(door.counted("isocost_turned_away_total{for_want_of=\"body_memory\"}") == 1);

  Peer& small = door.connect();
  small.send(post(chat_whole));
  small.read_until(whole_answer);

  // Read whole: it is too long for the model, which only its text can tell.
  first.send(body.substr(1'200'000));
  CHECK(contains(first.read_until("\"error\""), "context"));
  first.take();
  first.send(get("/healthz"));
  first.read_until("ok\n");
  CHECK(door.bodies.taken() == 0);
  first.take();
  first.send(post(body));
  CHECK(contains(first.read_until("\"error\""), "context"));
}

TEST_CASE("a stream that has begun holds nothing of the memory for bodies") {
  FrontDoor door(with_budget(2u << 20));
  door.world.script(ServedWorld::cheap,
                    pieces({{0s, role() + says("Hello")}, {1h, stop() + usage_event() + done}}));
  const std::string body = R"({"stream":true,)" + large_body(30'000).substr(1);
  Peer& client = door.connect();
  client.send(head_of(chat_path, body.size()) + body.substr(0, 20'000));
  door.world.loop.until([&] { return door.bodies.taken() > 0; });
  client.send(body.substr(20'000));
  CHECK(client.read_until("Hello").starts_with("HTTP/1.1 200 "));
  CHECK(door.bodies.taken() == 0);
}

TEST_CASE(
    "a body without a length that outgrows the budget is told to come again, and gives back what it had") {
  FrontDoor door(with_budget(1u << 20));
  REQUIRE(door.bodies.take(900'000, 1u << 20));
  Peer& client = door.connect();
  client.send(chunked() + "30d40\r\n" + std::string(200'000, 'w'));
  CHECK(client.read_until("no_room_for_body").starts_with("HTTP/1.1 503 "));
  client.end_writing();
  client.read_to_end();
  door.world.loop.until([&] { return door.open_sessions() == 0; });
  CHECK(door.bodies.taken() == 900'000);
}

TEST_CASE("a body that its client leaves in the middle gives its memory back") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send(head_of(chat_path, 10'000'000) + std::string(3'000'000, 'w'));
  door.world.loop.until([&] { return door.bodies.taken() > 1'000'000; });
  client.reset();
  door.world.loop.until([&] { return door.open_sessions() == 0; });
  CHECK(door.bodies.taken() == 0);
}

TEST_CASE("a client that sent more than is read ahead is seen to leave") {
  for (const auto& [more, breaks] :
       {std::pair(5'000, false), {5'000, true}, {60'000, false}, {60'000, true}}) {
    const int bytes = more;  // Clang 14 captures no structured binding
    const bool is_broken = breaks;
    CAPTURE(bytes);
    CAPTURE(is_broken);
    FrontDoor door;
    door.world.script(ServedWorld::cheap, stream("Hello", 1h));
    Peer& client = door.connect();
    client.send(post(chat_stream));
    door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 1; });
    std::string next;
    while (static_cast<int>(next.size()) < more) next += get("/healthz");
    client.send(next);
    door.world.loop.settle();
    CHECK(door.world.host(ServedWorld::cheap).open == 1);
    breaks ? client.reset() : client.close();
    door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 0; });
    REQUIRE(door.records().size() == 1);
    CHECK(door.records()[0]->ending == gateway::Ending::client_left);
    door.world.loop.until([&] { return door.open_sessions() == 0; });
  }
}

TEST_CASE("all that a client sent without waiting is answered, also where it is more than is read ahead") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  Peer& client = door.connect();
  std::string all = post(chat_stream);
  const int requests = 1'000;
  for (int i = 1; i < requests; ++i) all += get("/healthz");
  all += get("/readyz", "Connection: close\r\n");
  client.send(all);
  door.world.loop.settle();
  door.world.advance(1s);
  const std::string& replies = client.read_to_end();
  CHECK(contains(replies, "Hello"));
  std::size_t oks = 0;
  for (std::size_t at = 0; (at = replies.find("\r\n\r\nok\n", at)) != std::string::npos; ++at) ++oks;
  CHECK(oks == requests - 1);
  CHECK(replies.ends_with("ready\n"));
}

TEST_CASE("a connection that is open through reloads holds none of their generations") {
  ReloadingDoor world;
  world.door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = world.door.connect();
  std::vector<std::weak_ptr<const gateway::Generation>> generations;
  std::vector<std::weak_ptr<const routing::Catalogue>> catalogues;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.reload_with(three_host_yaml("limits: {keep_alive: " + std::to_string(60 + i) + " s}\n"))
                .first == "200");
    Peer& opened_now = world.door.connect();
    for (Peer* each : {&client, &opened_now}) {
      each->send(post(chat_whole));
      each->read_until(whole_answer);
      each->take();
    }
    generations.push_back(world.door.world.generation);
    catalogues.push_back(world.door.world.generation->catalogue);
  }
  CHECK(world.door.open_sessions() == 4);
  world.door.records();
  world.door.world.services.outbox.reuse(std::exchange(world.door.world.delivered, {}));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(generations[i].expired());
    CHECK(catalogues[i].expired());
  }
  CHECK(!generations[2].expired());
}

TEST_CASE("behind a trusted proxy the client is whom it names, for the limit of an address and for the log") {
  config::Settings settings = three_prices();
  settings.trusted_proxies = {std::get<config::AddressRange>(config::parse_address_range("10.0.0.0/8")),
                              std::get<config::AddressRange>(config::parse_address_range("127.0.0.0/8"))};
  FrontDoor door(settings, 1);
  door.peer = {.address = boost::asio::ip::make_address("10.0.0.1"), .is_proxy = true};
  door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  const auto ask = [&](const std::string& names) -> Peer& {
    Peer& client = door.connect();
    client.send(post(chat_stream, names));
    door.world.loop.settle();
    return client;
  };
  Peer& first = ask("X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\nX-Forwarded-For: 10.0.0.7\r\n");
  Peer& again = ask("x-forwarded-for: 203.0.113.9:4711\r\n");
  const std::string told = again.read_until("too_many_requests_at_once");
  CHECK(told.starts_with("HTTP/1.1 429 "));
  CHECK(contains(told, "203.0.113.9"));
  CHECK(contains(told, "Retry-After: 1\r\n"));
  Peer& other = ask("X-Forwarded-For: 203.0.113.10\r\n");
  Peer& unnamed = ask("");
  Peer& unnamed_too = ask("X-Forwarded-For: unknown\r\n");
  door.world.advance(1s);
  for (Peer* each : {&first, &other, &unnamed, &unnamed_too})
    CHECK(contains(each->read_until("[DONE]"), "Hello"));
  Peer& later = ask("X-Forwarded-For: 203.0.113.9\r\n");
  door.world.advance(1s);
  later.read_until("[DONE]");
  std::multiset<std::string> clients;
  for (const auto& record : door.records()) clients.insert(record->client);
  CHECK(clients ==
        std::multiset<std::string>{"10.0.0.1", "10.0.0.1", "203.0.113.10", "203.0.113.9", "203.0.113.9"});
}

TEST_CASE("who is no trusted proxy names nobody but itself") {
  FrontDoor door;
  door.peer = {.address = boost::asio::ip::make_address("203.0.113.9")};
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  client.send(post(chat_whole, "X-Forwarded-For: 198.51.100.1\r\n"));
  client.read_until(whole_answer);
  REQUIRE(door.records().size() == 1);
  CHECK(door.records()[0]->client == "203.0.113.9");
}

TEST_CASE("the client a proxy names is the last hop that is no proxy") {
  const std::vector<config::AddressRange> trusted{
      std::get<config::AddressRange>(config::parse_address_range("10.0.0.0/8"))};
  const auto named = [&](std::string_view fields) {
    const auto client = gateway::forwarded_client(fields, trusted);
    return client ? client->to_string() : "nobody";
  };
  CHECK(named("203.0.113.9") == "203.0.113.9");
  CHECK(named(" 198.51.100.1 , 203.0.113.9,\t10.0.0.2,10.0.0.3 ") == "203.0.113.9");
  CHECK(named("evil, 203.0.113.9") == "203.0.113.9");
  CHECK(named("203.0.113.9, evil") == "nobody");
  CHECK(named("203.0.113.9, _hidden, 10.0.0.1") == "nobody");
  CHECK(named("10.0.0.5, 10.0.0.1") == "10.0.0.5");
  CHECK(named("[2001:db8::1]:4711") == "2001:db8::1");
  CHECK(named("2001:db8::1") == "2001:db8::1");
  CHECK(named("::ffff:203.0.113.9") == "203.0.113.9");
  CHECK(named("") == "nobody");
  CHECK(named(",,") == "nobody");
}
