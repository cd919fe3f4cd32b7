#include "providers/simulated/simulated_hosts.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <simdjson.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <thread>

#include "providers/simulated/run_hosts.hpp"
#include "tests/support/plain_client.hpp"

using namespace std::chrono_literals;

namespace {

using support::PlainClient;

// One host without luck, in a world without waiting.
config::Fleet fleet_of(config::SimulatedHost host = {}) {
  config::Fleet fleet;
  fleet.time_scale = 0;
  fleet.models = {{.name = {"maker/model"}, .aliases = {}, .display_name = {}, .description = {}}};
  fleet.models[0].answers = {.median_tokens = 40, .log_sd = 0};
  host.name = {"one"};
  host.model = {"maker/model"};
  host.host_model = "model-1";
  host.ttft.log_sd = 0;
  host.speed.log_sd = 0;
  fleet.hosts = {std::move(host)};
  return fleet;
}

// The hosts of a fleet on a thread of their own, until it goes.
class Running {
 public:
  explicit Running(const config::Fleet& fleet) : hosts_(std::in_place, io_, fleet) {
    hosts_->start();
    port = hosts_->ports()[0];
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Running() { stop(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // What happened, once nothing more can.
  providers::HostCounters stop() {
    if (thread_.joinable()) {
      boost::asio::post(io_, [this] { hosts_->stop(); });
      thread_.join();
    }
    return hosts_->counters(0);
  }
  std::uint16_t port = 0;

 private:
  boost::asio::io_context io_{1};
  std::optional<providers::SimulatedHosts> hosts_;
  std::thread thread_;
};

std::string post(const std::string& body, const std::string& fields = "",
                 const std::string& path = "/v1/chat/completions") {
  return "POST " + path + " HTTP/1.1\r\nhost: x\r\n" + fields +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string ask(const std::string& more = "", const std::string& content = "Hello") {
  return R"({"model":"model-1","messages":[{"role":"user","content":")" + content + "\"}]" + more + "}";
}
const std::string streamed = R"(,"stream":true,"stream_options":{"include_usage":true})";

int status_of(const std::string& reply) {
  return std::stoi(reply.substr(9, 3));
}

std::string error_code_of(const std::string& reply) {
  simdjson::dom::parser parser;
  const simdjson::dom::element body = parser.parse(reply.substr(reply.find("\r\n\r\n") + 4));
  std::string_view code;
  return body["error"]["code"].get(code) == simdjson::SUCCESS ? std::string{code} : "";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a stream comes as events with its usage and its end, and the connection serves the next") {
  config::SimulatedHost host;
  host.reasoning_share = 0.25;
  Running running{fleet_of(host)};
  {
    PlainClient client{running.port};
    client.send(post(ask(streamed)));
    const std::string reply = client.read_until("0\r\n\r\n");
    CHECK(status_of(reply) == 200);
    CHECK(reply.find("content-type: text/event-stream") != std::string::npos);
    CHECK(count(reply, R"("reasoning_content":")") == 10);
    CHECK(count(reply, R"("delta":{"content":")") == 30);
    CHECK(count(reply, R"("completion_tokens":40)") == 1);
    CHECK(count(reply, R"("finish_reason":"stop")") == 1);
    CHECK(reply.find("data: [DONE]\n\n\r\n0\r\n\r\n") != std::string::npos);
  }
  PlainClient client{running.port};
  for (int i = 0; i < 3; ++i) {
    client.send(post(ask()));
    const std::string reply = client.read_reply();
    CHECK(status_of(reply) == 200);
    CHECK(reply.find(R"("completion_tokens":40)") != std::string::npos);
  }
  const auto counters = running.stop();
  CHECK(counters.connections == 2);
  CHECK(counters.requests == 4);
  CHECK(counters.completed == 4);
  CHECK(counters.tokens == 160);
  CHECK(counters.under_way == 0);
  CHECK(counters.open_connections == 0);
  CHECK(counters.faults == 0);
}

TEST_CASE("the same seed says the same bytes") {
  const auto said = [](std::uint64_t seed) {
    config::Fleet fleet = fleet_of();
    fleet.seed = seed;
    fleet.models[0].answers.log_sd = 0.5;
    Running running{fleet};
    PlainClient client{running.port};
    client.send(post(ask()) + post(ask(), "connection: close\r\n"));
    return std::regex_replace(client.read_to_end(), std::regex{R"("created":\d+)"}, "");
  };
  const std::string first = said(1);
  CHECK(first.size() > 500);
  CHECK(said(1) == first);
  CHECK(said(2) != first);
}

TEST_CASE(
    "what a host says to a request does not depend on what others asked before it, and differs each time") {
  config::Fleet fleet = fleet_of();
  fleet.models[0].answers.log_sd = 0.8;
  Running first(fleet), second(fleet);
  const auto ask = [](const Running& hosts, const std::string& words) {
    PlainClient client{hosts.port};
    client.send(post(R"({"model":"model-1","messages":[{"role":"user","content":")" + words + "\"}]}",
                     "connection: close\r\n"));
    const std::string reply = client.read_to_end();
    return reply.substr(reply.find("\"choices\""));
  };
  for (int i = 0; i < 5; ++i) ask(second, "other " + std::to_string(i));
  const std::string once = ask(first, "hello");
  CHECK(once == ask(second, "hello"));
  const std::string again = ask(first, "hello");
  CHECK(again != once);
  CHECK(again == ask(second, "hello"));
}

TEST_CASE("what a host does not serve is refused in OpenAI's words") {
  config::SimulatedHost host;
  host.key = config::Secret{"sk-right"};
  host.context = {100};
  Running running{fleet_of(host)};
  const std::string key = "authorization: Bearer sk-right\r\n";
  struct Row {
    std::string request;
    int status;
    std::string code;
  };
  const std::vector<Row> rows{
      {post(ask()), 401, "invalid_api_key"},
      {post(ask(), "authorization: Bearer sk-wrong\r\n"), 401, "invalid_api_key"},
      {post(ask(), key), 200, ""},
      {post(R"({"model":"other","messages":[{"role":"user","content":"x"}]})", key), 404, "model_not_found"},
      {post(ask("", std::string(500, 'x')), key), 400, "context_length_exceeded"},
      {post("{", key), 400, ""},
      {post(ask(), key, "/v2/chat/completions"), 404, ""},
      {"GET /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\r\n", 405, ""},
      {"GET /v1/models?limit=3 HTTP/1.1\r\nhost: x\r\n" + key + "\r\n", 200, ""},
      {"GET /health HTTP/1.1\r\nhost: x\r\n\r\n", 200, ""},
      {"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n", 413, ""},
      {"nonsense\r\n\r\n", 400, ""}};
  for (const Row& row : rows) {
    CAPTURE(row.request);
    PlainClient client{running.port};
    client.send(row.request);
    const std::string reply = client.read_reply();
    CHECK(status_of(reply) == row.status);
    if (row.status != 200) CHECK(error_code_of(reply) == row.code);
  }
}

TEST_CASE("a limit per minute answers 429 with the time to come back and what is left") {
  config::SimulatedHost host;
  host.rate_limits.requests_per_minute = 2;
  host.ttft = {.base = 0s, .per_1000_prompt = 0s, .load = 0, .log_sd = 0};
  host.speed.tokens_per_second = 1e9;  // so that the world's time stands still
  Running running{fleet_of(host)};
  PlainClient client{running.port};
  client.send(post(ask()));
  CHECK(client.read_reply().find("x-ratelimit-remaining-requests: 1\r\n") != std::string::npos);
  client.send(post(ask()));
  client.read_reply();
  client.send(post(ask()));
  const std::string reply = client.read_reply();
  CHECK(status_of(reply) == 429);
  CHECK(error_code_of(reply) == "rate_limit_exceeded");
  CHECK(reply.find("retry-after: 30\r\n") != std::string::npos);
  CHECK(reply.find("x-ratelimit-limit-requests: 2\r\n") != std::string::npos);
  CHECK(reply.find("x-ratelimit-remaining-requests: 0\r\n") != std::string::npos);
  CHECK(running.stop().refused == 1);
}

TEST_CASE("a broken stream ends without its end") {
  config::SimulatedHost host;
  host.mishaps.cut = 1;
  Running running{fleet_of(host)};
  PlainClient client{running.port};
  client.send(post(ask(streamed)));
  const std::string reply = client.read_to_end();
  CHECK(status_of(reply) == 200);
  CHECK(count(reply, R"("delta":{"content":")") >= 1);
  CHECK(reply.find("[DONE]") == std::string::npos);
  CHECK_FALSE(reply.ends_with("0\r\n\r\n"));
  CHECK(running.stop().broken == 1);
}

TEST_CASE("an outage that drops connections says nothing at all") {
  config::SimulatedHost host;
  host.outages = config::Outages{.when = {.mean_between = {}, .mean_length = 1s, .scheduled = {{0s, 3600s}}},
                                 .status = 0};
  Running running{fleet_of(host)};
  PlainClient client{running.port};
  client.send(post(ask()));
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a client that leaves a stalled stream makes room for the one in line") {
  config::SimulatedHost host;
  host.mishaps.stall = 1;  // for good
  host.batch = {.slots = 1, .queue = 4, .full_status = 503};
  Running running{fleet_of(host)};
  std::optional<PlainClient> first;
  first.emplace(running.port);
  first->send(post(ask(streamed)));
  first->read_until(R"("delta":{"content":")");  // the slot is taken
  PlainClient second{running.port};
  second.send(post(ask(streamed)));
  first.reset();
  CHECK(status_of(second.read_until(R"("delta":{"content":")")) == 200);
  const auto counters = running.stop();
  CHECK(counters.aborted == 2);
  CHECK(counters.under_way == 0);
}

TEST_CASE("a long wait for the first token is filled with comments") {
  config::SimulatedHost host;
  host.ttft.base = 26s;
  Running running{fleet_of(host)};
  PlainClient client{running.port};
  client.send(post(ask(streamed)));
  const std::string reply = client.read_until("0\r\n\r\n");
  CHECK(count(reply, ": keep-alive\n\n") == 2);
  CHECK(reply.find(": keep-alive") < reply.find("data: "));
}

TEST_CASE("a client that speaks HTTP/1.0 gets a stream without chunks that ends with the connection") {
  Running running{fleet_of()};
  PlainClient client{running.port};
  const std::string body = ask(streamed);
  client.send("POST /v1/chat/completions HTTP/1.0\r\ncontent-length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  const std::string reply = client.read_to_end();
  CHECK(reply.find("transfer-encoding") == std::string::npos);
  CHECK(reply.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("a client that asks whether to go on is told to") {
  Running running{fleet_of()};
  PlainClient client{running.port};
  const std::string body = ask();
  client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: " +
              std::to_string(body.size()) + "\r\n\r\n");
  CHECK(client.read_reply() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(body);
  CHECK(status_of(client.read_reply()) == 200);
}

TEST_CASE("a trailer of 70 KB does not end the server") {
  Running running{fleet_of()};
  for (int i = 0; i < 5; ++i) {
    PlainClient attacker{running.port};
    attacker.send(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ");
    attacker.send(std::string(70'000, 'a'));
    attacker.send("\r\n\r\n");
    attacker.read_to_end();
  }
  PlainClient client{running.port};
  client.send(post(ask()));
  CHECK(status_of(client.read_reply()) == 200);
}

TEST_CASE("a port that is taken is named, with the host that wanted it") {
  Running running{fleet_of()};
  config::Fleet fleet = fleet_of();
  fleet.hosts[0].port = running.port;
  boost::asio::io_context io;
  providers::SimulatedHosts hosts{io, fleet};
  CHECK_THROWS_WITH_AS(hosts.start(), doctest::Contains(std::to_string(running.port).c_str()),
                       std::runtime_error);
  std::ostringstream out;
  CHECK(providers::run_hosts(fleet, out) == 1);
  CHECK(out.str().find("simulated host one cannot listen on 127.0.0.1:") != std::string::npos);
}

namespace {

// Sends the process a signal when what was written is flushed: the hosts are then listening.
class SignalOnFlush final : public std::stringbuf {
 public:
  int sync() override {
    ::raise(SIGTERM);
    return 0;
  }
};

}  // namespace

TEST_CASE("the command says where its hosts are and ends cleanly on a signal") {
  SignalOnFlush buffer;
  std::ostream out{&buffer};
  CHECK(providers::run_hosts(fleet_of(), out) == 0);
  const std::string text = buffer.str();
  CHECK(text.find("http://127.0.0.1:") != std::string::npos);
  CHECK(text.find("curl -N http://127.0.0.1:") != std::string::npos);
  CHECK(text.find("model-1") != std::string::npos);

  config::Fleet none;
  std::ostringstream refused;
  CHECK(providers::run_hosts(none, refused) == 1);
}
