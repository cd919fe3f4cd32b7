#include "providers/http/http_reply.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace providers;

namespace {

std::string with_fields(const std::string& fields, const std::string& status = "HTTP/1.1 200 OK") {
  return status + "\r\n" + fields + "\r\n";
}
std::string with_status(const std::string& line) {
  return with_fields("Content-Length: 0\r\n", line);
}

ReplyHead accepted(const std::string& bytes) {
  const auto result = read_reply_head(bytes);
  if (const auto* bad = std::get_if<BadReply>(&result)) FAIL(bad->reason);
  REQUIRE(std::holds_alternative<ReplyHead>(result));
  return std::get<ReplyHead>(result);
}

struct Body {
  std::string text;
  std::size_t consumed = 0;
  bool done = false;
  bool broken = false;
};

// Fed in pieces of `step` bytes; then the connection ends.
Body read_body(const Framing& framing, std::string_view bytes, std::size_t step) {
  BodyReader reader(framing);
  Body body;
  while (body.consumed < bytes.size() && !reader.done() && reader.fault().empty()) {
    const auto read = reader.read(bytes.substr(body.consumed, step));
    body.text += read.piece;
    body.consumed += read.consumed;
  }
  body.done = reader.at_end() == BodyReader::State::done;
  body.broken = !reader.fault().empty();
  return body;
}

}  // namespace

TEST_CASE("a reply's head is read into views of what came") {
  const std::string text =
      with_fields(
          "Content-Type: text/event-stream; charset=utf-8\r\nRetry-After: 3\r\nTransfer-Encoding: Chunked\r\n"
          "Content-Encoding: identity\r\n") +
      "rest";
  const ReplyHead head = accepted(text);
  CHECK(head.status == 200);
  CHECK(head.is_event_stream());
  CHECK(head.content_encoding == "identity");
  CHECK(std::holds_alternative<Chunked>(head.framing));
  CHECK(head.keep_alive);
  CHECK(head.fields.find("retry-after") == "3");
  CHECK(text.substr(head.size) == "rest");
}

TEST_CASE("only one media type is an event stream") {
  const auto is_stream = [](const std::string& type) {
    return accepted(with_fields("Content-Length: 1\r\nContent-Type: " + type + "\r\n")).is_event_stream();
  };
  CHECK(is_stream("text/event-stream"));
  CHECK(is_stream("Text/Event-Stream ;charset=utf-8"));
  CHECK_FALSE(is_stream("text/event-streams"));
  CHECK_FALSE(is_stream("application/json"));
  CHECK_FALSE(is_stream(""));
}

TEST_CASE("the status line may lack its reason") {
  for (const std::string line : {"HTTP/1.1 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.0 200 OK",
                                 "HTTP/1.1 200 Caf\xe9 and more"}) {
    CAPTURE(line);
    CHECK(accepted(with_status(line)).status == 200);
  }
}

TEST_CASE("how a body ends and whether the connection lives on follows from the head") {
  const auto framing_of = [](const std::string& fields, const std::string& status = "HTTP/1.1 200 OK") {
    return accepted(with_fields(fields, status));
  };
  CHECK(std::get<Length>(framing_of("Content-Length: 5\r\n").framing).bytes == 5);
  CHECK(std::holds_alternative<NoBody>(framing_of("Content-Length: 0\r\n").framing));
  CHECK(std::holds_alternative<UntilClose>(framing_of("").framing));
  CHECK_FALSE(framing_of("").keep_alive);
  for (const std::string status : {"HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"}) {
    CHECK(std::holds_alternative<NoBody>(framing_of("", status).framing));
    CHECK(framing_of("", status).keep_alive);
  }
  CHECK_FALSE(framing_of("Content-Length: 5\r\nConnection: close\r\n").keep_alive);
  CHECK_FALSE(framing_of("Content-Length: 5\r\n", "HTTP/1.0 200 OK").keep_alive);
  CHECK(framing_of("Content-Length: 5\r\nConnection: keep-alive\r\n", "HTTP/1.0 200 OK").keep_alive);
}

TEST_CASE("a few interim replies are read over") {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  const std::string text = interim + with_status("HTTP/1.1 200 OK");
  const ReplyHead head = accepted(text);
  CHECK(head.status == 200);
  CHECK(head.size == text.size());
  CHECK(head.fields.size() == 1);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    CHECK(std::holds_alternative<Incomplete>(read_reply_head(std::string_view(text).substr(0, cut))));
  }
}

TEST_CASE("a later version of HTTP/1 is read as 1.1") {
  const std::string text = with_status("HTTP/1.2 200 OK");
  const auto read = read_reply_head(text);
  REQUIRE(std::holds_alternative<ReplyHead>(read));
  CHECK(std::get<ReplyHead>(read).status == 200);
}

