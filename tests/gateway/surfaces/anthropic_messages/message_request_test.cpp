#include "gateway/surfaces/anthropic_messages/message_request.hpp"

#include <doctest/doctest.h>

#include <string>

#include "gateway/surface/upstream_body.hpp"

using namespace gateway;
using config::Feature;

namespace {

Inspected inspected(const std::string& body, Purpose purpose = Purpose::answer) {
  providers::JsonTokens tokens;
  return inspect_messages(body, tokens, purpose);
}

std::string body_of(const std::string& members) {
  return R"({"model":"m","max_tokens":9,)" + members + "}";
}

bool needs(const Inspected& asked, Feature feature) {
  return asked->needs.test(static_cast<std::size_t>(feature));
}

// What a host of the same API is sent.
std::string sent(const std::string& body) {
  const Inspected asked = inspected(body);
  REQUIRE(asked.has_value());
  const UpstreamBody upstream(*asked, body, "host-model");
  std::string text;
  for (const std::string_view piece : upstream.pieces()) text.append(piece);
  CHECK(text.size() == upstream.size());
  return text;
}

}  // namespace

TEST_CASE("what routing must know of a body of Messages is found in it") {
  const Inspected asked = inspected(R"({"model":"claude","max_tokens":100,"stream":true,"system":"Be brief.",
    "messages":[{"role":"user","content":[{"type":"text","text":"Hi"},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
      {"type":"document","source":{"type":"url","url":"https://a.org/b.pdf"}}]},
      {"role":"assistant","content":"It"}],
    "tools":[{"name":"f","input_schema":{"type":"object"}}],"thinking":{"type":"enabled","budget_tokens":2000},
    "output_config":{"format":{"type":"json_schema","schema":{}}},"metadata":{"user_id":"u-1"},"n":5})");
  REQUIRE(asked.has_value());
  CHECK(asked->model == "claude");
  CHECK(asked->stream);
  CHECK(asked->wants_usage);
  CHECK(asked->max_output->count == 100);
  CHECK(asked->user == "u-1");
  CHECK(asked->choices == 1);  // `n` is a word of another API
  for (const Feature each : {Feature::tools, Feature::images, Feature::files, Feature::reasoning,
                             Feature::json_schema, Feature::prefill}) {
    CHECK(needs(asked, each));
  }
  CHECK(asked->pictures == 1);         // a document is none
  CHECK(asked->messages.size() == 3);  // the system comes first
  CHECK(asked->prefix_tokens.size() == 3);
  CHECK(asked->prefix_tokens.back() == asked->prompt.count);
}

TEST_CASE("how often Anthropic's search may be used is read") {
  const auto searches = [](const std::string& members) {
    const Inspected asked = inspected(body_of(R"("messages":[{"role":"user","content":"Hi"}],)" + members));
    REQUIRE(asked.has_value());
    return asked->searches;
  };
  CHECK(searches(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}])") == 3);
  CHECK(searches(R"("tools":[{"type":"web_search_20250305","name":"web_search"}])") == 5);
  CHECK(searches(R"("tools":[{"type":"web_fetch_20250910","name":"web_fetch","max_uses":3}])") == 0);
  CHECK(searches(R"("tools":[{"name":"web_search","input_schema":{}}])") == 0);
}

TEST_CASE("of Anthropic's own tools the client runs some, and the host the others") {
  const auto runs = [](const std::string& members) {
    const Inspected asked = inspected(body_of(R"("messages":[{"role":"user","content":"Hi"}],)" + members));
    REQUIRE(asked.has_value());
    return asked->host_runs_tools;
  };
  CHECK_FALSE(
      runs(R"("tools":[{"name":"f","input_schema":{}},{"type":"custom","name":"g","input_schema":{}}])"));
  CHECK_FALSE(
      runs(R"("tools":[{"type":"bash_20250124","name":"bash"},{"type":"memory_20250818","name":"m"}])"));
  CHECK(runs(R"("tools":[{"type":"web_search_20250305","name":"web_search"}])"));
  CHECK(runs(R"("tools":[{"type":"code_execution_20250825","name":"code_execution"}])"));
  CHECK(runs(R"("mcp_servers":[{"type":"url","url":"https://x","name":"x"}])"));
}

TEST_CASE("that something is to be cached, and for an hour, is known wherever it is said") {
  using Marks = routing::CacheMarks;
  const auto marks_of = [](const std::string& members) {
    const Inspected asked = inspected(body_of(members));
    REQUIRE(asked.has_value());
    return asked->cache_marks;
  };
  const std::string hour = R"("cache_control":{"type":"ephemeral","ttl":"1h"})";
  const std::string messages = R"("messages":[{"role":"user","content":"Hi"}])";
  CHECK(marks_of(messages) == Marks::none);
  CHECK(marks_of(messages + "," + hour) == Marks::hour);
  CHECK(marks_of(messages + R"(,"system":[{"type":"text","text":"S",)" + hour + "}]") == Marks::hour);
  CHECK(marks_of(messages + R"(,"tools":[{"name":"f","input_schema":{},)" + hour + "}]") == Marks::hour);
  CHECK(marks_of(R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi",)" + hour + "}]}]") ==
        Marks::hour);
  for (const std::string usual : {R"({"type":"ephemeral"})", R"({"type":"ephemeral","ttl":"5m"})",
                                  R"({"ttl":1})", R"({"ttl":{"ttl":"1h"}})"}) {
    CHECK(marks_of(messages + R"(,"cache_control":)" + usual) == Marks::usual);
    CHECK(marks_of(messages + R"(,"cache_control":)" + usual + R"(,"system":[{"type":"text","text":"S",)" +
                   hour + "}]") == Marks::hour);
  }
  for (const std::string other : {R"("1h")", "null"})
    CHECK(marks_of(messages + R"(,"cache_control":)" + other) == Marks::none);
}

TEST_CASE("thinking that a model may do, and a document given as text, need nothing of a host") {
  const Inspected asked = inspected(body_of(R"("thinking":{"type":"adaptive"},"messages":[{"role":"user",
    "content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Hi"}}]}])"));
  REQUIRE(asked.has_value());
  CHECK(!needs(asked, Feature::reasoning));
  CHECK(!needs(asked, Feature::files));
  CHECK(asked->prompt.count < 20);
}

