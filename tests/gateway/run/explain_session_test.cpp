// POST /v1/route/explain as its callers see it, over HTTP.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/close.hpp"
#include "tests/support/reloading_door.hpp"

using namespace std::chrono_literals;
using namespace support;
namespace json = boost::json;

namespace {

const std::string as_app = "Authorization: Bearer secret\r\n";

struct Answer {
  std::string status, head, body;

  json::value page() const { return json::parse(body); }
  bool has(std::string_view field) const { return head.find(field) != std::string::npos; }
};

struct World : ReloadingDoor {
  using ReloadingDoor::ReloadingDoor;

  Answer ask(const std::string& request) {
    Peer& client = door.connect();
    client.send(request);
    client.end_writing();
    const std::string reply = client.read_to_end();
    const std::size_t end = reply.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    return {.status = reply.substr(9, 3), .head = reply.substr(0, end + 2), .body = reply.substr(end + 4)};
  }
  Answer explain(const std::string& body, const std::string& fields = "", const std::string& query = "") {
    return ask(post_to("/v1/route/explain" + query, body, fields + "Connection: close\r\n"));
  }
};

std::vector<std::string> endpoints_of(const json::value& candidates) {
  std::vector<std::string> names;
  for (const json::value& each : candidates.as_array()) names.emplace_back(each.at("endpoint").as_string());
  return names;
}

}  // namespace

TEST_CASE("the body of a call, streamed or not, is explained as JSON, and nobody is asked") {
  World world;
  for (const std::string& body : {chat_whole, chat_stream}) {
    const Answer answer = world.explain(body);
    CHECK(answer.status == "200");
    CHECK(answer.has("Content-Type: application/json\r\n"));
    CHECK(answer.has("x-request-id: req_"));
    CHECK(answer.has("x-isocost-policy: steady\r\n"));
    CHECK(answer.has("x-isocost-decision: reason=best; candidates=3/3; cost=$"));
    CHECK(!answer.has("x-isocost-endpoint"));  // nobody served it
    const json::value page = answer.page();
    CHECK(page.at("chosen").as_string() == "cheap");
    CHECK(page.at("policy").at("name").as_string() == "steady");
    CHECK(page.at("request").at("stream").as_bool() == (body == chat_stream));
    CHECK(endpoints_of(page.at("candidates")) == std::vector<std::string>{"cheap", "middle", "dear"});
    const json::value& first = page.at("candidates").at(0);
    const json::value& cost = first.at("cost");
    double sum = 0;
    for (const char* term : {"price", "ttft", "generation", "quota", "quality", "failure"}) {
      sum += cost.at(term).to_number<double>();
    }
    CHECK(sum == support::close(cost.at("total").to_number<double>()));
    CHECK(first.at("rank").to_number<int>() == 1);
    CHECK(first.at("propensity").to_number<double>() == support::close(1));
    CHECK(first.at("predicted").at("ttft_log_sd").to_number<double>() > 0);
  }
  for (const ScriptedProvider* host : world.door.world.scripted) CHECK(host->requests.empty());
  CHECK(world.door.records().empty());
}

TEST_CASE("who explains a body of another API than chat is told how to say so") {
  World world;
  const Answer answer = world.explain(R"({"model":"m","input":"Hello"})");
  CHECK(answer.status == "400");
  CHECK(answer.body.find("messages") != std::string::npos);
  CHECK(answer.body.find("?api=") != std::string::npos);
  CHECK(answer.body.find("`embeddings`") != std::string::npos);
  const Answer said = world.explain(R"({"model":"m","input":"Hello"})", "", "?api=chat");
  CHECK(said.status == "400");
  CHECK(said.body.find("?api=") == std::string::npos);
}

TEST_CASE("what is explained is what the call then gets") {
  World world;
  world.door.world.script(ServedWorld::middle, document(whole_answer));
  const std::string body =
      R"({"model":"m","provider":{"ignore":["cheap"]},"messages":[{"role":"user","content":"Hi"}]})";
  const Answer answer = world.explain(body);
  CHECK(answer.page().at("chosen").as_string() == "middle");
  const json::value removed = answer.page().at("removed").at(0);
  CHECK(removed.at("endpoint").as_string() == "cheap");
  CHECK(removed.at("text").as_string() == "left out by the request's own provider.ignore");
  CHECK(world.ask(post(body, "Connection: close\r\n")).has("x-isocost-endpoint: middle\r\n"));
}

TEST_CASE("it is at /api/v1 too, and as a table for people") {
  World world;
  CHECK(world.ask(post_to("/api/v1/route/explain", chat_whole, "Connection: close\r\n")).status == "200");
  const Answer table = world.explain(chat_whole, "", "?format=table&columns=100");
  CHECK(table.status == "200");
  CHECK(table.has("Content-Type: text/plain; charset=utf-8\r\n"));
  CHECK(table.has("x-isocost-policy: steady\r\n"));
  CHECK(table.body.find("▶") != std::string::npos);
  CHECK(table.body.find("cheap") != std::string::npos);
}

