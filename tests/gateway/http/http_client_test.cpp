#include "gateway/http/http_client.hpp"

#include <doctest/doctest.h>

#include "tests/support/loop.hpp"

using namespace std::chrono_literals;
using gateway::HttpClient;
using providers::Pieces;
using providers::Task;

namespace {

// A connection that takes so many bytes and then no more until there is room again.
class Narrow final : public providers::Connection {
 public:
  std::string taken;
  std::size_t room = std::string::npos;
  bool failed = false;

  bool write_now(Pieces& pieces) override {
    while (!pieces.empty() && room > 0 && !failed) {
      const std::string_view text = pieces.texts().front().substr(0, room);
      taken.append(text);
      if (room != std::string::npos) room -= text.size();
      pieces.drop(text.size());
    }
    return pieces.empty();
  }
  Task<bool> write(Pieces& pieces) override {
    room = std::string::npos;
    co_return write_now(pieces);
  }
  void close() override { failed = true; }
  void end_writing() override {}

 protected:
  void begin_read() override {}
  void cancel_read() override {}
};

struct Front {
  support::Loop loop;
  boost::intrusive_ptr<Narrow> connection{new Narrow};
  HttpClient client;
  explicit Front(int minor_version = 1, gateway::BodyWanted body = gateway::BodyWanted::yes)
      : client(*connection, loop.timer, 60s, {.after = {}, .body = body, .minor_version = minor_version}) {}

  const std::string& taken() const { return connection->taken; }
  void begin(std::string_view text) {
    client.begin_now({.status = 200, .content_type = "text/event-stream", .fields = "x: y\r\n"}, text);
  }
  bool done(Task<bool> task) {
    support::Outcome<bool> outcome;
    loop.start(std::move(task), outcome);
    loop.settle();
    REQUIRE(outcome.ended());
    return *outcome.value;
  }
};

std::string body_of(const std::string& reply) {
  return reply.substr(reply.find("\r\n\r\n") + 4);
}

}  // namespace

TEST_CASE("a streamed reply begins with a text at once, framed like all that follows") {
  Front front;
  front.begin(": a\n\n");
  CHECK(front.taken().starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(front.taken().find("Transfer-Encoding: chunked\r\nx: y\r\n") != std::string::npos);
  front.client.write_now(": b\n\n");
  Pieces more{"data: c\n\n"}, last{"data: d\n\n"};
  CHECK(front.done(front.client.write(more)));
  CHECK(front.done(front.client.end(last)));
  CHECK(body_of(front.taken()) ==
        "5\r\n: a\n\n\r\n5\r\n: b\n\n\r\n9\r\ndata: c\n\n\r\n9\r\ndata: d\n\n\r\n0\r\n\r\n");
  CHECK(front.client.reusable());
  CHECK(front.client.bytes_out() == 5 + 5 + 9 + 9);
}

TEST_CASE("to a client of HTTP/1.0 a stream that begins with a text has no frames") {
  Front front(0);
  front.begin(": a\n\n");
  front.client.write_now(": b\n\n");
  CHECK(body_of(front.taken()) == ": a\n\n: b\n\n");
  CHECK(front.client.bytes_out() == 10);
}

TEST_CASE("what a connection does not take at once goes out before anything else, wherever it was cut") {
  Front whole;
  whole.begin(": a\n\n");
  const std::size_t size = whole.taken().size();
  for (std::size_t cut = 0; cut <= size; ++cut) {
    CAPTURE(cut);
    Front front;
    front.connection->room = cut;
    front.begin(": a\n\n");
    CHECK(front.taken().size() == cut);
    front.connection->room = cut == size ? std::string::npos : 0;
    front.client.write_now(": b\n\n");  // dropped while something is owed
    Pieces last{"data: c\n\n"};
    CHECK(front.done(front.client.end(last)));
    const std::string second = cut == size ? "5\r\n: b\n\n\r\n" : "";
    CHECK(body_of(front.taken()) == "5\r\n: a\n\n\r\n" + second + "9\r\ndata: c\n\n\r\n0\r\n\r\n");
    CHECK(front.client.bytes_out() == (cut == size ? 5 + 5 + 9 : 5 + 9));
  }
}

TEST_CASE("of a whole answer its body is counted, and none where none is sent") {
  for (const auto wanted : {gateway::BodyWanted::yes, gateway::BodyWanted::no}) {
    Front front(1, wanted);
    CHECK(front.done(front.client.answer(
        {.status = 200, .content_type = "application/json", .fields = "x: y\r\n"}, "{\"a\":1}")));
    CHECK(front.client.bytes_out() == body_of(front.taken()).size());
    CHECK(front.client.bytes_out() == (wanted == gateway::BodyWanted::yes ? 7 : 0));
  }
}
