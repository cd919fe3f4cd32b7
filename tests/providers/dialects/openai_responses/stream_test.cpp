#include "providers/dialects/openai_responses/stream.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/told_answer.hpp"

using namespace providers;
using support::ToldAnswer;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

std::string event(const std::string& type, const std::string& members) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":0," + members + "}\n\n";
}
std::string at(int index) {
  return "\"output_index\":" + std::to_string(index);
}
std::string response(const std::string& status, const std::string& more = "") {
  return R"("response":{"id":"resp_1","object":"response","status":")" + status +
         R"(","model":"gpt","error":null,"output":[])" + more + "}";
}
const std::string begins = event("response.created", response("in_progress", R"(,"usage":null)")) +
                           event("response.in_progress", response("in_progress"));
const std::string usage =
    R"(,"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":7,"cache_write_tokens":4},)"
    R"("output_tokens":9,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":39})";

struct Read {
  std::string text;
  Reading reading = Reading::goes_on;
  friend bool operator==(const Read&, const Read&) = default;
};

Read streamed(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  ResponsesStreamReader stream(scratch_tokens());
  ToldAnswer told;
  Reading reading = stream.feed(bytes.substr(0, std::min(cut, bytes.size())), told);
  if (cut < bytes.size()) reading = stream.feed(bytes.substr(cut), told);
  return {told.text(), reading};
}

Read whole(const std::string& body) {
  ToldAnswer told;
  const Reading reading = read_responses_whole(body, scratch_tokens(), told);
  return {told.text(), reading};
}

const std::string thought_item =
    R"({"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text",)"
    R"("text":"Hm.\n"},{"type":"summary_text","text":"So."}],"encrypted_content":"E1"})";
const std::string message_item =
    R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[)"
    R"({"type":"output_text","text":"It is \"\u00fc\"","annotations":[]}]})";
const std::string call_item =
    R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"f",)"
    R"("arguments":"{\"a\":1}"})";

const std::string everything =
    begins +
    event("response.output_item.added", at(0) + R"(,"item":{"id":"rs_1","type":"reasoning","summary":[]})") +
    event("response.reasoning_summary_text.delta", at(0) + R"(,"summary_index":0,"delta":"Hm.\n")") +
    event("response.reasoning_summary_text.delta", at(0) + R"(,"summary_index":1,"delta":"So.")") +
    event("response.output_item.done", at(0) + ",\"item\":" + thought_item) +
    event("response.output_item.added",
          at(1) + R"(,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]})") +
    event("response.output_text.delta", at(1) + R"(,"content_index":0,"delta":"It is \"")") +
    event("response.output_text.delta", at(1) + R"(,"content_index":0,"delta":"\u00fc\"")") +
    event("response.output_text.done", at(1) + R"(,"content_index":0,"text":"It is \"\u00fc\"")") +
    event("response.output_item.done", at(1) + ",\"item\":" + message_item) +
    event("response.output_item.added",
          at(2) + R"(,"item":{"id":"ws_1","type":"web_search_call","status":"in_progress"})") +
    event(
        "response.output_item.added",
        at(3) +
            R"(,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"f","arguments":""})") +
    event("response.function_call_arguments.delta", at(3) + R"(,"item_id":"fc_1","delta":"{\"a\"")") +
    event("response.function_call_arguments.delta", at(3) + R"(,"item_id":"fc_1","delta":":1}")") +
    event("response.function_call_arguments.done", at(3) + R"(,"item_id":"fc_1","arguments":"{\"a\":1}")") +
    event("response.output_item.done", at(3) + ",\"item\":" + call_item) +
    event("response.completed", R"("response":{"id":"resp_1","status":"completed","model":"gpt","output":[)" +
                                    thought_item + "," + message_item +
                                    R"(,{"id":"ws_1","type":"web_search_call","status":"completed"},)" +
                                    call_item + "]" + usage + "}");

const std::string told =
    "begin resp_1 gpt\n"
    "thinking 0: Hm.\\n\\n\\nSo.\n"
    "redacted 0: E1\n"
    "text: It is \\\"\\u00fc\\\"\n"
    "call 0 call_1 f\n"
    "arguments 0: {\\\"a\\\":1}\n"
    "end tool_calls completed\n"
    "usage 30/7/4 9/5\n";

}  // namespace

TEST_CASE("a stream is told as an answer, wherever it is cut") {
  const Read all = streamed(everything);
  CHECK(all.text == told);
  CHECK(all.reading == Reading::ended);
  for (std::size_t cut = 0; cut < everything.size(); ++cut) CHECK(streamed(everything, cut) == all);
}