TEST_CASE("an attribution that changes with the caller's version is no part of what hosts may have cached") {
  const auto pieces = [](const std::string& version) {
    return inspected(
               body_of(
                   R"("system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=)" + version +
                   R"("},{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":"Hi"}])"))
        ->messages.size();
  };
  CHECK(pieces("1") == 2);
}

TEST_CASE(
    "a host of the same API gets the client's bytes but for the model's name and the router's members") {
  CHECK(
      sent(
          R"( {"provider":{"sort":"price"}, "model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user",
    "content":"Hi"}], "from_the_future": [1.50]} )") ==
      R"({"model":"host-model","max_tokens":9,"stream":true,"messages":[{"role":"user",
    "content":"Hi"}], "from_the_future": [1.50]})");
}

TEST_CASE("thinking that nobody signed is not sent to hosts that ask for a signature") {
  const std::string ours = R"({"type":"thinking","thinking":"Hm","signature":"isocost-unsigned"})";
  const std::string theirs = R"({"type":"thinking","thinking":"Hm","signature":"c2ln"})";
  const std::string text = R"({"type":"text","text":"Hi"})";
  const auto turn = [](const std::string& content) {
    return body_of(R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[)" + content +
                   R"(]},{"role":"user","content":"So?"}])");
  };
  const auto host_gets = [&](const std::string& content) {
    std::string expected = turn(content);
    return expected.replace(expected.find("\"m\""), 3, "\"host-model\"");
  };
  CHECK(sent(turn(ours + " , " + text)) == host_gets(text));
  CHECK(sent(turn(text + ", " + ours)) == host_gets(text));
  CHECK(sent(turn(ours + "," + ours + "," + text + "," + ours + "," + theirs)) ==
        host_gets(text + "," + theirs));
  CHECK(sent(turn(theirs + "," + text)) == host_gets(theirs + "," + text));
  CHECK(sent(turn(ours)) == host_gets(""));
  const std::string kept = R"({"type":"thinking","thinking":"","signature":"isocost.signed.1|||Hm"})";
  const std::string closed =
      R"({"type":"redacted_thinking","data":"isocost.redacted.1|openai-responses-v1|R"})";
  const std::string its_own = R"({"type":"redacted_thinking","data":"R"})";
  CHECK(sent(turn(kept + "," + closed + "," + its_own + "," + text)) == host_gets(its_own + "," + text));
}

TEST_CASE("thinking that its client did not read is counted as what is said in it") {
  const std::string said(4'000, 'a');
  const auto prompt = [&](const std::string& block) {
    const Inspected asked = inspected(body_of(
        R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[)" + block + "]}]"));
    REQUIRE(asked.has_value());
    return asked->prompt.count;
  };
  const auto shown =
      prompt(R"({"type":"thinking","thinking":")" + said + R"(","signature":"isocost-unsigned"})");
  const auto unread =
      prompt(R"({"type":"thinking","thinking":"","signature":"isocost.signed.1||c2ln|)" + said + "\"}");
  CHECK(unread == shown);
}

TEST_CASE("who goes on with tools that were called after unsigned thinking is not told to think") {
  const auto asks = [](const std::string& thought, const std::string& thinking) {
    return body_of(R"("thinking": )" + thinking + R"(,"messages":[{"role":"user","content":"Hi"},
      {"role":"assistant","content":[)" +
                   thought + R"({"type":"tool_use","id":"1","name":"f","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"x"}]}])");
  };
  const std::string ours = R"({"type":"thinking","thinking":"Hm","signature":"isocost-unsigned"},)";
  const std::string theirs = R"({"type":"thinking","thinking":"Hm","signature":"c2ln"},)";
  const std::string told = R"({"type":"enabled","budget_tokens":2000})";
  CHECK(sent(asks(ours, told)).find(R"("thinking": {"type":"disabled"},)") != std::string::npos);
  CHECK(sent(asks(theirs, told)).find(told) != std::string::npos);
  CHECK(sent(asks(ours, R"({"type":"adaptive"})")).find("adaptive") != std::string::npos);
}

