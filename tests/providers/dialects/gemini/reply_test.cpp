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

TEST_CASE("pages that an answer is grounded on are told at its end, with their places, whole and streamed") {
  const std::string grounding =
      R"("groundingMetadata":{"webSearchQueries":["q"],"searchEntryPoint":{"renderedContent":"<p>"},)"
      R"("groundingChunks":[{"web":{"uri":"https://a.example","title":"A","domain":"a.example"}},)"
      R"({"retrievedContext":{"uri":"gs://bucket/b","title":"B"}},{"web":{"uri":"https://c.example"}}],)"
      R"("groundingSupports":[{"segment":{"startIndex":5,"endIndex":10,"text":"\u00fc is"},)"
      R"("groundingChunkIndices":[0,1,7]},{"segment":{"startIndex":6,"endIndex":10,"text":"here"},"groundingChunkIndices":[2]}]})";
  const std::string b = R"({"retrievedContext":{"uri":"gs://bucket/b","title":"B"}})";
  const std::string told = R"(citation {"url":"https://a.example","title":"A"} of 4 to 8)"
                           "\ncitation " +
                           b +
                           "\n"
                           R"(citation {"url":"https://c.example","title":"https://c.example"} of 9 to 13)"
                           "\nend stop STOP\n";
  const std::string first = "{\"text\":\"\xc3\x9f is\"}", second = R"({"text":"\u00fc is here"})";
  const std::string early = R"("groundingMetadata":{"webSearchQueries":["q"]})";
  const std::string bytes = event(reply(parts(thought))) + event(reply(parts(first) + "," + early)) +
                            event(reply(parts(second))) + event(reply(grounding + "," + end));
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CHECK(streamed(bytes, cut).text ==
          "begin r1 gemini-3\nthinking 0: Let me \ntext: \xc3\x9f is\\u00fc is here\n" + told);
  }
  CHECK(whole(reply(parts(first + "," + second) + "," + end + "," + grounding)).text ==
        "begin r1 gemini-3\ntext: \xc3\x9f is\\u00fc is here\n" + told);
  // No part of the answer is said to come from them.
  CHECK(
      whole(
          reply(
              parts(first) + "," + end +
              R"(,"groundingMetadata":{"groundingChunks":[{"maps":{"uri":"https://m.example","title":"M"}}]})"))
          .text ==
      "begin r1 gemini-3\ntext: \xc3\x9f is\n"
      R"(citation {"url":"https://m.example","title":"M"} of 0 to 4)"
      "\nend stop STOP\n");
}

TEST_CASE("pages that an answer recites are told once, by either name that Google has for them") {
  const std::string first = R"({"text":"one two"})";
  for (const std::string name : {"citationSources", "citations"}) {
    const std::string sources =
        R"("citationMetadata":{")" + name +
        R"(":[{"startIndex":4,"endIndex":7,"uri":"https://a.example","license":"mit"},{"endIndex":3},7]})";
    const std::string told =
        "begin r1 gemini-3\ntext: one two\n"
        R"(citation {"url":"https://a.example","title":"https://a.example"} of 4 to 7)"
        "\n"
        R"(citation {"endIndex":3})"
        "\nend stop STOP\n";
    CHECK(streamed(event(reply(parts(first) + "," + sources)) + event(reply(sources + "," + end))).text ==
          told);
    CHECK(whole(reply(parts(first) + "," + sources + "," + end)).text == told);
  }
  // Places that are none are those of all.
  CHECK(whole(reply(parts(first) +
                    R"(,"citationMetadata":{"citations":[{"startIndex":-1,"endIndex":99,)"
                    R"("uri":"https://a.example","title":"A"}]},)" +
                    end))
            .text ==
        "begin r1 gemini-3\ntext: one two\n"
        R"(citation {"url":"https://a.example","title":"A"} of 0 to 7)"
        "\nend stop STOP\n");
}