TEST_CASE("a whole response is told as its stream is") {
  const Read read = whole(R"({"id":"resp_1","status":"completed","model":"gpt","output":[)" + thought_item +
                          "," + message_item + "," + call_item + "]" + usage + "}");
  CHECK(read.text == told);
  CHECK(read.reading == Reading::ended);
}

TEST_CASE("of hosts that send no deltas the items are told once, with what is in them") {
  const std::string sparse = begins +
                             event("response.output_item.done", at(0) + ",\"item\":" + message_item) +
                             event("response.output_item.done", at(1) + ",\"item\":" + call_item);
  const std::string end = event("response.completed", response("completed"));
  CHECK(streamed(sparse + end).text ==
        "begin resp_1 gpt\ntext: It is \\\"\\u00fc\\\"\ncall 0 call_1 f\narguments 0: {\\\"a\\\":1}\n"
        "end tool_calls completed\n");
  // Or even with the end alone.
  CHECK(streamed(begins + event("response.completed",
                                R"("response":{"status":"completed","output":[)" + message_item + "]}"))
            .text == "begin resp_1 gpt\ntext: It is \\\"\\u00fc\\\"\nend stop completed\n");
}

TEST_CASE("calls that go on by turns keep their arguments apart, and one without any has an empty object") {
  const auto added = [](int index, const std::string& id) {
    return event("response.output_item.added", at(index) + R"(,"item":{"type":"function_call","call_id":")" +
                                                   id + R"(","name":"f","arguments":""})");
  };
  const auto piece = [](int index, const std::string& raw) {
    return event("response.function_call_arguments.delta", at(index) + ",\"delta\":\"" + raw + "\"");
  };
  const std::string text =
      begins + added(0, "a") + added(1, "b") + piece(0, "1") + piece(1, "2") + piece(0, "3") + added(2, "c") +
      event("response.output_item.done",
            at(2) + R"(,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""})") +
      event("response.completed", response("completed"));
  CHECK(
      streamed(text).text ==
      "begin resp_1 gpt\ncall 0 a f\ncall 1 b f\narguments 0: 1\narguments 1: 2\narguments 0: 3\ncall 2 c f\n"
      "arguments 2: {}\nend tool_calls completed\n");
}

TEST_CASE("an item that a host says to be a call and a thought keeps the numbers of both") {
  const auto added = [](int index, const std::string& id) {
    return event("response.output_item.added", at(index) + R"(,"item":{"type":"function_call","call_id":")" +
                                                   id + R"(","name":"f","arguments":""})");
  };
  const std::string text =
      begins + event("response.reasoning_text.delta", at(1) + R"(,"content_index":0,"delta":"Hm")") +
      added(0, "a") + event("response.reasoning_text.delta", at(0) + R"(,"content_index":0,"delta":"Oh")") +
      event("response.function_call_arguments.delta", at(0) + R"(,"delta":"1")") +
      event("response.completed", response("completed"));
  const std::string told = streamed(text).text;
  CHECK_MESSAGE(told.find("call 0 a f\n") != std::string::npos, told);
  CHECK_MESSAGE(told.find("arguments 0: 1\n") != std::string::npos, told);
}

TEST_CASE("an answer that was cut short says why") {
  const auto ended = [](const std::string& reason) {
    return streamed(begins +
                    event("response.incomplete",
                          response("incomplete", R"(,"incomplete_details":{"reason":")" + reason + "\"}")))
        .text;
  };
  CHECK(ended("max_output_tokens") == "begin resp_1 gpt\nend length max_output_tokens\n");
  CHECK(ended("content_filter") == "begin resp_1 gpt\nend content_filter content_filter\n");
}

TEST_CASE("a refusal and raw reasoning are told as what they are") {
  CHECK(streamed(begins +
                 event("response.reasoning_text.delta", at(0) + R"(,"content_index":0,"delta":"Hm")") +
                 event("response.refusal.delta", at(1) + R"(,"content_index":0,"delta":"No.")") +
                 event("response.completed", response("completed")))
            .text == "begin resp_1 gpt\nthinking 0: Hm\nrefusal: No.\nend stop completed\n");
}

TEST_CASE("errors come in each of their shapes, with the status that they stand for") {
  const auto failed = [](const std::string& bytes) {
    const Read read = streamed(begins + bytes);
    CHECK(read.reading == Reading::failed);
    return read.text.substr(read.text.find('\n') + 1);
  };
  CHECK(failed(event("response.failed",
                     response("failed", R"(,"error":{"code":"server_error","message":"Oh"})"))) ==
        "error  500 Oh\n");
  CHECK(failed(event("error", R"("code":"rate_limit_exceeded","message":"Slow","param":null)")) ==
        "error  429 Slow\n");
  CHECK(
      failed(event("error",
                   R"("error":{"type":"invalid_request_error","code":"image_too_large","message":"Big"})")) ==
      "error invalid_request_error 400 Big\n");
  CHECK(failed("event: error\ndata: it broke\n\n") == "error  0 it broke\n");
  CHECK(whole(R"({"id":"r","status":"failed","error":{"code":"server_error","message":"Oh"},"output":[]})")
            .reading == Reading::failed);
}

