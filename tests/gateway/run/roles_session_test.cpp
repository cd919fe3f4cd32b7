// Who may look at the gateway and who may change it, and what is to be seen of those who may not.
#include <doctest/doctest.h>

#include "gateway/observe/log_line.hpp"
#include "tests/support/reloading_door.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Offers;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string key(const std::string& name, const std::string& role) {
  const std::string hash = name == "app" ? "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
                                         : "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";
  return "  - {name: " + name + ", sha256: " + hash + (role.empty() ? "" : ", role: " + role) + "}\n";
}

const std::string as_app = "Authorization: Bearer secret\r\n";

// A gateway whose key `app` has a role.
struct World : ReloadingDoor {
  explicit World(const std::string& role)
      : ReloadingDoor(three_host_yaml(role == "keyless" ? "" : "keys:\n" + key("app", role))) {}

  // The status, and the code of an error behind it: "403 role_required".
  std::string ask(gateway::Front& front, const std::string& request) {
    Peer& client = &front == &door.front ? door.connect() : door.connect_to_administration();
    client.send(request);
    client.end_writing();
    const std::string reply = client.read_to_end();
    const std::size_t code = reply.find("\"code\":\"");
    const std::string status = reply.substr(9, 3);
    if (code == std::string::npos) return status;
    return status + " " + reply.substr(code + 8, reply.find('"', code + 8) - code - 8);
  }
  std::string look(gateway::Front& front, const std::string& fields = as_app) {
    return ask(front, get("/metrics", fields + "Connection: close\r\n"));
  }
  std::string change(gateway::Front& front, const std::string& fields = as_app) {
    return ask(front, post_to("/admin/reload", "", fields + "Connection: close\r\n"));
  }
};

}  // namespace

TEST_CASE("without an address of administration, a key sees and changes what its role allows") {
  const struct {
    std::string role, looks, changes;
  } cases[] = {{"", "403 role_required", "403 role_required"},
               {"viewer", "200", "403 role_required"},
               {"operator", "200", "200"},
               {"admin", "200", "200"},
               {"none", "403 role_required", "403 role_required"}};
  for (const auto& each : cases) {
    CAPTURE(each.role);
    World world(each.role);
    CHECK(world.look(world.door.front) == each.looks);
    CHECK(world.ask(world.door.front, get("/admin/endpoints", as_app + "Connection: close\r\n")) ==
          each.looks);
    CHECK(world.change(world.door.front) == each.changes);
    CHECK(world.look(world.door.front, "") == "401 invalid_api_key");
    CHECK(world.change(world.door.front, "") == "401 invalid_api_key");
    CHECK(world.ask(world.door.front, get("/v1/models", as_app + "Connection: close\r\n")) == "200");
    CHECK(world.door.pages.reloads == (each.changes == "200" ? 1 : 0));
  }
}

TEST_CASE("the quickstart, where there is no key, is open to this machine, to look and to reload") {
  World world("keyless");
  CHECK(world.look(world.door.front, "") == "200");
  CHECK(world.change(world.door.front, "") == "200");
}

TEST_CASE("at its own address, administration shows without a key, and changes for a role alone") {
  for (const std::string role : {"", "viewer", "operator"}) {
    CAPTURE(role);
    World world(role);
    CHECK(world.look(world.door.administration, "") == "200");
    CHECK(world.change(world.door.administration, "") == "401 invalid_api_key");
    CHECK(world.change(world.door.administration) == (role == "operator" ? "200" : "403 role_required"));
    world.door.front.offers = Offers::inference;
    CHECK(world.look(world.door.front) == "404 unknown_path");
    CHECK(world.change(world.door.front) == "404 unknown_path");
  }
  World open("keyless");
  CHECK(open.change(open.door.administration, "") == "200");
}

TEST_CASE("where no key is asked for, a name that another site may have is no name of this machine") {
  World world("keyless");
  const auto to = [&](const std::string& host, const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  };
  for (gateway::Front* front : {&world.door.front, &world.door.administration}) {
    for (const char* host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.0.7"}) {
      CAPTURE(host);
      CHECK(world.ask(*front, to(host, "/metrics")) == "403 foreign_host");
      CHECK(world.ask(*front, to(host, "/healthz")) == "200");
    }
    for (const char* host : {"localhost", "LocalHost:8080", "127.0.0.1:9464", "[::1]:9464"}) {
      CAPTURE(host);
      CHECK(world.ask(*front, to(host, "/metrics")) == "200");
    }
  }
  CHECK(world.ask(world.door.front, to("evil.example", "/v1/models")) == "403 foreign_host");
  world.door.administration.reach = gateway::Reach::others;
  CHECK(world.ask(world.door.administration, to("isocost.internal:9464", "/metrics")) == "200");
}

TEST_CASE("a page of another site neither looks nor changes, whatever key it has; the gateway's own does") {
  World world("admin");
  world.door.administration.reach = gateway::Reach::others;
  const std::string foreign = as_app + "Origin: https://evil.example\r\n";
  CHECK(world.look(world.door.front, foreign) == "403 foreign_origin");
  CHECK(world.change(world.door.front, foreign) == "403 foreign_origin");
  CHECK(world.look(world.door.administration, foreign) == "403 foreign_origin");
  CHECK(world.change(world.door.administration, foreign) == "403 foreign_origin");
  const auto from_itself = [&](const std::string& origin) {
    return world.ask(world.door.administration,
                     "GET /metrics HTTP/1.1\r\nHost: gw.internal:9464\r\nOrigin: " + origin +
                         "\r\nConnection: close\r\n\r\n");
  };
  CHECK(from_itself("http://gw.internal:9464") == "200");
  CHECK(from_itself("http://gw.internal:3000") == "403 foreign_origin");
}