TEST_CASE("however much is cut out of a body, what is sent is one") {
  std::string content = R"({"type":"text","text":"Hi"})";
  for (int i = 0; i < 50; ++i) {
    content +=
        R"(,{"type":"thinking","thinking":"Hm","signature":"isocost-unsigned"},{"type":"text","text":"Hi"})";
  }
  const std::string text = sent(body_of(R"("messages":[{"role":"assistant","content":[)" + content + "]}]"));
  CHECK(text.find("thinking") == std::string::npos);
  CHECK(inspected(text).has_value());
}

TEST_CASE("what is no body of Messages is refused with its place") {
  const auto fault = [](const std::string& body) {
    const Inspected asked = inspected(body);
    REQUIRE(!asked.has_value());
    return std::string(asked.error().code) + " " + asked.error().param;
  };
  CHECK(fault(R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})") == "missing_member max_tokens");
  CHECK(fault(R"({"max_tokens":9,"messages":[{"role":"user","content":"Hi"}]})") == "missing_member model");
  CHECK(fault(body_of(R"("messages":[])")) == "invalid_value messages");
  CHECK(fault(R"({"model":"m","max_tokens":9})") == "missing_member messages");
  CHECK(fault(body_of(R"("messages":[{"content":"Hi"}])")) == "missing_member messages[0].role");
  CHECK(fault(body_of(R"("messages":[{"role":"user","content":[7]}])")) ==
        "invalid_type messages[0].content[0]");
  CHECK(fault(body_of(R"("messages":[{"role":"user","content":7}])")) == "invalid_type messages[0].content");
  CHECK(fault(body_of(R"("messages":"Hi")")) == "invalid_type messages");
  CHECK(fault(body_of(R"("system":7,"messages":[{"role":"user","content":"Hi"}])")) == "invalid_type system");
  CHECK(fault("{") == "invalid_json ");
}

TEST_CASE("a prompt that is only counted needs no limit of its answer") {
  CHECK(
      inspected(R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})", Purpose::count).has_value());
}

TEST_CASE(
    "how much is to be thought is found, an effort before a budget, and nothing where it is switched off") {
  const auto effort = [](const std::string& members) {
    const Inspected asked = inspected(body_of(R"("messages":[{"role":"user","content":"Hi"}],)" + members));
    REQUIRE(asked.has_value());
    return asked->effort;
  };
  using routing::Effort;
  CHECK(effort(R"("stream":true)") == Effort::unsaid);
  CHECK(effort(R"("thinking":{"type":"enabled","budget_tokens":20000})") == Effort::high);
  CHECK(effort(R"("thinking":{"type":"disabled"})") == Effort::off);
  CHECK(effort(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"low"})") == Effort::low);
  CHECK(
      effort(R"("output_config":{"effort":"medium"},"thinking":{"type":"enabled","budget_tokens":20000})") ==
      Effort::medium);
  CHECK(effort(R"("thinking":{"type":"disabled"},"output_config":{"effort":"high"})") == Effort::off);
}

TEST_CASE(
    "OpenRouter's fallbacks are models to turn to, and are not sent to hosts; Anthropic's are its own") {
  const std::string hi = R"("messages":[{"role":"user","content":"Hi"}],)";
  const auto of_router = [&](const std::string& members) {
    providers::JsonTokens tokens;
    return inspect_messages(body_of(hi + members), tokens, Purpose::answer, Fallbacks::for_router);
  };
  const Inspected asked = of_router(R"("fallbacks":[{"model":"a"},{"model":"b"}])");
  REQUIRE(asked.has_value());
  CHECK(asked->models == std::vector<std::string>{"a", "b"});
  CHECK(asked->routing_members.size() == 1);
  const auto fault = [&](const std::string& members) {
    const Inspected read = of_router(members);
    REQUIRE(read.has_error());
    return std::string(read.error().code) + " " + read.error().param;
  };
  CHECK(fault(R"("fallbacks":[{"model":"a","n":1}])") == "unknown_member fallbacks[0].n");
  CHECK(fault(R"("fallbacks":[{}])") == "missing_member fallbacks[0].model");
  CHECK(fault(R"("fallbacks":["a"])") == "invalid_type fallbacks[0]");
  CHECK(fault(R"("fallbacks":[{"model":"a"}],"models":["b"])") == "invalid_value fallbacks");
  CHECK(fault(R"("fallbacks":[{"model":"a"},{"model":"b"},{"model":"c"},{"model":"d"}])") ==
        "invalid_value fallbacks");
  CHECK(of_router(R"("fallbacks":[],"models":["b"])").has_value());
  const std::string own = body_of(hi + R"("fallbacks":[{"model":"a"}])");
  CHECK(inspected(own)->models.empty());
  CHECK(sent(own).find("fallbacks") != std::string::npos);
}