TEST_CASE("with nobody left it is a 200 that says why of each, and the smallest relaxation that helps") {
  World world(three_host_yaml("  strict: {extends: steady, require: [price.output <= 0.005 $/Mtok]}\n"));
  const Answer answer = world.explain(chat_whole, "x-isocost-policy: strict\r\n");
  CHECK(answer.status == "200");
  CHECK(answer.has("x-isocost-decision: reason="));
  const json::value page = answer.page();
  CHECK(page.at("chosen").is_null());
  CHECK(page.at("candidates").as_array().empty());
  CHECK(endpoints_of(page.at("removed")) == std::vector<std::string>{"cheap", "middle", "dear"});
  for (const json::value& each : page.at("removed").as_array()) {
    CHECK(each.at("because").as_string() == "policy_require");
    CHECK(each.at("missed_by").to_number<double>() > 0);
  }
  CHECK(page.at("smallest_relaxation").at("endpoint").as_string() == "cheap");
  CHECK(page.at("smallest_relaxation").at("text").as_string() ==
        "cheap would be let in by giving up `price.output <= 0.005 $/Mtok` (it is 0.01 $/Mtok)");
}

TEST_CASE("a policy that the key may not use is a 403 that names those it may") {
  World world(three_host_yaml("keys:\n" + key_of_app.substr(0, key_of_app.size() - 2) +
                              ", policies: [steady, cheapest]}\n"));
  const Answer answer = world.explain(chat_whole, as_app + "x-isocost-policy: fastest\r\n");
  CHECK(answer.status == "403");
  CHECK(answer.has("x-request-id: req_"));
  CHECK(answer.has("x-should-retry: false\r\n"));
  const json::value error = answer.page().at("error");
  CHECK(error.at("code").as_string() == "policy_not_allowed");
  CHECK(error.at("param").as_string() == "x-isocost-policy");
  CHECK(error.at("message").as_string() ==
        "the key `app` may not use the policy `fastest`; it may use steady, cheapest");
  CHECK(world.explain(chat_whole, as_app + "x-isocost-policy: cheapest\r\n").status == "200");
}

TEST_CASE("what is wrong with a call is said as the call would be told, with a request id") {
  World world(three_host_yaml("keys:\n" + key_of_app));
  const std::string hi = R"("messages":[{"role":"user","content":"Hi"}])";
  const struct {
    std::string body, fields, status, code, says;
  } rows[] = {
      {"", as_app, "400", "invalid_json", ""},
      {R"({"model":"m",)", as_app, "400", "invalid_json", ""},
      {R"(["model"])", as_app, "400", "invalid_type", ""},
      {R"({"model":"m"})", as_app, "400", "missing_member", "messages"},
      {"{" + hi + "}", as_app, "400", "missing_member", "model"},
      {R"({"model":"m","messages":"Hi"})", as_app, "400", "invalid_type", "messages"},
      {R"({"model":"m","model":"m",)" + hi + "}", as_app, "400", "duplicate_key", "model"},
      {R"({"model":"n",)" + hi + "}", as_app, "404", "model_not_found", "Did you mean `m`?"},
      {R"({"model":"m:chepest",)" + hi + "}", as_app, "400", "policy_not_found", "cheapest"},
      {chat_whole, as_app + "x-isocost-policy: stedy\r\n", "400", "policy_not_found", "steady"},
      {R"({"model":"m","provider":{"only":["cheep"]},)" + hi + "}", as_app, "400", "invalid_preference",
       "cheap"},
      {chat_whole, "", "401", "invalid_api_key", "No API key was given"},
      {chat_whole, "Authorization: Bearer wrong\r\n", "401", "invalid_api_key", "not one of this gateway's"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    const Answer answer = world.explain(row.body, row.fields);
    CAPTURE(answer.body);
    CHECK(answer.status == row.status);
    CHECK(answer.has("Content-Type: application/json\r\n"));
    CHECK(answer.has("x-request-id: req_"));
    const json::value error = answer.page().at("error");
    CHECK(error.at("code").as_string() == row.code);
    CHECK(answer.body.find(row.says) != std::string::npos);
    CHECK(!answer.page().at("error").at("message").as_string().empty());
  }
  const Answer wrong_method = world.ask(get("/v1/route/explain", as_app + "Connection: close\r\n"));
  CHECK(wrong_method.status == "405");
  CHECK(wrong_method.has("Allow: POST\r\n"));
}

TEST_CASE("a reload changes what is explained at once") {
  World world;
  CHECK(world.explain(chat_whole).page().at("chosen").as_string() == "cheap");
  CHECK(world.reload_with(three_host_yaml("", "middle dear")).first == "200");
  const json::value page = world.explain(chat_whole).page();
  CHECK(page.at("chosen").as_string() == "middle");
  CHECK(page.at("generation").to_number<int>() == 2);
}

TEST_CASE("explaining spends nothing of what exploring may spend, and learns nothing") {
  World world;
  const double before = world.door.world.services.purse.dollars();
  const auto snapshot = world.door.world.services.snapshot;
  for (int i = 0; i < 20; ++i) world.explain(chat_whole, "x-isocost-policy: balanced\r\n");
  CHECK(world.door.world.services.purse.dollars() == before);
  CHECK(world.door.world.services.snapshot == snapshot);
  CHECK(world.door.world.in_flight() == 0);
}