TEST_CASE("what cannot be understood is bad, and what is not known is passed over") {
  CHECK(streamed("data: {\n\n").reading == Reading::bad);
  CHECK(streamed("data: []\n\n").reading == Reading::bad);
  CHECK(whole("[]").reading == Reading::bad);
  CHECK(streamed(begins + "data: [DONE]\n\n").reading == Reading::bad);
  CHECK(streamed(": comment\n\n" + begins + event("response.sparkle", R"("x":[{}])") +
                 event("response.output_text.delta", R"("delta":7)") +
                 event("response.completed", response("completed")))
            .reading == Reading::ended);
}

TEST_CASE("usage that cannot be is flagged") {
  const auto read = [](const std::string& counts) {
    return whole(R"({"id":"r","model":"m","status":"completed","output":[],"usage":)" + counts + "}").text;
  };
  CHECK(read(R"({"input_tokens":1,"output_tokens":2,"output_tokens_details":{"reasoning_tokens":3}})")
            .ends_with("usage 1/0/0 2/2 odd\n"));
  CHECK(read(R"({"input_tokens":1.0,"output_tokens":2})").ends_with("usage 1/0/0 2/0\n"));
  CHECK(read(R"({"input_tokens":-1,"output_tokens":2})").ends_with("end stop completed\n"));
  CHECK(read("null").ends_with("end stop completed\n"));
}

TEST_CASE("calls of tools that take a text, and how likely tokens were, are told streamed and whole") {
  const std::string token = R"({"token":"a","logprob":-0.5,"top_logprobs":[]})";
  const std::string custom =
      R"({"id":"ctc_1","type":"custom_tool_call","call_id":"c","name":"p","input":"x\n\"y\""})";
  const std::string said =
      R"({"id":"m","type":"message","role":"assistant","content":[{"type":"output_text",)"
      R"("text":"a","annotations":[],"logprobs":[)" +
      token + "]}]}";
  const std::string stream =
      begins +
      event("response.output_text.delta",
            at(0) + R"(,"content_index":0,"delta":"a","logprobs":[)" + token + "]") +
      event("response.output_item.done", at(0) + ",\"item\":" + said) +
      event("response.custom_tool_call_input.delta", at(1) + R"(,"item_id":"ctc_1","delta":"x")") +
      event("response.output_item.done", at(1) + ",\"item\":" + custom) +
      event("response.completed", response("completed", usage));
  const std::string told =
      "begin resp_1 gpt\ntext: a\ncall 0 c p\narguments 0: "
      R"({\"input\":\"x\\n\\\"y\\\"\"})"
      "\nend tool_calls completed\nlogprobs " +
      token + "\nusage 30/7/4 9/5\n";
  CHECK(streamed(stream).text == told);
  CHECK(whole(R"({"id":"resp_1","object":"response","status":"completed","model":"gpt","output":[)" + said +
              "," + custom + "]" + usage + "}")
            .text == told);
}

TEST_CASE("pages that a text comes from are told once, whether the host tells of each or of all at the end") {
  const std::string page = R"("url":"https://a.example","title":"A","start_index":0,"end_index":1)";
  const std::string annotation = R"({"type":"url_citation",)" + page + "}";
  const std::string said =
      R"({"id":"m","type":"message","role":"assistant","content":[{"type":"output_text","text":"a",)"
      R"("annotations":[{"type":"file_citation","file_id":"f"},)" +
      annotation + "]}]}";
  const std::string text = event("response.output_text.delta", at(0) + R"(,"content_index":0,"delta":"a")");
  const std::string end = event("response.output_item.done", at(0) + ",\"item\":" + said) +
                          event("response.completed", response("completed"));
  const std::string added =
      event("response.output_text.annotation.added",
            at(0) + R"(,"content_index":0,"annotation_index":0,"annotation":)" + annotation);
  const std::string told = "begin resp_1 gpt\ntext: a\ncitation {" + page + "}\nend stop completed\n";
  CHECK(streamed(begins + text + added + end).text == told);
  CHECK(streamed(begins + text + end).text == told);
  CHECK(whole(R"({"id":"resp_1","status":"completed","model":"gpt","output":[)" + said + "]}").text == told);
}
