// What OpenRouter's clients read of hosts' chat replies.
#include "gateway/surfaces/openrouter/chat_editor.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openrouter/finish_word.hpp"
#include "providers/dialects/openai_chat/chat_correction.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "tests/support/close.hpp"

using namespace gateway;

namespace json = boost::json;

namespace {

constexpr StreamIdentity identity{"gen-1", 7, "author/model", 0, "The \"Host\""};
constexpr CostShown cost{.all = {34'000}, .prompt = {19'000}, .completion = {15'000}};

json::object edited(const std::string& data, const std::optional<CostShown>& of_usage = std::nullopt) {
  providers::JsonTokens tokens;
  std::string out;
  ChatEditor(identity).event(data, of_usage, tokens, out);
  CAPTURE(out);
  return json::parse(out).as_object();
}

json::object edited_whole(const std::string& body, const routing::Attempt& attempt = {}) {
  providers::JsonTokens tokens;
  std::string out;
  ChatEditor(identity).whole(body, cost, attempt, tokens, out);
  CAPTURE(out);
  return json::parse(out).as_object();
}

json::object choice(const std::string& members) {
  return edited(R"({"choices":[{)" + members + "}]}").at("choices").at(0).as_object();
}

json::object delta(const std::string& members) {
  return choice(R"("index":0,"delta":{)" + members + R"(},"finish_reason":null)").at("delta").as_object();
}

}  // namespace

TEST_CASE("every chunk has our names, whatever the host calls them, or does not") {
  for (
      const std::string data :
      {R"({"id":"theirs","object":"chat.completion","created":1.5,"model":null,"provider":"X","choices":[]})",
       R"({"choices":[]})", R"({"model":"theirs"})", "{}"}) {
    CAPTURE(data);
    const json::object chunk = edited(data);
    CHECK(chunk.at("id") == "gen-1");
    CHECK(chunk.at("object") == "chat.completion.chunk");
    CHECK(chunk.at("created") == 7);
    CHECK(chunk.at("model") == "author/model");
    CHECK(chunk.at("provider") == "The \"Host\"");
    CHECK(chunk.at("choices") == json::array{});
    CHECK(chunk.size() == 6);
  }
}

TEST_CASE("what a host says beside that is as it came") {
  const json::object chunk =
      edited(R"({"choices":[],"service_tier":"flex","x":{"y":[null,1e400]},"system_fingerprint":"fp"})");
  CHECK(chunk.at("service_tier") == "flex");
  CHECK(chunk.at("system_fingerprint") == "fp");
  CHECK(chunk.at("x").at("y").at(0).is_null());
}

TEST_CASE("nulls that clients refuse are left out of a chunk") {
  const json::object chunk =
      edited(R"({"usage":null,"error":null,"system_fingerprint":null,"choices":[{"index":0,)"
             R"("delta":{"role":null,"content":"a","tool_calls":null,"audio":null,)"
             R"("reasoning_details":null,"reasoning":null,"refusal":null},"finish_reason":null}]})");
  for (const char* gone : {"usage", "error", "system_fingerprint"}) CHECK(!chunk.contains(gone));
  const json::object expected{{"content", "a"}, {"refusal", nullptr}};
  CHECK(chunk.at("choices").at(0).at("delta") == json::value(expected));
}

TEST_CASE("why it ended has one of five words, and the host's own beside it") {
  struct Row {
    std::string_view native, word;
  };
  for (const Row& row :
       {Row{"stop", "stop"}, Row{"eos", "stop"}, Row{"STOP", "stop"}, Row{"end_turn", "stop"},
        Row{"MAX_TOKENS", "length"}, Row{"model_length", "length"}, Row{"tool_use", "tool_calls"},
        Row{"function_call", "tool_calls"}, Row{"SAFETY", "content_filter"},
        Row{"insufficient_system_resource", "error"}, Row{"what?", "stop"}}) {
    CAPTURE(row.native);
    CHECK(finish_word(row.native) == row.word);
    const json::object found =
        choice(R"("index":0,"delta":{},"finish_reason":")" + std::string(row.native) + '"');
    CHECK(found.at("finish_reason") == json::value(row.word));
    CHECK(found.at("native_finish_reason") == json::value(row.native));
  }
  CHECK(choice(R"("index":0,"delta":{},"finish_reason":"")").at("finish_reason").is_null());
  const json::object told =
      choice(R"("native_finish_reason":"x","finish_reason":"length","delta":{},"index":3)");
  CHECK(told.at("native_finish_reason") == "x");
  CHECK(told.at("index") == 3);
}

TEST_CASE("an answer that its host broke off is an error, once it was put right for clients of chat") {
  struct Row {
    std::string host, chat, word;
  };
  for (const Row& row : {Row{"insufficient_system_resource", "insufficient_system_resource", "error"},
                         Row{"network_error", "network_error", "error"}, Row{"abort", "abort", "error"},
                         Row{"MALFORMED_FUNCTION_CALL", "MALFORMED_FUNCTION_CALL", "error"},
                         Row{"error_limit", "error_limit", "error"}, Row{"error", "error", "error"},
                         Row{"Network-Error", "Network-Error", "error"},
                         Row{"incomplete", "length", "length"}, Row{"eos", "stop", "stop"}}) {
    CAPTURE(row.host);
    const std::string data = R"({"choices":[{"index":0,"delta":{},"finish_reason":")" + row.host + R"("}]})";
    providers::JsonTokens tokens;
    providers::DataEdits edits;
    providers::ChatCorrection correction(config::ThinkTags::reasoning);
    const providers::SseEvent event{
        .data = data, .name = {}, .raw = {}, .form = providers::SseEvent::Form::normal};
    providers::PassedContent content = providers::classify(event, tokens).content;
    correction.correct(data, tokens, content, edits);
    std::string corrected;
    edits.write(data, corrected);
    CHECK(json::parse(corrected).at("choices").at(0).at("finish_reason") == json::value(row.chat));
    const json::value told = edited(corrected).at("choices").at(0);
    CHECK(told.at("finish_reason") == json::value(row.word));
    CHECK(told.at("native_finish_reason") == json::value(row.host));
  }
}

TEST_CASE("a choice has an index, a delta and a finish, told or not") {
  const json::object expected{
      {"index", 0}, {"delta", json::object()}, {"finish_reason", nullptr}, {"native_finish_reason", nullptr}};
  CHECK(choice("") == expected);
  CHECK(choice(R"("delta":null,"index":null,"finish_reason":null)") == expected);
}

TEST_CASE("what was thought stands where OpenRouter's clients look for it") {
  const json::array details{
      {{"type", "reasoning.text"}, {"text", "so"}, {"format", "unknown"}, {"index", 0}}};
  for (const std::string members :
       {R"("reasoning_content":"so")", R"("reasoning":"so")", R"("reasoning":null,"reasoning_content":"so")",
        R"("reasoning":"","reasoning_content":"so","reasoning_details":[])",
        R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"so"}]}])"}) {
    CAPTURE(members);
    const json::object found = delta(members);
    CHECK(found.at("reasoning") == "so");
    CHECK(found.at("reasoning_details") == json::value(details));
  }
  const json::object own =
      delta(R"("reasoning":"so","reasoning_details":[{"type":"reasoning.summary","summary":"so"}])");
  CHECK(own.at("reasoning_details").at(0).at("type") == "reasoning.summary");
  CHECK(!delta(R"("content":"a")").contains("reasoning_details"));
  CHECK(delta(R"("content":[{"type":"text","text":"4\""},{"type":"text","text":"2"}])").at("content") ==
        "4\"2");
}

