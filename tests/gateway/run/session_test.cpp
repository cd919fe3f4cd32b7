#include "gateway/run/session.hpp"

#include <doctest/doctest.h>

#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;

namespace {

// The body of a chunked reply, and what follows it. Fails the test where the framing is wrong.
std::string dechunked(const std::string& reply) {
  std::size_t at = reply.find("\r\n\r\n") + 4;
  std::string body;
  for (;;) {
    const std::size_t line = reply.find("\r\n", at);
    REQUIRE(line != std::string::npos);
    const std::size_t size = std::stoul(reply.substr(at, line - at), nullptr, 16);
    at = line + 2;
    REQUIRE(reply.size() >= at + size + 2);
    body += reply.substr(at, size);
    REQUIRE(reply.substr(at + size, 2) == "\r\n");
    at += size + 2;
    if (size == 0) break;
  }
  CHECK(at == reply.size());
  return body;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a stream over HTTP/1.1 is chunked, and the connection serves the next request") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  Peer& client = door.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(post(chat_stream));
    door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 1; });
    door.world.advance(1s);
    client.read_until("0\r\n\r\n");
    const std::string reply = client.take();
    CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(contains(reply, "Content-Type: text/event-stream; charset=utf-8\r\n"));
    CHECK(contains(reply, "Transfer-Encoding: chunked\r\n"));
    CHECK(!contains(reply, "Connection: close"));
    CHECK(dechunked(reply) == role() + says("Hello") + stop() + done);
  }
  REQUIRE(door.records().size() == 3);
  for (const auto& record : door.records())
    CHECK(record->bytes_out == (role() + says("Hello") + stop() + done).size());
  CHECK(!client.ended());
}

TEST_CASE("a stream over HTTP/1.0 is not chunked and ends with the connection") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, stream("Hello"));
  Peer& client = door.connect();
  client.send(post(chat_stream, "Connection: keep-alive\r\n", "1.0"));
  const std::string reply = client.read_to_end();
  CHECK(contains(reply, "Connection: close\r\n"));
  CHECK(!contains(reply, "chunked"));
  CHECK(reply.substr(reply.find("\r\n\r\n") + 4) == role() + says("Hello") + stop() + done);
  CHECK(!client.was_reset());
}

TEST_CASE("a whole reply to an HTTP/1.0 client that keeps its connection says so") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  for (int i = 0; i < 2; ++i) {
    client.send(post(chat_whole, "Connection: keep-alive\r\n", "1.0"));
    CHECK(contains(client.read_until(whole_answer), "Connection: keep-alive\r\n"));
    client.take();
  }
  client.send(post(chat_whole, "", "1.0"));
  CHECK(contains(client.read_to_end(), "Connection: close\r\n"));
}

TEST_CASE("a client that says Connection: close gets its answer and the end") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  client.send(post(chat_whole, "Connection: close\r\n"));
  CHECK(client.read_to_end().ends_with(whole_answer));
  CHECK(!client.was_reset());
}

