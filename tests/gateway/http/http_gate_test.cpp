#include "gateway/http/http_gate.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "gateway/http/chunked_body.hpp"

using namespace gateway;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// A good request with something in place of its parts.
struct Request {
  std::string line = "POST /v1/chat/completions HTTP/1.1";
  std::string fields = "Host: localhost:8080\r\n";

  std::string text() const { return line + "\r\n" + fields + "\r\n"; }
};

std::string with_line(std::string line) {
  return Request{std::move(line)}.text();
}
std::string with_target(const std::string& target) {
  return with_line("GET " + target + " HTTP/1.1");
}
std::string with_field(const std::string& line) {
  Request request;
  request.fields += line + "\r\n";
  return request.text();
}
std::string with_fields(const std::vector<std::string>& lines) {
  Request request;
  for (const auto& line : lines) request.fields += line + "\r\n";
  return request.text();
}
std::string with_host(const std::string& value) {
  return Request{.fields = "Host: " + value + "\r\n"}.text();
}

int status_of(const std::string& bytes) {
  const auto result = check_head(bytes);
  if (const auto* refusal = std::get_if<Refusal>(&result)) return refusal->status;
  return std::holds_alternative<RequestHead>(result) ? 200 : 0;
}

RequestHead accepted(const std::string& bytes) {
  const auto result = check_head(bytes);
  if (const auto* refusal = std::get_if<Refusal>(&result)) FAIL(refusal->message);
  REQUIRE(std::holds_alternative<RequestHead>(result));
  return std::get<RequestHead>(result);
}

std::string many(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a request's head is read into views of what was sent") {
  const std::string text =
      "POST /v1/chat/completions?trace=1 HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer "
      "sk-test\r\n"
      "Content-Type: application/json\r\nContent-Length: 12\r\nX-Request-Id:\t abc \r\n"
      "x-isocost-policy: cheap\r\nX-Stainless-Retry-Count: 2\r\ntraceparent: 00-1-2-01\r\n\r\n{\"body\": 12}";
  const RequestHead head = accepted(text);
  CHECK(head.method == Method::post);
  CHECK(head.path == "/v1/chat/completions");
  CHECK(head.query == "trace=1");
  CHECK(head.host == "localhost:8080");
  CHECK(head.credential() == "sk-test");
  CHECK(head.content_type == "application/json");
  CHECK(std::get<providers::Length>(head.framing).bytes == 12);
  CHECK(head.x_isocost_policy == "cheap");
  CHECK(head.x_stainless_retry_count == "2");
  CHECK(head.traceparent == "00-1-2-01");
  CHECK(head.fields.size() == 8);
  CHECK(head.keep_alive);
  CHECK(text.substr(head.size) == "{\"body\": 12}");
}

TEST_CASE("a credential is a bearer token in any letter case, else x-api-key") {
  CHECK(accepted(with_field("Authorization: bearer  k")).credential() == "k");
  CHECK(accepted(with_field("X-Api-Key: k")).credential() == "k");
  CHECK(accepted(with_fields({"Authorization: Basic eA==", "X-Api-Key: k"})).credential() == "k");
  CHECK(accepted(Request{}.text()).credential().empty());
}

TEST_CASE("what the gate lets through") {
  const std::vector<std::string> good = {
      Request{}.text(),
      with_line("GET / HTTP/1.1"),
      with_line("HEAD / HTTP/1.1"),
      with_line("OPTIONS /v1/models HTTP/1.1"),
      with_line("GET / HTTP/1.0"),
      with_line("GET / HTTP/1.2"),
      with_line("GET / HTTP/1.9"),
      with_target("http://localhost:8080/v1/models"),
      with_target("/v1/models/deepseek/deepseek-r1:free/endpoints"),
      with_target("/v1/models/a%20b"),
      with_target("/v1/models?x=../..&u=http://h/"),
      with_host("localhost"),
      with_host("127.0.0.1:80"),
      with_host("[::1]:8080"),
      with_host("[::1]"),
      with_host("a-b.example.org"),
      with_field("Content-Length: 0"),
      with_field("Content-Length: 33554432"),
      with_field("Content-Length:4"),
      with_field("Transfer-Encoding: chunked"),
      with_field("transfer-encoding: CHUNKED"),
      with_field("Expect: 100-continue"),
      with_field("Upgrade: h2c"),
      with_field("X-Empty:"),
      with_field("X-Tab: a\tb"),
      with_field("X-Latin: caf\xe9"),
      "GET / HTTP/1.1\r\nhOsT: x\r\nContent-Length: 0\r\n\r\n",
  };
  for (const auto& text : good) {
    CAPTURE(text);
    CHECK(status_of(text) == 200);
  }
}

