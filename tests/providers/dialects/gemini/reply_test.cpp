#include "providers/dialects/gemini/reply.hpp"

#include <doctest/doctest.h>

#include "providers/reports/fault_of_reply.hpp"
#include "tests/support/told_answer.hpp"

using namespace providers;

namespace {

struct Read {
  std::string text;
  Reading reading = Reading::goes_on;
};

Read streamed(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  JsonTokens tokens;
  GeminiStream stream(tokens);
  support::ToldAnswer told;
  Reading reading = stream.feed(bytes.substr(0, std::min(cut, bytes.size())), told);
  if (cut < bytes.size()) reading = stream.feed(bytes.substr(cut), told);
  return {told.text(), reading};
}

Read whole(const std::string& body) {
  JsonTokens tokens;
  support::ToldAnswer told;
  const Reading reading = read_gemini_whole(body, tokens, told);
  return {told.text(), reading};
}

std::string reply(const std::string& candidate, const std::string& more = "") {
  return R"({"candidates":[{"index":0,)" + candidate + R"(}],"modelVersion":"gemini-3","responseId":"r1")" +
         (more.empty() ? "" : "," + more) + "}";
}
std::string parts(const std::string& all) {
  return R"("content":{"role":"model","parts":[)" + all + "]}";
}
std::string event(const std::string& data) {
  return "data: " + data + "\r\n\r\n";
}

const std::string usage =
    R"("usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":9,"thoughtsTokenCount":185,)"
    R"("toolUsePromptTokenCount":3,"cachedContentTokenCount":2,"totalTokenCount":202})";
const std::string thought = R"({"text":"Let me ","thought":true})", said = R"({"text":"Gr\u00fc"})";
const std::string call =
    R"({"functionCall":{"id":"f1","name":"w","args":{"city":"Z\u00fcrich"}},"thoughtSignature":"c2ln"})";
const std::string end = R"("finishReason":"STOP")";

}  // namespace

TEST_CASE("a stream and a whole reply tell the same answer, wherever the stream is cut") {
  const std::string bytes =
      event(reply(parts(thought))) + event(reply(parts(said))) + event(reply(parts(call) + "," + end, usage));
  const std::string told =
      "begin r1 gemini-3\nthinking 0: Let me \ntext: Gr\\u00fc\nsignature 1: c2ln\ncall 0 f1 w\n"
      "arguments 0: {\\\"city\\\":\\\"Z\\\\u00fcrich\\\"}\nend tool_calls STOP\nusage 8/2/0 194/185\n";
  CHECK(streamed(bytes).text == told);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(streamed(bytes, cut).text == told);
  CHECK(whole(reply(parts(thought + "," + said + "," + call) + "," + end, usage)).text == told);
}

TEST_CASE("calls without an id get one that no other answer has") {
  const auto id_in = [](const std::string& id) {
    std::string body =
        reply(parts(R"({"functionCall":{"name":"w"}},{"functionCall":{"name":"w"}})") + "," + end);
    body.replace(body.find("r1"), 2, id);
    return whole(body).text;
  };
  const std::string text = id_in("one");
  CHECK(text.find("call 0 call_") != std::string::npos);
  CHECK(text.find("_1 w\narguments 1: {}") != std::string::npos);
  CHECK(text.substr(text.find("call_"), 20) != id_in("two").substr(id_in("two").find("call_"), 20));
}

TEST_CASE("each of Google's reasons is an end, what the filter took, or a fault of the host's") {
  struct Row {
    const char* reason;
    const char* told;
  };
  const Row rows[] = {
      {"STOP", "end stop STOP"},
      {"MAX_TOKENS", "end length MAX_TOKENS"},
      {"SAFETY", "end content_filter SAFETY"},
      {"RECITATION", "end content_filter RECITATION"},
      {"IMAGE_OTHER", "end content_filter IMAGE_OTHER"},
      {"SOMETHING_NEW", "end stop SOMETHING_NEW"},
      {"MALFORMED_FUNCTION_CALL", "error  500 The model's answer broke off: MALFORMED_FUNCTION_CALL"},
      {"UNEXPECTED_TOOL_CALL", "error  500 The model's answer broke off: UNEXPECTED_TOOL_CALL"},
      {"OTHER", "error  500 The model's answer broke off: OTHER"}};
  for (const Row& row : rows) {
    CAPTURE(row.reason);
    const Read read = whole(reply(parts(said) + R"(,"finishReason":")" + row.reason + "\""));
    CHECK(read.text.find(std::string("\n") + row.told + "\n") != std::string::npos);
    CHECK(read.reading == (row.told[1] == 'n' ? Reading::ended : Reading::failed));
  }
}

TEST_CASE("a prompt that is blocked is the request's fault, though it comes with a 200") {
  const std::string body = R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},)" + usage + "}";
  const Read read = whole(body);
  CHECK(read.reading == Reading::failed);
  CHECK(read.text.find("error  400 The prompt was blocked: PROHIBITED_CONTENT") != std::string::npos);
  CHECK(streamed(event(body)).text == read.text);
  ReportedError error;
  error.code = "content_filter";
  error.status = 400;
  CHECK(fault_of_reply(200, error).kind == routing::FailureKind::rejected);
}

TEST_CASE("what cannot be a reply is none, and odd counts are flagged") {
  for (const char* body : {"", "[]", "{", R"({"candidates":[{"content":{"parts":[{]}}]})"}) {
    CHECK(whole(body).reading == Reading::bad);
  }
  const std::string odd = R"("usageMetadata":{"promptTokenCount":-5,"candidatesTokenCount":9})";
  CHECK(whole(reply(parts(said) + "," + end, odd)).text.find("usage 0/0/0 9/0 odd") != std::string::npos);
  CHECK(whole(R"({"error":{"code":503,"message":"The model is overloaded","status":"UNAVAILABLE"}})").text ==
        "error UNAVAILABLE 503 The model is overloaded\n");
}

TEST_CASE("a picture that is answered is told, and its drafts are not") {
  const std::string draft = R"({"inlineData":{"mimeType":"image/png","data":"AAAA"},"thought":true})";
  const std::string picture =
      R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0="},"thoughtSignature":"c2ln"})";
  const std::string sound = R"({"inlineData":{"mimeType":"audio/wav","data":"UklG"}})";
  const std::string body = reply(parts(draft + "," + said + "," + picture + "," + sound) + "," + end);
  const std::string told = "begin r1 gemini-3\ntext: Gr\\u00fc\nimage image/png iVBORw0=\nend stop STOP\n";
  CHECK(whole(body).text == told);
  CHECK(streamed(event(body)).text == told);
}
