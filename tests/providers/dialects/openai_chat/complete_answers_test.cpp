// Which answers are complete ones, what they hold beside text, and what a chunk without choices is for.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/native.hpp"
#include "providers/dialects/openai_chat/relay.hpp"
#include "tests/support/close.hpp"

using namespace providers;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

PassedReply whole(const std::string& choice) {
  static std::string body;
  body = R"({"id":"x","object":"chat.completion","choices":[)" + choice + "]}";
  return classify_whole(body, scratch_tokens());
}

PassedEvent chunk(const std::string& choices) {
  static std::string data;
  data = R"({"id":"c","choices":[)" + choices + "]}";
  return classify({data, {}, {}, SseEvent::Form::other}, scratch_tokens());
}

std::string sent(const std::string& data, UsageShown usage, std::string_view cost = {}) {
  const std::string raw = "data: " + data + "\n\n";
  const SseEvent event{std::string_view(raw).substr(6, data.size()), {}, raw, SseEvent::Form::normal};
  const PassedEvent chat = classify(event, scratch_tokens());
  std::string scratch, out;
  const Relayed form = relayed(event, chat, usage, scratch, cost);
  for (const std::string_view piece : form.pieces()) out += piece;
  return out;
}

}  // namespace

TEST_CASE("a whole reply with a finish is an answer, whatever it holds") {
  const std::vector<std::string> answers = {
      // Hidden thinking took all the tokens.
      R"({"index":0,"message":{"role":"assistant","content":""},"finish_reason":"length"})",
      R"({"index":0,"message":{"role":"assistant","content":null},"finish_reason":"length"})",
      R"({"index":0,"message":{"role":"assistant"},"finish_reason":"content_filter"})",
      R"({"index":0,"finish_reason":"stop"})",
      R"({"index":0,"message":{"content":null,"audio":{"id":"a","data":"UklG"}}})",
      R"({"index":0,"message":{"content":"","images":[{"type":"image_url","image_url":{"url":"data:,"}}]}})",
      R"({"index":0,"message":{"content":[{"type":"image_url","image_url":{"url":"data:,"}}]}})",
  };
  for (const std::string& answer : answers) {
    CAPTURE(answer);
    CHECK(whole(answer).kind == PassedReply::Kind::answer);
  }
}

TEST_CASE("a whole reply without content or finish is empty, and one that ends in an error is that") {
  using Kind = PassedReply::Kind;
  CHECK(whole(R"({"index":0,"message":{"content":""},"finish_reason":null})").kind == Kind::empty);
  CHECK(whole(R"({"index":0,"message":{"content":null},"finish_reason":""})").kind == Kind::empty);
  CHECK(whole(R"({"index":0,"message":{"images":[],"audio":{}}})").kind == Kind::empty);
  CHECK(whole(R"({"index":0,"message":{"content":""},"finish_reason":"error"})").kind == Kind::error);
}

TEST_CASE(
    "an answer that is passed on and that its host says it broke off is an error, whatever of it is there") {
  const NativeReplies& replies = openai_native_replies();
  JsonTokens tokens;
  for (const std::string word : {"abort", "network_error", "insufficient_system_resource"}) {
    CAPTURE(word);
    const std::string end = R"("},"finish_reason":")" + word + "\"}]}";
    const PassedReply all = replies.whole(R"({"choices":[{"index":0,"message":{"content":"Hi)" + end, tokens);
    CHECK(all.kind == PassedReply::Kind::error);
    const std::string data = R"({"choices":[{"index":0,"delta":{"content":")" + end;
    const SseEvent event{.data = data, .name = {}, .raw = {}, .form = SseEvent::Form::normal};
    const PassedEvent last = replies.event(event, tokens);
    CHECK(last.kind == PassedEvent::Kind::error);
    CHECK(last.error->message == "The host broke its answer off (finish_reason: " + word + ").");
  }
}

TEST_CASE("a stop without content that hides a network error is no finish") {
  const std::string hidden =
      R"({"index":0,"message":{"content":""},"finish_reason":"stop","native_finish_reason":"network_error"})";
  CHECK(whole(hidden).kind == PassedReply::Kind::empty);
  CHECK(!chunk(hidden).content.decisive());
  CHECK(whole(R"({"message":{"content":"Hi"},"finish_reason":"stop","native_finish_reason":"network_error"})")
            .kind == PassedReply::Kind::answer);
}