TEST_CASE(
    "a request that two servers could read in two ways is refused, and so is every other malformed one") {
  struct Row {
    std::string name;
    std::string text;
    int status = 400;
  };
  const std::vector<Row> rows = {
      // Transfer-Encoding
      {"xchunked", with_field("Transfer-Encoding: xchunked")},
      {"cow", with_field("Transfer-Encoding: cow")},
      {"empty coding", with_field("Transfer-Encoding: ")},
      {"quoted coding", with_field("Transfer-Encoding: \"chunked\"")},
      {"identity after", with_field("Transfer-Encoding: chunked, identity")},
      {"chunked twice in one", with_field("Transfer-Encoding: chunked, chunked")},
      {"gzip", with_field("Transfer-Encoding: gzip")},
      {"gzip with length", with_fields({"Transfer-Encoding: gzip", "Content-Length: 4"})},
      {"identity with length", with_fields({"Transfer-Encoding: identity", "Content-Length: 4"})},
      {"xchunked with length", with_fields({"Transfer-Encoding: xchunked", "Content-Length: 4"})},
      {"identity", with_field("Transfer-Encoding: identity")},
      {"parameter", with_field("Transfer-Encoding: chunked;q=1")},
      {"comma before", with_field("Transfer-Encoding: , chunked")},
      {"comma after", with_field("Transfer-Encoding: chunked,")},
      {"byte after", with_field("Transfer-Encoding: chunked\xff")},
      {"vertical tab", with_field("Transfer-Encoding: \vchunked")},
      {"gzip before", with_field("Transfer-Encoding: gzip, chunked")},
      {"folded", with_field("Transfer-Encoding:\r\n chunked")},
      {"coding in HTTP/1.0", Request{"POST / HTTP/1.0", "Host: x\r\nTransfer-Encoding: chunked\r\n"}.text()},
      {"twice", with_fields({"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"})},
      {"with length", with_fields({"Transfer-Encoding: chunked", "Content-Length: 4"})},
      {"length first", with_fields({"Content-Length: 4", "Transfer-Encoding: chunked"})},
      {"with length 0", with_fields({"Content-Length: 0", "Transfer-Encoding: chunked"})},
      // Content-Length
      {"equal twice", with_fields({"Content-Length: 4", "Content-Length: 4"})},
      {"unequal twice", with_fields({"Content-Length: 4", "Content-Length: 5"})},
      {"list", with_field("Content-Length: 4, 4")},
      {"list without blanks", with_field("Content-Length: 4,4,4")},
      {"plus", with_field("Content-Length: +4")},
      {"minus", with_field("Content-Length: -4")},
      {"hex", with_field("Content-Length: 0x4")},
      {"blank inside", with_field("Content-Length: 4 4")},
      {"fraction", with_field("Content-Length: 4.0")},
      {"empty length", with_field("Content-Length:")},
      {"letters", with_field("Content-Length: four")},
      {"20 digits", with_field("Content-Length: 00000000000000000004")},
      {"beyond 64 bits", with_field("Content-Length: 18446744073709551620")},
      {"over the limit", with_field("Content-Length: 33554433"), 413},
      {"19 digits", with_field("Content-Length: 9999999999999999999"), 413},
      // Host
      {"no host", "GET / HTTP/1.1\r\n\r\n"},
      {"no host in 1.0", "GET / HTTP/1.0\r\n\r\n"},
      {"two hosts", with_field("Host: localhost")},
      {"empty host", with_host("")},
      {"host list", with_host("a, b")},
      {"user", with_host("u@a")},
      {"path", with_host("a/b")},
      {"blank in host", with_host("a b")},
      {"port letters", with_host("a:b")},
      {"empty port", with_host("a:")},
      {"long port", with_host("a:123456")},
      {"two ports", with_host("a:1:2")},
      {"only a port", with_host(":80")},
      {"open bracket", with_host("[::1")},
      {"empty brackets", with_host("[]")},
      {"after brackets", with_host("[::1]a")},
      {"host with percent", with_host("a%2fb")},
      {"host with query", with_host("a?b")},
      {"non-ASCII host", with_host("\xc3\xa9")},
      // Lines
      {"folded with a blank", with_field("X-A: 1\r\n 2")},
      {"folded with a tab", with_field("X-A: 1\r\n\t2")},
      {"folded first", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: x\n\r\n"},
      {"bare LF after the line", "GET / HTTP/1.1\nHost: x\r\n\r\n"},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: x\r\n\n"},
      {"all bare LF", "GET / HTTP/1.1\nHost: x\n\n"},
      {"bare CR in a value", with_field("X-A: 1\r2")},
      {"CR CR LF", with_field("X-A: 1\r")},
      {"NUL in a value", with_field("X-A: 1\0"s + "2")},
      {"control in a value", with_field("X-A: a long value with \x01 in it")},
      {"DEL in a value", with_field("X-A: a long value with \x7f in it")},
      {"no colon", with_field("X-A")},
      {"no name", with_field(": 1")},
      {"blank in the name", with_field("X A: 1")},
      {"blank before the colon", with_field("X-A : 1")},
      {"tab before the colon", with_field("X-A\t: 1")},
      {"blank before the length's colon", with_field("Content-Length : 4")},
      {"non-ASCII name", with_field("X-\xc3\xa9: 1")},
      {"control in the name", with_field("X-\x01: 1")},
      {"slash in the name", with_field("X/A: 1")},
      {"quote in the name", with_field("\"X\": 1")},
      {"leading CRLF", "\r\n" + Request{}.text()},
      // Fields read from one place only
      {"two authorizations", with_fields({"Authorization: Bearer a", "Authorization: Bearer b"})},
      {"two keys", with_fields({"X-Api-Key: a", "x-api-key: b"})},
      {"two types", with_fields({"Content-Type: a/b", "Content-Type: a/c"})},
      {"two policies", with_fields({"X-Isocost-Policy: a", "X-Isocost-Policy: b"})},
      // Size
      {"over 100 fields", with_fields(std::vector<std::string>(100, "a: b")), 431},
      {"a block over 32 KiB", with_field("X-A: " + std::string(33'000, 'a')), 431},
      {"a block over 32 KiB of fields",
       with_fields(std::vector<std::string>(60, "a: " + std::string(600, 'b'))), 431},
      {"a target over 8 KiB", with_target("/" + std::string(8'192, 'a')), 414},
      // Target
      {"another's authority", with_target("http://evil/"), 421},
      {"another's port", with_target("http://localhost:8081/"), 421},
      {"over TLS", with_target("https://localhost:8080/"), 421},
      {"another scheme", with_target("ftp://localhost:8080/")},
      {"user in the authority", with_target("http://u@localhost:8080/")},
      {"no authority", with_target("http:///v1/models")},
      {"nothing behind the scheme", with_target("http://")},
      {"two slashes behind the authority", with_target("http://localhost:8080//v1")},
      {"fragment behind the authority", with_target("http://localhost:8080#x")},
      {"an absolute target without Host", "GET http://localhost/ HTTP/1.1\r\n\r\n"},
      {"authority form", with_target("evil:80")},
      {"no slash", with_target("foo")},
      {"asterisk", with_line("OPTIONS * HTTP/1.1")},
      {"two slashes", with_target("//evil")},
      {"two slashes inside", with_target("/v1//models")},
      {"backslashes", with_target("\\\\evil")},
      {"backslash inside", with_target("/a\\b")},
      {"fragment", with_target("/a#b")},
      {"raw non-ASCII", with_target("/\xc3\xa9")},
      {"dots", with_target("/a/../b")},
      {"dots at the end", with_target("/a/..")},
      {"encoded slash", with_target("/a%2fb")},
      {"encoded slash, upper case", with_target("/a%2Fb")},
      {"encoded slash outside a model's name", with_target("/v1/chat%2Fcompletions")},
      {"encoded backslash in a model's name", with_target("/v1/models/a%5cb")},
      {"encoded backslash", with_target("/a%5cb")},
      {"encoded NUL", with_target("/a%00b")},
      {"encoded NUL in the query", with_target("/a?%00")},
      {"a compressed body", with_field("content-encoding: br"), 415},
      {"half an encoding", with_target("/a%2")},
      {"bad encoding", with_target("/a%zz")},
      {"control", with_target("/a\x01")},
      {"DEL", with_target("/a\x7f")},
      {"tab", with_target("/a\tb")},
      {"brackets", with_target("/a[b]")},
      {"quote", with_target("/a\"b")},
      // Method and version
      {"CONNECT", with_line("CONNECT /a HTTP/1.1"), 405},
      {"TRACE", with_line("TRACE / HTTP/1.1"), 405},
      {"unknown", with_line("abcdGET / HTTP/1.1"), 405},
      {"lower case", with_line("get / HTTP/1.1"), 405},
      {"not a token", with_line("G(T / HTTP/1.1")},
      {"quoted method", with_line("\"GET\" / HTTP/1.1")},
      {"long method", with_line(std::string(33, 'A') + " / HTTP/1.1")},
      {"body on GET", Request{"GET / HTTP/1.1", "Host: x\r\nContent-Length: 1\r\n"}.text()},
      {"chunks on GET", Request{"GET / HTTP/1.1", "Host: x\r\nTransfer-Encoding: chunked\r\n"}.text()},
      {"body on HEAD", Request{"HEAD / HTTP/1.1", "Host: x\r\nContent-Length: 1\r\n"}.text()},
      {"HTTP/0.9", with_line("GET /")},
      {"HTTP/0.9 with a version", with_line("GET / HTTP/0.9"), 505},
      {"HTTP/2.0", with_line("GET / HTTP/2.0"), 505},
      {"HTTP/1.10", with_line("GET / HTTP/1.10")},
      {"HTTP/1", with_line("GET / HTTP/1")},
      {"http/1.1", with_line("GET / http/1.1")},
      {"no version", with_line("GET / ")},
      {"two blanks first", with_line("GET  / HTTP/1.1")},
      {"two blanks last", with_line("GET /  HTTP/1.1")},
      {"blank at the end", with_line("GET / HTTP/1.1 ")},
      {"tab between", with_line("GET\t/\tHTTP/1.1")},
      {"blank first", with_line(" GET / HTTP/1.1")},
      {"empty line", with_line("")},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"a TLS hello", "\x16\x03\x01\x02"},
      {"SSH", "SSH-2.0-OpenSSH\r\n"},
      // Expect
      {"Expect: zz", with_field("Expect: zz"), 417},
      {"Expect: two", with_field("Expect: 100-continue, 100-continue"), 417},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(status_of(row.text) == row.status);
  }
}

TEST_CASE("a target in absolute form means what it means in origin form") {
  const std::string text = with_target("http://LOCALHOST:8080/v1/models?x=1");
  const RequestHead head = accepted(text);
  CHECK(head.path == "/v1/models");
  CHECK(head.query == "x=1");
  CHECK(head.host == "LOCALHOST:8080");
  CHECK(accepted(with_target("http://localhost:8080")).path == "/");
  const std::string without_path = with_target("http://localhost:8080?x=1");
  const RequestHead query_alone = accepted(without_path);
  CHECK(query_alone.path == "/");
  CHECK(query_alone.query == "x=1");
  // http's own port may be left out.
  CHECK(status_of(Request{"GET HTTP://h:80/ HTTP/1.1", "Host: h\r\n"}.text()) == 200);
  CHECK(status_of(Request{"GET http://[::1]/ HTTP/1.1", "Host: [::1]:80\r\n"}.text()) == 200);
}

TEST_CASE(
    "where clients reach the gateway on this machine only, an absolute target may name it by any of its "
    "names") {
  const auto status = [](const std::string& target, bool loopback_only) {
    const std::string text = Request{"GET " + target + " HTTP/1.1", "Host: other\r\n"}.text();
    const auto result = check_head(text, {.loopback_only = loopback_only});
    const auto* refusal = std::get_if<Refusal>(&result);
    return refusal ? refusal->status : 200;
  };
  for (const std::string target : {"http://localhost:8080/", "http://127.0.0.1:8080/", "http://[::1]/"}) {
    CAPTURE(target);
    CHECK(status(target, true) == 200);
    CHECK(status(target, false) == 421);
  }
  CHECK(status("http://evil/", true) == 421);
  CHECK(status("http://other/", true) == 200);
}

TEST_CASE("a later version of HTTP/1 is read as 1.1") {
  const RequestHead head = accepted(with_line("GET / HTTP/1.2"));
  CHECK(head.minor_version == 1);
  CHECK(head.keep_alive);
}

TEST_CASE("a refusal names the place, what was found and what is allowed") {
  const std::string text = with_field("Content-Length: 4, 4");
  const auto refusal = std::get<Refusal>(check_head(text));
  CHECK(refusal.message == "Content-Length: found \"4, 4\"; allowed are 1 to 19 digits");
  CHECK(refusal.code == "bad_request");
}

TEST_CASE("a refusal does not repeat what may be a secret") {
  const std::string text = with_field("Authorization: Bearer sk-secret\x01");
  CHECK(std::get<Refusal>(check_head(text)).message.find("sk-secret") == std::string::npos);
}

TEST_CASE("a head cut anywhere is incomplete until its last byte, whatever was seen before") {
  const std::string text = with_fields({"Content-Length: 4", "X-Long: " + std::string(300, 'a')});
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const auto start = std::string_view(text).substr(0, cut);
    CHECK(std::holds_alternative<HeadIncomplete>(check_head(start)));
    CHECK(std::holds_alternative<RequestHead>(check_head(text, {}, cut)));
  }
}

TEST_CASE("one who never ends the head is told at the limit, not kept waiting") {
  CHECK(status_of("GET /" + std::string(8'300, 'a')) == 414);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(33'000, 'a')) == 431);
  CHECK(status_of(std::string(40, 'A')) == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a')) == 0);
}

TEST_CASE("a head may be as long as it is set, and who sends a longer one is told how long it was") {
  const gateway::GateLimits limits{.header_block = 1'024};
  const auto with_length = [](std::size_t length) {
    const std::string begin = "GET /v1/models HTTP/1.1\r\nHost: x\r\nA: ", end = "\r\n\r\n";
    return begin + std::string(length - begin.size() - end.size(), 'a') + end;
  };
  const std::string largest = with_length(1'024);
  CHECK(std::holds_alternative<RequestHead>(check_head(largest, limits)));
  const std::string larger = with_length(1'025), never_ends = with_length(2'000).substr(0, 1'500);
  for (const std::string& text : {larger, never_ends}) {
    const auto result = check_head(text, limits);
    REQUIRE(std::holds_alternative<Refusal>(result));
    const Refusal& refusal = std::get<Refusal>(result);
    CHECK(refusal.status == 431);
    CHECK(refusal.code == "head_too_large");
    CHECK(refusal.message == "header: found " + std::to_string(text.size()) +
                                 " bytes or more; allowed are 1024 (limits.max_head_bytes)");
    CHECK(refusal.path == "/v1/models");
  }
}

TEST_CASE("a connection stays open as its version and Connection say") {
  const auto stays = [](const std::string& version, const std::string& connection) {
    return accepted(Request{"GET / " + version, "Host: x\r\n" + connection}.text()).keep_alive;
  };
  CHECK(stays("HTTP/1.1", ""));
  CHECK(stays("HTTP/1.1", "Connection: keep-alive\r\n"));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: Close\r\n"));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: upgrade, close\r\n"));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  CHECK_FALSE(stays("HTTP/1.0", ""));
  CHECK(stays("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  CHECK_FALSE(stays("HTTP/1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("what follows the head is left for the next reader") {
  const std::string one = Request{}.text();
  const std::string text = one + one;
  CHECK(accepted(text).size == one.size());
}

TEST_CASE("a chunked body is collected whatever way it is cut") {
  const std::string text = "4\r\nWiki\r\n6;a=b\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\nGET /next";
  const std::size_t end = text.find("GET");
  for (std::size_t cut = 0; cut <= end; ++cut) {
    ChunkedBody body(1'000);
    const auto head = std::string_view(text).substr(0, cut);
    const auto first = body.feed(head);
    REQUIRE_FALSE(first.refusal);
    CHECK(first.consumed == head.size());
    const auto second = body.feed(std::string_view(text).substr(first.consumed));
    REQUIRE_FALSE(second.refusal);
    CHECK(first.done == (cut == end));
    CHECK(first.consumed + second.consumed == end);
    CHECK(body.take() == "Wikipedia in \r\n\r\nchunks.");
  }
}

TEST_CASE("a broken or oversized chunked body is refused") {
  struct Row {
    std::string text;
    int status = 400;
  };
  const std::vector<Row> rows = {
      {"\r\n"},
      {"x\r\n"},
      {"-1\r\n"},
      {"0x4\r\n"},
      {" 4\r\n"},
      {"4 \r\nabcd\r\n"},
      {"4\nabcd\r\n"},
      {"4\r\rabcd"},
      {"4\r\nabcde\r\n"},
      {"4\r\nabcd\n"},
      {"4\r\nabcd\rx"},
      {"11111111111111111\r\n"},
      {"4;" + std::string(300, 'x') + "\r\n"},
      {"4;a=\x01\r\n"},
      {"4;a\n"},
      {"4;\r\nabcd"},
      {"38;\r\n"},
      {"38;@=\"\r\n"},
      {"4;=b\r\n"},
      {"4;a=\r\n"},
      {"4;a b\r\n"},
      {"4;a=b c\r\n"},
      {"4;a=\"b\r\n"},
      {"4;a=\"b\\\r\n"},
      {"4;a=\"b\"c\r\n"},
      {"4;a;\r\n"},
      {"4;a \r\n"},
      {"4;a=b \r\n"},
      {"4 ;\r\n"},
      {"4;a=b@\r\n"},
      {"0;\r\n\r\n"},
      {"0\r\nTrailer\r\n\r\n"},
      {"0\r\n: x\r\n\r\n"},
      {"0\r\nX : x\r\n\r\n"},
      {"0\r\nX: 1\r\n 2\r\n\r\n"},
      {"0\r\nX: \x01\r\n\r\n"},
      {"0\r\nX: 1\n\r\n"},
      {"0\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n"},
      {"0\r\n\rx"},
      {"0\r\n\n"},
      {"0\n\n"},
      {"ffffffffffffffff\r\n" + std::string(2'000, 'a'), 413},
      {"fff\r\n" + std::string(1'001, 'a'), 413},
      {many(1'001, "1\r\na\r\n"), 413},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    ChunkedBody body(1'000);
    const auto fed = body.feed(row.text);
    REQUIRE(fed.refusal);
    CHECK(fed.refusal->status == row.status);
  }
}

TEST_CASE("extensions of a chunk and trailers that are HTTP's change nothing") {
  for (const std::string text : {
           "4;a\r\nbody\r\n0\r\n\r\n",
           "4;a=b;c=\"d;e \\\" \\\\\"\r\nbody\r\n0;last\r\n\r\n",
           "4 ; a = b ; c\r\nbody\r\n0\r\n\r\n",
           "4\t;a=\"\"\r\nbody\r\n0\r\n\r\n",
           "4\r\nbody\r\n0\r\nX-Sum: 1\r\nServer-Timing:\r\n\r\n",
           "4\r\nbody\r\n0\r\nHost: evil\r\nContent-Length: 9\r\n\r\n",
       }) {
    CAPTURE(text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      ChunkedBody body(1'000);
      const auto first = body.feed(std::string_view(text).substr(0, cut));
      REQUIRE_FALSE(first.refusal);
      const auto second = body.feed(std::string_view(text).substr(first.consumed));
      REQUIRE_FALSE(second.refusal);
      CHECK((first.done || second.done));
      CHECK(first.consumed + second.consumed == text.size());
      CHECK(body.take() == "body");
    }
  }
}
