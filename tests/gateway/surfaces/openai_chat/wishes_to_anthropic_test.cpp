// How a client of OpenAI's wants to be answered, as Anthropic is told it.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "providers/dialect/unsaid.hpp"
#include "tests/support/said_to_anthropic.hpp"

using namespace support;
using providers::HostModel;
namespace json = boost::json;

TEST_CASE("how much is thought is a budget of tokens at older models, an effort at newer ones") {
  struct Row {
    std::string members;
    const HostModel& model;
    std::string thinking, effort;
    Names dropped;
  };
  const std::string budget = R"({"type":"enabled","budget_tokens":)";
  const std::string adaptive = R"({"type":"adaptive","display":"summarized"})";
  const std::string force = R"("tool_choice":"required","tools":[)" + a_tool + "]";
  for (const Row& row : std::vector<Row>{
           {"", older, "", "", {}},
           {"", newer, "", "", {}},
           {R"("reasoning_effort":"high","max_tokens":5000)", older, budget + "4000}", "", {}},
           {R"("reasoning_effort":"minimal","max_tokens":5000)", older, budget + "1024}", "", {}},
           {R"("reasoning_effort":"max","max_tokens":1025)", older, budget + "1024}", "", {}},
           {R"("reasoning_effort":"max","max_tokens":1024)", older, "", "", {"reasoning"}},
           {R"("reasoning":{"max_tokens":3000})", older, budget + "3000}", "", {}},
           {R"("reasoning":{"max_tokens":3000},"max_tokens":2000)", older, budget + "1999}", "", {}},
           {R"("reasoning":{"max_tokens":10})", older, budget + "1024}", "", {}},
           {R"("reasoning":{"enabled":true},"max_tokens":5000)", older, budget + "2500}", "", {}},
           {R"("reasoning_effort":"none")", older, R"({"type":"disabled"})", "", {}},
           {R"("reasoning_effort":"none")", newer, R"({"type":"disabled"})", "", {}},
           {R"("reasoning_effort":"minimal")", newer, adaptive, "low", {}},
           {R"("reasoning_effort":"xhigh")", newer, adaptive, "xhigh", {}},
           {R"("reasoning":{"effort":"high","exclude":true})",
            newer,
            R"({"type":"adaptive","display":"omitted"})",
            "high",
            {}},
           {R"("reasoning":{"max_tokens":2000},"max_tokens":10000)", newer, adaptive, "low", {}},
           {R"("reasoning":{"max_tokens":5000},"max_tokens":10000)", newer, adaptive, "medium", {}},
           {R"("reasoning":{"max_tokens":9000},"max_tokens":10000)", newer, adaptive, "high", {}},
           {R"("reasoning_effort":"high",)" + force, older, "", "", {"reasoning"}},
           {R"("reasoning_effort":"high",)" + force, newer, "", "", {"reasoning"}}}) {
    CAPTURE(row.members);
    const Said written = said(chat(row.members), row.model);
    CHECK(written.dropped == row.dropped);
    CHECK(written.body.contains("thinking") == !row.thinking.empty());
    if (!row.thinking.empty()) CHECK(written.body.at("thinking") == json::parse(row.thinking));
    CHECK(written.body.contains("output_config") == !row.effort.empty());
    if (!row.effort.empty()) CHECK(written.body.at("output_config") == json::object{{"effort", row.effort}});
  }
}

TEST_CASE(
    "thinking goes with no other temperature, with no answer begun, and with nothing that was not thought "
    "before") {
  const std::string think = R"("reasoning_effort":"high")";
  CHECK(said(chat(think + R"(,"temperature":0.2,"top_k":4,"top_p":0.5)")).dropped ==
        Names{"temperature", "top_p", "top_k"});
  const Said fits = said(chat(think + R"(,"temperature":1.0,"top_p":0.96)"));
  CHECK(fits.dropped.empty());
  CHECK(fits.body.at("top_p") == 0.96);
  CHECK_FALSE(fits.body.contains("temperature"));

  CHECK(said(chat(think, R"({"role":"user","content":"a"},{"role":"assistant","content":"b"})")).dropped ==
        Names{"reasoning"});

  const auto tool_loop = [&](const std::string& details) {
    return chat(think, R"({"role":"user","content":"a"},{"role":"assistant","reasoning_details":[)" +
                           details +
                           R"(],"tool_calls":[{"id":"1","function":{"name":"f"}}]},)"
                           R"({"role":"tool","tool_call_id":"1","content":"x"})");
  };
  const std::string signed_one =
      R"({"type":"reasoning.text","text":"t","signature":"s","format":"anthropic-claude-v1"})";
  const std::string foreign = R"({"type":"reasoning.encrypted","data":"t","format":"openai-responses-v1"})";
  CHECK(said(tool_loop(signed_one)).dropped.empty());
  CHECK(said(tool_loop(signed_one)).body.at("messages").at(1).at("content").at(0) ==
        json::parse(R"({"type":"thinking","thinking":"t","signature":"s"})"));
  CHECK(said(tool_loop("")).dropped == Names{"reasoning"});
  CHECK(said(tool_loop("")).body.contains("thinking") == false);
  CHECK(said(tool_loop(foreign)).dropped == Names{"reasoning_details", "reasoning"});
  CHECK(said(tool_loop(foreign), newer).dropped == Names{"reasoning_details"});
  CHECK(said(tool_loop(R"({"type":"reasoning.encrypted","data":"t"})"))
            .body.at("messages")
            .at(1)
            .at("content")
            .at(0) == json::parse(R"({"type":"redacted_thinking","data":"t"})"));
}