TEST_CASE("each choice's finish is seen under its index, in whatever order the members come") {
  const PassedEvent both = chunk(
      R"({"index":2,"delta":{},"finish_reason":"stop"},{"finish_reason":"length","index":1,"delta":{}},)"
      R"({"index":0,"delta":{"content":"Hi"},"finish_reason":null})");
  CHECK(both.content.finished == Choices(0b110));
  CHECK(both.content.seen == Choices(0b111));
  CHECK(both.content.finish_reason == "length");
  CHECK(chunk(R"({"delta":{},"finish_reason":"stop"})").content.finished == Choices(0b1));
  for (const char* odd : {"128", "-1", "1.5", "99999999999"}) {
    CAPTURE(odd);
    const std::string choice = R"({"index":)" + std::string(odd) + R"(,"delta":{},"finish_reason":"stop"})";
    const PassedEvent none = chunk(choice);
    CHECK(none.content.finished.none());
    CHECK(none.content.finish_reason == "stop");
  }
}

TEST_CASE("the size of an answer counts its texts and its calls of tools") {
  CHECK(chunk(R"({"delta":{"content":"Hello","reasoning":"Hm"}})").content.bytes == 7);
  CHECK(chunk(R"({"delta":{"tool_calls":[{"index":0}]}})").content.bytes == 13);
  CHECK(chunk(R"({"delta":{"content":"","tool_calls":[]}})").content.bytes == 0);
}

TEST_CASE("a chunk with an empty list of choices is passed on, unless it is for usage nobody asked for") {
  const std::string filters =
      R"({"id":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]})";
  const std::string moderation = R"({"id":"c","choices":[],"usage":null,"moderation":{"flagged":false}})";
  const std::string usage = R"({"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}})";
  for (const UsageShown shown : {UsageShown::yes, UsageShown::no}) {
    CHECK(sent(filters, shown) == "data: " + filters + "\n\n");
    CHECK(sent(moderation, shown) == "data: " + moderation + "\n\n");
  }
  CHECK(sent(usage, UsageShown::yes) == "data: " + usage + "\n\n");
  CHECK(sent(usage, UsageShown::no).empty());
  CHECK(sent(R"({"id":"c","x_groq":{"id":"r"}})", UsageShown::yes).empty());
}

TEST_CASE("our cost stands in the usage once, where the host says another it takes its place") {
  const auto usage = [](const std::string& more) {
    return R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1)" + more + "}}";
  };
  CHECK(sent(usage(""), UsageShown::yes, "0.5") == "data: " + usage(R"(,"cost":0.5)") + "\n\n");
  CHECK(sent(usage(R"(,"cost": 7 ,"x":1)"), UsageShown::yes, "0.5") ==
        "data: " + usage(R"(,"cost": 0.5 ,"x":1)") + "\n\n");
  CHECK(sent(usage(R"(,"cost":null)"), UsageShown::yes, "0.5") ==
        "data: " + usage(R"(,"cost":0.5)") + "\n\n");
  CHECK(sent(usage(R"(,"cost":7)"), UsageShown::yes) == "data: " + usage(R"(,"cost":7)") + "\n\n");
  // Into what is no usage, or somebody else's, nothing is put.
  for (const std::string odd : {R"({"choices":[],"usage":{ }})", R"({"choices":[],"usage":"none"})"}) {
    CHECK(sent(odd, UsageShown::yes, "0.5") == "data: " + odd + "\n\n");
  }
  const std::string elsewhere =
      R"({"choices":[],"usage":{"x":1},"x_groq":{"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":7}}})";
  CHECK(sent(elsewhere, UsageShown::yes, "0.5").find(R"({"x":1,"cost":0.5},"x_groq")") != std::string::npos);
}

TEST_CASE("the cost of a buyer with a key of his own includes what the host behind it bills") {
  const auto read = [](const std::string& more) {
    static std::string data;
    data = R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3)" + more + "}}";
    return classify({data, {}, {}, SseEvent::Form::other}, scratch_tokens()).usage;
  };
  const std::string upstream = R"(,"cost_details":{"upstream_inference_cost":0.002})";
  CHECK(*read(R"(,"cost":0.0001,"is_byok":true)" + upstream).usage->cost == support::close(0.0021));
  CHECK(*read(R"(,"cost":0,"is_byok":true)" + upstream).usage->cost == support::close(0.002));
  CHECK(read(R"(,"cost":0,"is_byok":true)" + upstream).cost_said == 0);
  CHECK(*read(R"(,"cost":0.002,"is_byok":false)" + upstream).usage->cost == support::close(0.002));
  CHECK(*read(R"(,"cost":0.002)" + upstream).usage->cost == support::close(0.002));
  // What the other part is, nobody says: then the configured prices count.
  for (const char* unsaid :
       {"", R"(,"cost_details":null)", R"(,"cost_details":{"upstream_inference_cost":null})"}) {
    CAPTURE(unsaid);
    const ReportedUsage usage = read(R"(,"cost":0,"is_byok":true)" + std::string(unsaid));
    REQUIRE(usage.usage);
    CHECK(!usage.anomaly);
    CHECK(!usage.usage->cost);
  }
  CHECK(read(R"(,"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":-1})").anomaly);
}
