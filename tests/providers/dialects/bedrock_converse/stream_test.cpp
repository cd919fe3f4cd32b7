#include "providers/dialects/bedrock_converse/stream.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/anthropic_elsewhere/framed_stream.hpp"
#include "providers/dialects/bedrock_converse/errors.hpp"
#include "providers/dialects/bedrock_converse/whole.hpp"
#include "tests/support/event_frames.hpp"
#include "tests/support/told_answer.hpp"

using namespace providers;
using support::event_frame;
using support::exception_frame;

namespace {

struct Read {
  std::string text;
  Reading reading = Reading::goes_on;
};

Read streamed(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  JsonTokens tokens;
  ConverseStream stream(tokens, "amazon-bedrock-v1");
  support::ToldAnswer told;
  Reading reading = stream.feed(bytes.substr(0, std::min(cut, bytes.size())), told);
  if (cut < bytes.size()) reading = stream.feed(bytes.substr(cut), told);
  return {told.text(), reading};
}

Read whole(const std::string& body) {
  JsonTokens tokens;
  support::ToldAnswer told;
  const Reading reading = read_converse_whole(body, "amazon-bedrock-v1", tokens, told);
  return {told.text(), reading};
}

std::string delta(int block, const std::string& members) {
  return event_frame("contentBlockDelta", R"({"contentBlockIndex":)" + std::to_string(block) +
                                              R"(,"delta":{)" + members + R"(},"p":"abcd"})");
}
std::string stop(int block) {
  return event_frame("contentBlockStop", R"({"contentBlockIndex":)" + std::to_string(block) + "}");
}
std::string tool(int block) {
  return event_frame("contentBlockStart", R"({"contentBlockIndex":)" + std::to_string(block) +
                                              R"(,"start":{"toolUse":{"toolUseId":"t1","name":"w"}}})");
}
std::string ended(const std::string& reason) {
  return event_frame("messageStop", R"({"stopReason":")" + reason + "\"}");
}

const std::string usage =
    R"("usage":{"inputTokens":10,"outputTokens":4,"totalTokens":21,"cacheReadInputTokens":5,)"
    R"("cacheWriteInputTokens":2,"cacheDetails":[{"ttl":"1h","inputTokens":2}]})";
const std::string begun = event_frame("messageStart", R"({"role":"assistant"})");
const std::string metadata = event_frame("metadata", "{" + usage + R"(,"metrics":{"latencyMs":12}})");

}  // namespace

TEST_CASE("a text with what it is from is told with its pages, whole and streamed") {
  const std::string page =
      R"({"title":"A","location":{"web":{"url":"https://a.example","domain":"a.example"}}})";
  const std::string document = R"({"title":"D","location":{"documentPage":{"documentIndex":0,"start":1}}})";
  const std::string told =
      "begin  \ntext: Gr\\u00fcit is\n"
      R"(citation {"url":"https://a.example","title":"A"} of 3 to 8)"
      "\ncitation " +
      document + "\nend stop end_turn\n";
  const std::string bytes = begun + delta(0, R"("text":"Gr\u00fc")") + stop(0) + delta(1, R"("text":"it ")") +
                            delta(1, R"("citation":)" + page) + delta(1, R"("text":"is")") +
                            delta(1, R"("citation":)" + document) + stop(1) + ended("end_turn");
  CHECK(streamed(bytes).text == told);
  CHECK(
      whole(R"({"output":{"message":{"role":"assistant","content":[{"text":"Gr\u00fc"},{"citationsContent":{)"
            R"("content":[{"text":"it "},{"text":"is"}],"citations":[)" +
            page + "," + document + R"(]}}]}},"stopReason":"end_turn"})")
          .text == told);
}

TEST_CASE("a stream of frames and a whole reply tell the same answer, wherever the stream is cut") {
  const std::string bytes = begun + delta(0, R"("reasoningContent":{"text":"Hm"})") +
                            delta(0, R"("reasoningContent":{"signature":"c2ln"})") + stop(0) +
                            delta(1, R"("text":"Gr\u00fc")") + stop(1) + tool(2) +
                            delta(2, R"("toolUse":{"input":"{\"a\""})") +
                            delta(2, R"("toolUse":{"input":":1}"})") + stop(2) + ended("tool_use") + metadata;
  const std::string told =
      "begin  \nthinking 0: Hm\nsignature 0: c2ln\ntext: Gr\\u00fc\ncall 0 t1 w\narguments 0: {\\\"a\\\":1}\n"
      "end tool_calls tool_use\nusage 17/5/2 4/0\n";
  CHECK(streamed(bytes).text == told);
  CHECK(streamed(bytes).reading == Reading::ended);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(streamed(bytes, cut).text == told);
  const std::string body =
      R"({"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":)"
      R"({"text":"Hm","signature":"c2ln"}}},{"text":"Gr\u00fc"},{"toolUse":{"toolUseId":"t1","name":"w",)"
      R"("input":{"a":1}}}]}},"stopReason":"tool_use",)" +
      usage + "}";
  CHECK(whole(body).text == told);
}