TEST_CASE("requests sent without waiting are answered in order") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  client.send(get("/healthz") + post(chat_whole) + get("/v1/models") + post(chat_whole) +
              get("/readyz", "Connection: close\r\n"));
  const std::string all = client.read_to_end();
  std::size_t at = 0;
  for (const std::string& part :
       {std::string("\r\n\r\nok\n"), whole_answer, std::string(R"("object":"list")"), whole_answer,
        std::string("\r\n\r\nready\n")}) {
    at = all.find(part, at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(door.records().size() == 2);
}

TEST_CASE("the next request's large body, begun while the last reply is still ending, arrives whole") {
  FrontDoor door;
  Script slow_end = stream("Hello");
  slow_end.end_after = 50ms;
  door.world.script(ServedWorld::cheap, slow_end);
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  client.send(post(chat_stream));
  client.read_until("0\r\n\r\n");
  client.take();
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":")" + std::string(200'000, 'w') + "\"}]}";
  const std::string request = post(body);
  client.send(request.substr(0, 3'000));
  door.world.loop.settle();
  door.world.advance(50ms);  // only now is the body read
  client.send(request.substr(3'000));
  client.read_until(whole_answer);
  CHECK(contains(door.world.host(ServedWorld::cheap).requests.at(1), std::string(200'000, 'w')));
}

TEST_CASE("HEAD is answered like GET, without the body") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string reply = client.read_until("\r\n\r\n");
  CHECK(contains(reply, "Content-Length: 3\r\n"));
  CHECK(reply.ends_with("\r\n\r\n"));
}

TEST_CASE("Expect: 100-continue is answered before the body, or with the refusal") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  SUBCASE("go on") {
    const std::string request = post(chat_whole, "Expect: 100-continue\r\n");
    const std::size_t body = request.find("\r\n\r\n") + 4;
    client.send(request.substr(0, body));
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.take();
    client.send(request.substr(body));
    CHECK(client.read_until(whole_answer).starts_with("HTTP/1.1 200 OK"));
  }
  SUBCASE("too large") {
    client.send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
        "999999999\r\n\r\n");
    CHECK(client.read_until("body_too_large").starts_with("HTTP/1.1 413 "));
  }
}

TEST_CASE("a body may come in chunks, cut anywhere") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", chat_whole.size());
  for (const char c : size + chat_whole + "\r\n0\r\n\r\n") {
    client.send(std::string(1, c));
    door.world.loop.settle();
  }
  client.read_until(whole_answer);
  CHECK(door.records().at(0)->bytes_in == chat_whole.size());
}

TEST_CASE("a refusal reaches a client that is still sending, and nothing more of the connection is read") {
  config::Settings settings = three_prices();
  settings.limits.max_body_bytes = 100'000;
  FrontDoor door(settings);
  Peer& client = door.connect();
  SUBCASE("a length that is too large") {
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n");
  }
  SUBCASE("chunks that grow too large") {
    client.send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
        "chunked\r\n\r\n4c4b40\r\n");
  }
  client.send(std::string(5'000'000, 'x'));
  client.send(get("/healthz"));
  client.end_writing();
  const std::string reply = client.read_to_end();
  CHECK(reply.starts_with("HTTP/1.1 413 "));
  CHECK(contains(reply, "Connection: close\r\n"));
  CHECK(!contains(reply, "HTTP/1.1 200"));
  CHECK(!client.was_reset());
  CHECK(door.counted("isocost_malformed_requests_total") == 1);
  REQUIRE(door.records().size() == 1);
  CHECK(door.records()[0]->path == "/v1/chat/completions");
  CHECK(door.records()[0]->error == "body_too_large");
}

TEST_CASE("what is refused by its head alone is refused in the words of the API that was called") {
  struct Row {
    const char* path;
    const char* says;
  };
  for (const Row& row : {Row{"/v1/chat/completions", R"("param":null,"code":"body_too_large")"},
                         {"/v1/messages", R"({"type":"error","error":{"type":)"},
                         {"/api/v1/chat/completions", R"({"error":{"code":413,)"},
                         {"/v1beta/models/m:generateContent", R"("status":)"}}) {
    CAPTURE(row.path);
    FrontDoor door;
    Peer& client = door.connect();
    client.send(std::string("POST ") + row.path +
                " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n");
    const std::string reply = client.read_to_end();
    CHECK(reply.starts_with("HTTP/1.1 413 "));
    CHECK(contains(reply, row.says));
  }
}

TEST_CASE("what the gate refuses is recorded by whom it came from, and as what its client was told") {
  struct Row {
    std::string sent;
    int status;
    const char* code;
    const char* path;
    config::Duration after = 0ms;
  };
  const std::string call = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
  for (const Row& row :
       {Row{call + "Content-Length: 999999999\r\n\r\n", 413, "body_too_large", "/v1/chat/completions"},
        Row{call + "X: " + std::string(33'000, 'x'), 431, "head_too_large", "/v1/chat/completions"},
        Row{"HEAD /nowhere/sk-a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_request", "unknown"},
        Row{"GARBAGE\r\n\r\n", 400, "bad_request", "unknown"},
        Row{call + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400, "bad_encoding",
            "/v1/chat/completions"},
        Row{call + "Content-Length: 3\r\n\r\na", 408, "timeout", "/v1/chat/completions", 10s},
        Row{"POST /v1/chat", 408, "timeout", "unknown", 10s}}) {
    CAPTURE(row.sent.substr(0, 150));
    FrontDoor door;
    door.peer = {.address = boost::asio::ip::make_address("203.0.113.9")};
    Peer& client = door.connect();
    client.send(row.sent);
    door.world.loop.settle();
    if (row.after > 0ms) door.world.advance(row.after);
    client.end_writing();
    const std::string reply = client.read_to_end();
    REQUIRE(door.records().size() == 1);
    const gateway::Record& record = *door.records()[0];
    CHECK(record.status == row.status);
    CHECK(reply.starts_with("HTTP/1.1 " + std::to_string(row.status) + " "));
    CHECK(record.ending == Ending::refused);
    CHECK(record.error == row.code);
    CHECK(record.path == row.path);
    CHECK(record.client == "203.0.113.9");
    CHECK(contains(reply, "x-request-id: " + record.id + "\r\n"));
    CHECK(record.bytes_out == reply.size() - reply.find("\r\n\r\n") - 4);
    CHECK((record.bytes_out == 0) == row.sent.starts_with("HEAD"));
  }
}

TEST_CASE("a refusal is recorded with the size of the body that its client was sent") {
  FrontDoor door;
  for (const std::string& request :
       {get("/nowhere"), get("/v1/chat/completions"), post("{"), post(R"({"model":"nobody's"})"),
        std::string("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")}) {
    CAPTURE(request);
    Peer& client = door.connect();
    client.send(request);
    client.end_writing();
    const std::string reply = client.read_to_end();
    REQUIRE(!door.records().empty());
    const gateway::Record& record = *door.records().back();
    CHECK(reply.starts_with("HTTP/1.1 4"));
    CHECK(contains(reply, record.id));
    CHECK(record.bytes_out == reply.size() - reply.find("\r\n\r\n") - 4);
  }
}

TEST_CASE("a client that keeps sending after a refusal is cut off after a short while") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  client.read_until("}");
  CHECK(door.open_sessions() == 1);
  door.world.advance(2s);
  CHECK(door.open_sessions() == 0);
}

TEST_CASE("a head that is too large is refused with 431") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(33'000, 'x'));
  CHECK(client.read_until("}").starts_with("HTTP/1.1 431 "));
}

TEST_CASE("what does not arrive in time is answered with 408 and counted; silence is just ended") {
  FrontDoor door;
  Peer& client = door.connect();
  SUBCASE("a head") {
    client.send("POST /v1/chat/completions HTTP/1.1\r\nHost:");
    door.world.loop.settle();
    door.world.advance(10s - 1ms);
    CHECK(client.got().empty());
    door.world.advance(1ms);
    CHECK(client.read_until("}").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    CHECK(door.counted("isocost_timeouts_total{phase=\"client_header\"}") == 1);
  }
  SUBCASE("a body that stops") {
    const std::string request = post(chat_whole);
    client.send(request.substr(0, request.size() - 1));
    door.world.loop.settle();
    door.world.advance(10s);
    CHECK(client.read_until("}").starts_with("HTTP/1.1 408 "));
    CHECK(door.counted("isocost_timeouts_total{phase=\"client_body\"}") == 1);
  }
  SUBCASE("a body in chunks that stops") {
    client.send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{");
    door.world.loop.settle();
    door.world.advance(10s);
    CHECK(client.read_until("}").starts_with("HTTP/1.1 408 "));
  }
  SUBCASE("nothing at all on a new connection") {
    door.world.advance(10s);
    CHECK(client.read_to_end().empty());
    CHECK(door.counted("isocost_timeouts_total{phase=\"client_idle\"}") == 1);
  }
  SUBCASE("nothing more on a kept one") {
    client.send(get("/healthz"));
    client.read_until("ok\n");
    client.take();
    door.world.advance(75s - 1ms);
    CHECK(!client.ended());
    door.world.advance(1ms);
    CHECK(client.read_to_end().empty());
    CHECK(door.counted("isocost_timeouts_total{phase=\"client_idle\"}") == 1);
  }
  door.world.advance(2s);
  CHECK(door.open_sessions() == 0);
}

TEST_CASE("a slow but steady body is let through, a dripping one is not") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  Peer& client = door.connect();
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":")" + std::string(60'000, 'w') + "\"}]}";
  const std::string request = post(body);
  SUBCASE("steady: 1,100 bytes a second") {
    std::size_t sent = 0;
    while (sent < request.size()) {
      client.send(request.substr(sent, 11'000));
      sent += 11'000;
      door.world.loop.settle();
      if (sent < request.size()) door.world.advance(10s);
    }
    client.read_until(whole_answer);
  }
  SUBCASE("dripping: 100 bytes a second") {
    client.send(request.substr(0, 1'000));
    door.world.loop.settle();
    door.world.advance(9s);
    client.send(request.substr(1'000, 1'000));
    door.world.loop.settle();
    door.world.advance(1s);
    CHECK(client.read_until("}").starts_with("HTTP/1.1 408 "));
  }
}

TEST_CASE("a Content-Length that lies costs no memory, and a body cut short is refused") {
  FrontDoor door;
  Peer& client = door.connect();
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n{\"model\"");
  door.world.loop.settle();
  client.end_writing();
  CHECK(contains(client.read_to_end(), "incomplete_body"));
}

TEST_CASE("a client that leaves mid-stream aborts the host's work, and is recorded once") {
  for (const bool reset : {false, true}) {
    CAPTURE(reset);
    FrontDoor door;
    door.world.script(ServedWorld::cheap, pieces({{{}, role() + says("Hel")}, {1h, stop()}}));
    Peer& client = door.connect();
    client.send(post(chat_stream));
    client.read_until("Hel");
    CHECK(door.world.host(ServedWorld::cheap).open == 1);
    reset ? client.reset() : client.close();
    door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 0; });
    CHECK(door.world.host(ServedWorld::cheap).aborted == 1);
    REQUIRE(door.records().size() == 1);
    CHECK(door.records()[0]->ending == Ending::client_left);
    CHECK(door.open_sessions() == 0);
  }
}

TEST_CASE(
    "a client that leaves before its request is complete is counted, makes no record and leaves nothing "
    "open") {
  const std::string request = post(chat_stream);
  for (const bool in_head : {true, false}) {
    CAPTURE(in_head);
    FrontDoor door;
    Peer& client = door.connect();
    client.send(request.substr(0, in_head ? 100 : request.size() - 1));
    door.world.loop.settle();
    client.reset();
    door.world.loop.until([&] { return door.open_sessions() == 0; });
    CHECK(door.records().empty());
    CHECK(door.counted("isocost_client_aborts_total{phase=\"head\"}") == in_head);
    CHECK(door.counted("isocost_client_aborts_total{phase=\"body\"}") == !in_head);
    CHECK(door.counted("isocost_malformed_requests_total") == 0);
  }
}

TEST_CASE("a connection that closes without a byte was nobody who left") {
  FrontDoor door;
  door.connect().close();
  door.world.loop.until([&] { return door.open_sessions() == 0; });
  CHECK(door.counted("isocost_client_aborts_total{phase=\"head\"}") == 0);
}

TEST_CASE("a client that stops reading is cut off after the write limit, and the host's work with it") {
  FrontDoor door;
  std::vector<Script::Step> body{{{}, role()}};
  for (int i = 0; i < 400; ++i) body.push_back({{}, says(std::string(100'000, 'w'))});
  body.push_back({{}, stop() + done});
  door.world.script(ServedWorld::cheap, pieces(body));
  Peer& client = door.connect();
  client.send(post(chat_stream));
  door.world.loop.settle();
  door.world.loop.settle();
  CHECK(door.world.host(ServedWorld::cheap).open == 1);  // held back
  door.world.advance(5min);
  door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 0; });
  REQUIRE(door.records().size() == 1);
  CHECK(door.records()[0]->ending == Ending::client_left);
  CHECK(door.counted("isocost_timeouts_total{phase=\"client_write\"}") == 1);
}

TEST_CASE("while draining, idle connections close and requests under way end with their connection") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  Peer& idle = door.connect();
  Peer& busy = door.connect();
  Peer& half = door.connect();
  idle.send(get("/readyz"));
  idle.read_until("ready\n");
  busy.send(post(chat_stream));
  const std::string request = get("/readyz");
  half.send(request.substr(0, 10));
  door.world.loop.until([&] { return door.world.host(ServedWorld::cheap).open == 1; });

  door.front.draining = true;
  door.front.sessions.close_idle(door.world.loop.timer.now());
  idle.read_to_end();
  half.send(request.substr(10));
  CHECK(contains(half.read_to_end(), "HTTP/1.1 503 "));
  CHECK(!busy.ended());
  door.world.advance(1s);
  CHECK(dechunked(busy.read_to_end()) == role() + says("Hello") + stop() + done);
  door.world.loop.settle();
  CHECK(door.open_sessions() == 0);
}

TEST_CASE("who may ask what: keys, paths and methods") {
  config::Settings settings = three_prices();
  config::KeySettings key;
  key.name = {"app"};
  // The SHA-256 of "secret".
  key.sha256 = {0x2b, 0xb8, 0x0d, 0x53, 0x7b, 0x1d, 0xa3, 0xe3, 0x8b, 0xd3, 0x03,
                0x61, 0xaa, 0x85, 0x56, 0x86, 0xbd, 0xe0, 0xea, 0xcd, 0x71, 0x62,
                0xfe, 0xf6, 0xa2, 0x5f, 0xe9, 0x7b, 0xf5, 0x27, 0xa2, 0x5b};
  settings.keys = {key};
  FrontDoor door(settings);
  door.world.script(ServedWorld::cheap, document(whole_answer));
  const std::string good = "Authorization: Bearer secret\r\n";
  struct Row {
    std::string request;
    const char* status;
    const char* says;
  };
  const std::vector<Row> rows{
      {post(chat_whole), "401", "No API key was given"},
      {post(chat_whole, "Authorization: Bearer wrong\r\n"), "401", "not one of this gateway's"},
      {post(chat_whole, good), "200", "Hello"},
      {post(chat_whole, good + "Origin: https://app.example\r\n"), "200", "Hello"},
      {post(chat_whole, "x-api-key: secret\r\n"), "200", "Hello"},
      {get("/v1/models"), "401", "invalid_api_key"},
      {get("/api/v1/models", good), "200", "\"m\""},
      {get("/v1/models/m", good), "200", "\"m\""},
      {get("/v1/models/n", good), "404", "model_not_found"},
      {get("/metrics"), "401", "invalid_api_key"},
      {get("/metrics", good), "403", "role_required"},
      {get("/healthz"), "200", "ok"},
      {get("/nowhere"), "404", "unknown_path"},
      {get("/v1/images/generations", good), "404", "no pictures"},
      {get("/v1/chat/completions", good), "405", "takes POST only"},
      {post(R"({"model":"n","messages":[{}]})", good), "404", "model_not_found"},
      {post(R"({"model":"m")", good), "400", "error"},
  };
  Peer& client = door.connect();
  for (const Row& row : rows) {
    CAPTURE(row.request);
    client.send(row.request);
    const std::string reply = client.read_until(row.says);
    CHECK(reply.substr(9, 3) == row.status);
    door.world.loop.settle();
    client.got();
    client.take();
  }
  CHECK(!client.ended());
}

TEST_CASE("where no key is asked for, a browser's page of another site may not call") {
  FrontDoor door;
  door.world.script(ServedWorld::cheap, document(whole_answer));
  const auto status_for = [&](const std::string& origin, Peer& client, const std::string& path) {
    client.send(post_to(path, chat_whole, "Connection: close\r\nOrigin: " + origin + "\r\n"));
    return client.read_to_end().substr(9, 3);
  };
  for (const char* foreign : {"https://evil.example", "http://127.0.0.1.evil.example:8080", "null",
                              "http://192.168.0.7", "chrome-extension://abc", "localhost"}) {
    CAPTURE(foreign);
    Peer& client = door.connect();
    CHECK(status_for(foreign, client, "/v1/chat/completions") == "403");
    CHECK(contains(client.take(), "foreign_origin"));
    CHECK(status_for(foreign, door.connect_to_administration(), "/admin/reload") == "403");
  }
  CHECK(door.pages.reloads == 0);
  CHECK(door.world.host(ServedWorld::cheap).requests.empty());
  for (const char* own : {"http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:5173"}) {
    CAPTURE(own);
    CHECK(status_for(own, door.connect(), "/v1/chat/completions") == "200");
    CHECK(status_for(own, door.connect_to_administration(), "/admin/reload") == "200");
  }
}

TEST_CASE("administration is at its own address where it has one, and nowhere else") {
  FrontDoor door;
  door.front.offers = gateway::Offers::inference;
  Peer& client = door.connect();
  client.send(get("/metrics") + get("/admin/endpoints") + get("/healthz") +
              get("/v1/models", "Connection: close\r\n"));
  const std::string data = client.read_to_end();
  CHECK(data.starts_with("HTTP/1.1 404 "));
  CHECK(!contains(data, "isocost_up"));
  CHECK(contains(data, "ok\n"));
  CHECK(contains(data, R"("object":"list")"));

  door.front.offers = gateway::Offers::administration;
  Peer& admin = door.connect();
  admin.send(post(chat_whole) + get("/v1/models") + get("/metrics") +
             get("/admin/endpoints", "Connection: close\r\n"));
  const std::string pages = admin.read_to_end();
  CHECK(pages.starts_with("HTTP/1.1 404 "));
  CHECK(!contains(pages, R"("object":"list")"));
  CHECK(contains(pages, "isocost_up 1"));
}