TEST_CASE("what was thought is not shown to who does not want it") {
  providers::JsonTokens tokens;
  std::string out;
  ChatEditor(identity, ThinkingShown::no)
      .event(
          R"({"choices":[{"index":0,"delta":{"reasoning":"so","reasoning_content":"so","reasoning_details":[{}],)"
          R"("content":"a"},"finish_reason":null}]})",
          std::nullopt, tokens, out);
  CHECK(json::parse(out).at("choices").at(0).at("delta") == json::value(json::object{{"content", "a"}}));
}

TEST_CASE("calls of tools have what programs put them together by") {
  const json::object found =
      delta(R"("tool_calls":[{"id":null,"type":"","function":{"name":null,"arguments":"{}"}},)"
            R"({"index":5,"id":"x","type":"function","function":{"name":"f","arguments":{"a":1}}}])");
  const json::object first{{"function", {{"arguments", "{}"}}}, {"index", 0}};
  CHECK(found.at("tool_calls").at(0) == json::value(first));
  CHECK(found.at("tool_calls").at(1).at("index") == 5);
  CHECK(found.at("tool_calls").at(1).at("function").at("arguments") == R"({"a":1})");
  const json::object whole = edited_whole(
      R"({"choices":[{"message":{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]},"finish_reason":"stop"}]})");
  const json::object call{
      {"function", {{"name", "f"}, {"arguments", "{}"}}}, {"id", "call_0"}, {"type", "function"}};
  CHECK(whole.at("choices").at(0).at("message").at("tool_calls").at(0) == json::value(call));
}

TEST_CASE("the cost is ours, and of what it is made") {
  const json::object usage =
      edited(R"({"choices":[],"usage":{"cost":9,"prompt_tokens":19,"is_byok":true,"completion_tokens":3,)"
             R"("cost_details":null,"prompt_tokens_details":{"audio_tokens":null,"cached_tokens":1}}})",
             cost)
          .at("usage")
          .as_object();
  CHECK(usage.at("cost").to_number<double>() == support::close(34e-6));
  CHECK(usage.at("cost_details").at("upstream_inference_prompt_cost").to_number<double>() ==
        support::close(19e-6));
  CHECK(usage.at("cost_details").at("upstream_inference_completions_cost").to_number<double>() ==
        support::close(15e-6));
  CHECK(usage.at("is_byok") == false);
  CHECK(usage.at("total_tokens") == 22);
  CHECK(usage.at("prompt_tokens_details") == json::value(json::object{{"cached_tokens", 1}}));
}

TEST_CASE("a whole reply has a fingerprint, a role and a usage, told or not") {
  routing::Attempt attempt;
  attempt.usage = routing::Usage{.prompt = {5}, .output = {2}};
  attempt.usage_is_estimated = true;
  const json::object whole = edited_whole(
      R"({"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":null})", attempt);
  CHECK(whole.at("object") == "chat.completion");
  CHECK(whole.at("system_fingerprint").is_null());
  CHECK(whole.at("choices").at(0).at("message").at("role") == "assistant");
  CHECK(whole.at("usage").at("total_tokens") == 7);
  CHECK(whole.at("usage").at("isocost").at("estimated") == true);
  CHECK(edited_whole(R"({"system_fingerprint":17})").at("system_fingerprint").is_null());
}
