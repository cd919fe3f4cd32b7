#include "gateway/http2/request_text.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <utility>

#include "gateway/http/http_gate.hpp"

using gateway::RequestText;
using Body = RequestText::Body;

namespace {

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

const Fields post{
    {":method", "POST"}, {":scheme", "https"}, {":path", "/v1/chat?a=b"}, {":authority", "host:1"}};

RequestText text_of(const Fields& fields, std::size_t most = 32 * 1024) {
  RequestText text(most);
  for (const auto& [name, value] : fields) CHECK(text.add(name, value));
  return text;
}

RequestText with(const Fields& fields, std::size_t most = 32 * 1024) {
  RequestText text = text_of(post, most);
  for (const auto& [name, value] : fields) CHECK(text.add(name, value));
  return text;
}

bool takes(std::string_view name, std::string_view value) {
  RequestText text(1000);
  return text.add(name, value);
}

gateway::GateResult at_the_gate(const std::string& head) {
  return gateway::check_head(head);
}

}  // namespace

TEST_CASE("a request of HTTP/2 reads like one of HTTP/1.1 that is the only one of its connection") {
  CHECK(
      with({{"content-type", "application/json"}, {"content-length", "7"}}).head(Body::follows) ==
      "POST /v1/chat?a=b HTTP/1.1\r\nhost: host:1\r\nconnection: close\r\ncontent-type: application/json\r\n"
      "content-length: 7\r\n\r\n");
}

TEST_CASE("a body of which the length is not said comes in chunks, and where there is none nothing is said") {
  CHECK(with({}).head(Body::follows).find("transfer-encoding: chunked\r\n") != std::string::npos);
  CHECK(with({}).head(Body::none).find("transfer-encoding") == std::string::npos);
  CHECK(with({{"content-length", "7"}}).head(Body::follows).find("transfer-encoding") == std::string::npos);
}

TEST_CASE("cookies that come in fields of their own are one") {
  const std::string head = with({{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}}).head(Body::none);
  CHECK(head.find("\r\ncookie: a=1; b=2\r\n") != std::string::npos);
}

TEST_CASE("a Host that says what the authority says is the same, and another one is for the gate to refuse") {
  CHECK(
      std::holds_alternative<gateway::RequestHead>(at_the_gate(with({{"host", "host:1"}}).head(Body::none))));
  CHECK(std::holds_alternative<gateway::Refusal>(at_the_gate(with({{"host", "other"}}).head(Body::none))));
  const RequestText alone = text_of({{":method", "GET"}, {":path", "/"}, {"host", "h"}});
  CHECK(std::holds_alternative<gateway::RequestHead>(at_the_gate(alone.head(Body::none))));
}

TEST_CASE("what is of a connection, or would begin a line of its own, is refused") {
  for (const std::string_view name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})
    CHECK_FALSE(takes(name, "x"));
  CHECK(takes("te", "trailers"));
  CHECK_FALSE(takes("te", "gzip"));
  CHECK_FALSE(takes("x", "a\r\nhost: other"));
  CHECK_FALSE(takes("x", std::string_view("a\0b", 3)));
  CHECK_FALSE(takes("a b", "x"));
  CHECK_FALSE(takes("a:b", "x"));
  CHECK_FALSE(takes("", "x"));
  for (const std::string_view pseudo : {":method", ":path", ":authority"}) {
    CHECK_FALSE(takes(pseudo, "/ HTTP/1.1\r\nx: y"));
    CHECK_FALSE(takes(pseudo, "/a b"));
    CHECK_FALSE(takes(pseudo, "/a\tb"));
    CHECK_FALSE(takes(pseudo, "/a\xff"));
  }
}

TEST_CASE("of a head that is too large no more is kept than it takes for the gate to say so") {
  RequestText text = with({}, 32 * 1024);
  const std::string long_value(1000, 'v');
  for (int i = 0; i < 10'000; ++i) CHECK(text.add("x-field", long_value));
  const std::string head = text.head(Body::none);
  CHECK(head.size() < 80 * 1024);
  const auto result = at_the_gate(head.substr(0, 33 * 1024));
  REQUIRE(std::holds_alternative<gateway::Refusal>(result));
  CHECK(std::get<gateway::Refusal>(result).status == 431);
}

TEST_CASE("CONNECT is refused by the gate as in HTTP/1.1") {
  const RequestText connect = text_of({{":method", "CONNECT"}, {":authority", "host:443"}});
  CHECK(std::holds_alternative<gateway::Refusal>(at_the_gate(connect.head(Body::none))));
}

TEST_CASE("a reply to HEAD is known to have no body") {
  CHECK(text_of({{":method", "HEAD"}, {":path", "/"}, {":authority", "h"}}).is_head());
  CHECK_FALSE(with({}).is_head());
}