TEST_CASE("how an answer is drawn is said as far as the model takes it") {
  const Said both = said(chat(R"("temperature":0.7,"top_p":0.9,"top_k":40)"));
  CHECK(both.body.at("temperature") == 0.7);
  CHECK_FALSE(both.body.contains("top_p"));
  CHECK(both.body.at("top_k") == 40);
  CHECK(both.dropped == Names{"top_p"});
  const Said one = said(chat(R"("top_p":0.9)"));
  CHECK(one.body.at("top_p") == 0.9);
  CHECK(one.dropped.empty());
  const Said none = said(chat(R"("temperature":0.7,"top_p":0.9,"top_k":40)"), newer);
  CHECK_FALSE(none.body.contains("temperature"));
  CHECK_FALSE(none.body.contains("top_p"));
  CHECK_FALSE(none.body.contains("top_k"));
  CHECK(said(chat(R"("user":")" + std::string(300, 'u') + '"')).dropped == Names{"user"});
}

TEST_CASE("a JSON schema goes to models that follow one") {
  const std::string form =
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}})";
  CHECK(said(chat(form), newer).body.at("output_config") ==
        json::parse(R"({"format":{"type":"json_schema","schema":{"type":"object"}}})"));
  CHECK(said(chat(form + R"(,"reasoning_effort":"low")"), newer).body.at("output_config") ==
        json::parse(R"({"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}})"));
  const std::string strict = R"("tools":[{"type":"function","function":{"name":"f","strict":true}}])";
  CHECK(said(chat(strict), newer).body.at("tools").at(0).at("strict") == true);
  CHECK_FALSE(said(chat(strict), older).body.at("tools").at(0).as_object().contains("strict"));
  CHECK(said(chat(R"("cache_control":{"type":"ephemeral"})")).body.at("cache_control") ==
        json::parse(R"({"type":"ephemeral"})"));
}

TEST_CASE("what Anthropic cannot be told leaves it out, or is named as dropped") {
  const auto names = [](const std::string& body, const HostModel& model) {
    providers::JsonTokens tokens;
    const gateway::Conversed read = gateway::conversation_of(body, tokens);
    REQUIRE(read.has_value());
    const providers::Unsaid found =
        providers::unsaid(*read, providers::anthropic_dialect().interpreter()->carries(model));
    Names all(found.needs.begin(), found.needs.end());
    all.emplace_back("|");
    all.insert(all.end(), found.hints.begin(), found.hints.end());
    return all;
  };
  const HostModel plain{"c", {}, Thinking::none, true, false, true};
  CHECK(
      names(
          chat(
              R"("logprobs":true,"n":2,"seed":1,"response_format":{"type":"json_object"},"logit_bias":{"1":1})"),
          older) == Names{"response_format", "seed", "logprobs", "n", "logit_bias", "|"});
  CHECK(names(chat(R"("frequency_penalty":1,"presence_penalty":1,"metadata":{"a":"b"},"min_p":0.1)"),
              older) == Names{"|", "frequency_penalty", "presence_penalty", "metadata", "min_p"});
  CHECK(names(chat(R"("temperature":0.5,"top_p":0.5,"top_k":5,"reasoning_effort":"low")"), newer) ==
        Names{"|", "temperature", "top_p", "top_k"});
  CHECK(names(chat(R"("reasoning_effort":"low")"), plain) == Names{"reasoning", "|"});
  CHECK(names(chat(R"("reasoning_effort":"none")"), plain) == Names{"|"});
  const std::string form =
      R"("response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object"}}})";
  CHECK(names(chat(form), older) == Names{"response_format", "|"});
  CHECK(names(chat(form), newer) == Names{"|"});
  CHECK(
      names(
          chat(
              "",
              R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"x","format":"wav"}}]})"),
          older) == Names{"input_audio", "|"});
  CHECK(names(chat("", R"({"role":"assistant","content":"a"},{"role":"user","content":"b"})"), older) ==
        Names{"messages", "|"});
}