TEST_CASE("who is refused before it is served is counted by a reason and logged, without a word of its own") {
  World world("viewer");
  const std::string guess = "Authorization: Bearer sk-guess-7f3a\r\n";
  gateway::Front& front = world.door.front;
  const struct {
    std::string request, answer, path, reason, key;
  } cases[] = {
      {post(chat_whole), "401 invalid_api_key", "/v1/chat/completions", "missing_api_key", ""},
      {post(chat_whole, guess), "401 invalid_api_key", "/v1/chat/completions", "invalid_api_key", ""},
      {get("/wp-login.php", guess), "404 unknown_path", "unknown", "unknown_path", ""},
      {get("/v1/chat/completions", guess), "405 method_not_allowed", "/v1/chat/completions",
       "method_not_allowed", ""},
      {post_to("/admin/reload", "", as_app), "403 role_required", "/admin/reload", "role_required", "app"},
      {get("/v1/models/nobodys", as_app), "404 model_not_found", "/v1/models/{model}", "model_not_found",
       "app"},
      {post_to("/v1/route/explain", "{", as_app), "400 ", "/v1/route/explain", "", "app"},
  };
  std::size_t seen = 0;
  for (const auto& each : cases) {
    CAPTURE(each.request);
    CHECK(world.ask(front, each.request).starts_with(each.answer));
    REQUIRE(world.door.records().size() == ++seen);
    const gateway::Record& record = *world.door.records().back();
    CHECK(record.path == each.path);
    CHECK(record.key == each.key);
    CHECK(record.ending == gateway::Ending::refused);
    CHECK(!record.error.empty());
    if (!each.reason.empty()) CHECK(record.error == each.reason);
    std::string line;
    gateway::append_log_line(record, line);
    CHECK(contains(line, "\"error\":\"" + record.error + "\""));
    CHECK(!contains(line, "guess"));
    CHECK(!contains(line, "wp-login"));
    world.door.metrics.record(record);
  }
  CHECK(world.door.counted("isocost_rejected_requests_total{code=\"missing_api_key\"}") == 1);
  CHECK(world.door.counted("isocost_rejected_requests_total{code=\"invalid_api_key\"}") == 1);
  CHECK(world.door.counted("isocost_rejected_requests_total{code=\"unknown_path\"}") == 1);
  CHECK(!contains(world.door.metrics.text(), "wp-login"));

  front.draining = true;
  CHECK(world.ask(front, get("/readyz")) == "503 draining");
  CHECK(world.door.records().back()->error == "draining");
  CHECK(world.door.records().back()->path == "/readyz");
}

TEST_CASE("a host's 401 and 402 are told from each other and from a client's own 401") {
  for (const auto& [status, code, outcome] : {std::tuple(401, "provider_auth_error", "credential"),
                                              std::tuple(402, "provider_payment_error", "payment")}) {
    const auto& shown = status;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    World each("viewer");
    for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
      each.door.world.script(host, refuses(status));
    Peer& client = each.door.connect();
    client.send(post(chat_whole, as_app + "Connection: close\r\n"));
    for (int i = 0; i < 5; ++i) each.door.world.advance(1s);
    const std::string reply = client.read_to_end();
    CHECK(reply.starts_with("HTTP/1.1 502 "));
    CHECK(contains(reply, std::string("\"code\":\"") + code));
    const gateway::Record& record = *each.door.records().back();
    each.door.metrics.record(record);
    CHECK(each.door.counted("isocost_attempts_total{endpoint=\"cheap\",model=\"m\",outcome=\"" +
                            std::string(outcome) + "\"}") == 1);
    CHECK(each.door.counted(std::string("isocost_rejected_requests_total{code=\"") + code + "\"}") == 1);
    CHECK(each.door.counted("isocost_rejected_requests_total{code=\"invalid_api_key\"}") == 0);
    std::string line;
    gateway::append_log_line(record, line);
    CHECK(contains(line, "\"failure\":\"credential\",\"status\":" + std::to_string(status)));
  }
}

TEST_CASE("an endpoint is drained by who may change something, and who did it is written down") {
  const struct {
    std::string role, drains;
  } cases[] = {
      {"viewer", "403 role_required"}, {"operator", "200"}, {"admin", "200"}, {"", "403 role_required"}};
  for (const auto& each : cases) {
    CAPTURE(each.role);
    World world(each.role);
    const auto post = [&](const std::string& path, const std::string& fields = as_app) {
      return world.ask(world.door.front, post_to(path, "", fields + "Connection: close\r\n"));
    };
    CHECK(post("/admin/endpoints/a/drain") == each.drains);
    CHECK(post("/admin/endpoints/a/drain", "") == "401 invalid_api_key");
    CHECK(post("/admin/endpoints/a/drain", as_app + "Origin: http://other.example.com\r\n") ==
          (each.drains == "200" ? "403 foreign_origin" : each.drains));
    CHECK(world.ask(world.door.front, get("/admin/endpoints/a/drain", as_app + "Connection: close\r\n")) ==
          "405 method_not_allowed");
    if (each.drains != "200") {
      CHECK(world.door.pages.noted.empty());
      continue;
    }
    CHECK(post("/admin/endpoints/b/resume") == "404 unknown_endpoint");
    REQUIRE(world.door.pages.noted.size() == 2);
    const gateway::Change& first = world.door.pages.noted[0];
    CHECK(first.who == "app");
    CHECK(first.what == "POST /admin/endpoints/{name}/drain");
    CHECK(first.whom == "a");
    CHECK(first.status == 200);
    CHECK(world.door.pages.noted[1].status == 404);
  }
}