TEST_CASE("replies against the rules are bad") {
  const std::string interim = "HTTP/1.1 102 Processing\r\n\r\n";
  std::string many_fields;
  for (int i = 0; i < 101; ++i) many_fields += "a: b\r\n";
  const std::vector<std::string> bad = {
      with_status("HTTP/1.1 099 Low"),
      with_status("HTTP/1.1 1000 High"),
      with_status("HTTP/1.1 600 High"),
      with_status("HTTP/1.1 20 OK"),
      with_status("HTTP/1.1 2x0 OK"),
      with_status("HTTP/1.1  200 OK"),
      with_status("HTTP/1.1 200OK"),
      with_status("HTTP/1.1 -20 OK"),
      with_status("HTTP/2 200"),
      with_status("HTTP/1.x 200 OK"),
      with_status("HTTP/1.1 200 O\x01K"),
      with_status("ICY 200 OK"),
      with_status("HTTP/1.1 101 Switching"),
      "<html>",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
      with_fields("Content-Length: 4\r\nContent-Length: 4\r\n"),
      with_fields("Content-Length: 4\r\nContent-Length: 5\r\n"),
      with_fields("Content-Length: 4, 4\r\n"),
      with_fields("Content-Length: +4\r\n"),
      with_fields("Content-Length: 0x4\r\n"),
      with_fields("Content-Length:\r\n"),
      with_fields("Content-Length: 18446744073709551616\r\n"),
      with_fields("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
      with_fields("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
      with_fields("Transfer-Encoding: gzip\r\n"),
      with_fields("Transfer-Encoding: gzip, chunked\r\n"),
      with_fields("Transfer-Encoding: chunked, gzip\r\n"),
      with_fields("Transfer-Encoding: xchunked\r\n"),
      with_fields("Transfer-Encoding:\r\n"),
      with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      with_fields("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK"),
      with_fields("X-A: 1\r\n 2\r\n"),
      with_fields("X A: 1\r\n"),
      with_fields("X-A : 1\r\n"),
      with_fields("X-A\r\n"),
      with_fields(": 1\r\n"),
      with_fields("X-A: 1\r2\r\n"),
      with_fields("X-A: 1\n"),
      with_fields("Content-Length: 4\r\n", "HTTP/1.1 100 Continue"),
      with_fields(many_fields),
      with_fields("X-A: " + std::string(33'000, 'a') + "\r\n"),
      "HTTP/1.1 200 " + std::string(33'000, 'a'),
      interim + interim + interim + interim + with_status("HTTP/1.1 200 OK"),
  };
  for (const auto& text : bad) {
    CAPTURE(text.substr(0, 100));
    CHECK(std::holds_alternative<BadReply>(read_reply_head(text)));
  }
}

TEST_CASE("a body is read whatever way it is cut, without what follows it") {
  struct Row {
    Framing framing;
    std::string bytes;
    std::string text;
    bool done = true;
    std::size_t left = 0;
  };
  const std::vector<Row> rows = {
      {NoBody{}, "next", "", true, 4},
      {Length{4}, "bodynext", "body", true, 4},
      {Length{9}, "body", "body", false},
      {UntilClose{}, "body", "body"},
      {UntilClose{}, "", ""},
      {Chunked{}, "4\r\nbody\r\n0\r\n\r\nnext", "body", true, 4},
      {Chunked{}, "4\r\nbo\r\n\r\n1;a=\"b\"\r\nd\r\n1\r\ny\r\n0\r\n\r\n", "bo\r\ndy"},
      {Chunked{}, "000004\r\nbody\r\n000\r\nTrailer: x\r\nHost: evil\r\n\r\nnext", "body", true, 4},
      {Chunked{}, "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"},
      {Chunked{}, "4\r\nbody\r\n", "body", false},
      {Chunked{}, "4\r\nbo", "bo", false},
      {Chunked{}, "4\r\nbody\r\n0\r\n", "body", false},
      {Chunked{}, "", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    for (std::size_t step = 1; step <= row.bytes.size() + 1; ++step) {
      const Body body = read_body(row.framing, row.bytes, step);
      CHECK(body.text == row.text);
      CHECK(body.done == row.done);
      CHECK_FALSE(body.broken);
      CHECK(row.bytes.size() - body.consumed == row.left);
    }
  }
}

TEST_CASE("a broken chunk, a giant extension and giant trailers end a reply") {
  for (const std::string& bytes : std::vector<std::string>{
           "x\r\n", "4\r\nbodyx\r\n", "4\nbody", "4\r\nbody\n", "-4\r\n", "0x4\r\n", " 4\r\n", "\r\n",
           "10000000000000000\r\n", "4;" + std::string(100'000, 'a'), "0\r\nT: " + std::string(70'000, 'a'),
           "0\r\nT: \x01\r\n\r\n", "0\r\nT: a\n\n", "0\r\n\rx", "38;\r\n", "38;@=\"\r\n", "0\r\nT\r\n\r\n"}) {
    CAPTURE(bytes.substr(0, 40));
    for (const std::size_t step : {std::size_t{1}, bytes.size()}) {
      const Body body = read_body(Chunked{}, bytes, step);
      CHECK(body.broken);
      CHECK_FALSE(body.done);
    }
  }
}