TEST_CASE("a call without arguments is one with an empty object") {
  CHECK(streamed(begun + tool(0) + stop(0) + ended("tool_use")).text ==
        "begin  \ncall 0 t1 w\narguments 0: {}\nend tool_calls tool_use\n");
}

TEST_CASE("a frame that is wrong, or no JSON, ends the reply") {
  std::string wrong = delta(0, R"("text":"Hello")");
  wrong[wrong.size() - 9] ^= 1;
  CHECK(streamed(begun + wrong).reading == Reading::bad);
  CHECK(streamed(begun + event_frame("contentBlockDelta", "{")).reading == Reading::bad);
  CHECK(streamed(begun + event_frame("somethingNew", "{}") + delta(0, R"("text":"Hi")")).reading ==
        Reading::goes_on);
}

TEST_CASE("each of Bedrock's errors, as a status or as a frame, is whose fault it is") {
  using routing::FailureKind;
  struct Row {
    const char* type;
    int status;
    FailureKind as_status;
    FailureKind as_frame;
  };
  const Row rows[] = {
      {"throttlingException", 429, FailureKind::rate_limited, FailureKind::rate_limited},
      {"validationException", 400, FailureKind::rejected, FailureKind::rejected},
      {"serviceUnavailableException", 503, FailureKind::overloaded, FailureKind::overloaded},
      {"internalServerException", 500, FailureKind::server_error, FailureKind::error_in_reply},
      {"modelStreamErrorException", 424, FailureKind::server_error, FailureKind::error_in_reply},
      {"modelTimeoutException", 408, FailureKind::server_error, FailureKind::error_in_reply},
      {"accessDeniedException", 403, FailureKind::credential, FailureKind::credential},
      {"resourceNotFoundException", 404, FailureKind::missing_model, FailureKind::missing_model},
  };
  JsonTokens tokens;
  for (const Row& row : rows) {
    CAPTURE(row.type);
    const ReportedError status = read_bedrock_error(R"({"message":"no"})", tokens);
    CHECK(status.message == "no");
    CHECK(fault_of_bedrock(row.status, status).kind == row.as_status);
    EventFrame frame;
    frame.exception_type = row.type;
    frame.payload = R"({"message":"no"})";
    CHECK(fault_of_bedrock(200, read_bedrock_exception(frame, tokens)).kind == row.as_frame);
    const Read read = streamed(begun + exception_frame(row.type, R"({"message":"no"})"));
    CHECK(read.reading == Reading::failed);
    CHECK(read.text ==
          "begin  \nerror " + std::string(row.type) + " " + std::to_string(row.status) + " no\n");
  }
}

TEST_CASE("what the model wrote wrongly is the host's fault, what a guardrail took is not") {
  CHECK(streamed(begun + ended("malformed_tool_use")).reading == Reading::failed);
  CHECK(streamed(begun + ended("guardrail_intervened")).text.find("end content_filter") != std::string::npos);
  CHECK(streamed(begun + ended("model_context_window_exceeded")).text.find("end length") !=
        std::string::npos);
}

TEST_CASE("Anthropic's events come in frames, too, as base64") {
  JsonTokens tokens;
  FramedStream stream(tokens);
  support::ToldAnswer told;
  // {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}
  const std::string start =
      "eyJ0eXBlIjoiY29udGVudF9ibG9ja19zdGFydCIsImluZGV4IjowLCJjb250ZW50X2Jsb2NrIjp7InR5cGUiOiJ0ZXh0IiwidGV4dC"
      "I6"
      "IkhpIn19";
  const std::string stop_message = "eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0=";  // {"type":"message_stop"}
  const auto chunk = [](const std::string& bytes) {
    return event_frame("chunk", R"({"bytes":")" + bytes + R"(","p":"abc"})");
  };
  CHECK(stream.feed(chunk(start), told) == Reading::goes_on);
  CHECK(stream.feed(chunk(stop_message), told) == Reading::ended);
  CHECK(told.text() == "text: Hi\nend stop end_turn\n");
  FramedStream broken(tokens);
  CHECK(broken.feed(chunk("!!!"), told) == Reading::bad);
}
