#include "providers/dialects/openai_chat/stream.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "tests/support/told_answer.hpp"

using namespace providers;
using support::ToldAnswer;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

std::string chunk(const std::string& delta, const std::string& reason = "null",
                  const std::string& more = "") {
  return R"(data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{)" +
         delta + R"(},"finish_reason":)" + reason + "}]" + more + "}\n\n";
}
const std::string usage =
    R"("usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"prompt_tokens_details":)"
    R"({"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}})";
const std::string done = "data: [DONE]\n\n";

struct Read {
  std::string text;
  Reading reading = Reading::goes_on;
};
Read streamed(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  OpenAiChatStream stream(scratch_tokens(), config::ThinkTags::reasoning);
  ToldAnswer told;
  Reading reading = stream.feed(bytes.substr(0, std::min(cut, bytes.size())), told);
  if (cut < bytes.size()) reading = stream.feed(bytes.substr(cut), told);
  return {told.text(), reading};
}
Read whole(const std::string& body) {
  ToldAnswer told;
  const Reading reading = openai_chat_dialect().interpreter()->whole(body, {}, scratch_tokens(), told);
  return {told.text(), reading};
}

const std::string everything =
    chunk(R"("role":"assistant","content":"")") + ": keep-alive\n\n" +
    chunk(R"("content":null,"reasoning_content":"Hm","reasoning":"Hm")") +
    chunk(R"("reasoning_content":"m")") + chunk(R"("content":"It \"")") + chunk(R"("content":"is\"")") +
    chunk(
        R"("tool_calls":[{"index":1,"id":"c_1","type":"function","function":{"name":"f","arguments":""}}])") +
    chunk(R"("tool_calls":[{"index":1,"function":{"arguments":"{\"a\":"}}])") +
    chunk(R"("tool_calls":[{"index":1,"function":{"arguments":"1}"}},)"
          R"({"index":2,"id":"c_2","type":"function","function":{"name":"g","arguments":"{}"}}])") +
    chunk("", R"("tool_calls")") + R"(data: {"id":"c1","choices":[],)" + usage + "}\n\n" + done;

const std::string everything_told =
    "begin c1 m\nthinking 0: Hmm\ntext: It \\\"is\\\"\ncall 0 c_1 f\narguments 0: {\\\"a\\\":1}\n"
    "call 1 c_2 g\narguments 1: {}\nend tool_calls tool_calls\nusage 10/4/0 20/5\n";

}  // namespace

TEST_CASE("a chat stream tells thinking, text and calls counted from 0, cut at whatever byte") {
  for (std::size_t cut = 0; cut <= everything.size(); ++cut) {
    const Read read = streamed(everything, cut);
    if (read.text == everything_told && read.reading == Reading::ended) continue;
    CAPTURE(cut);
    CHECK(read.text == everything_told);
    CHECK(read.reading == Reading::ended);
  }
}

TEST_CASE("a whole chat reply tells the same, and what was thought first") {
  const std::string body =
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":"It \"is\"","tool_calls":[)"
      R"({"id":"c_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
      R"({"id":"c_2","type":"function","function":{"name":"g","arguments":"{}"}}],"reasoning_content":"Hmm"},)"
      R"("finish_reason":"tool_calls"}],)" +
      usage + R"(,"model":"m","id":"c1"})";
  CHECK(whole(body).text == everything_told);
  CHECK(whole(body).reading == Reading::ended);
}

TEST_CASE("what hosts of OpenAI's chat do is taken as it is meant") {
  SUBCASE("thinking in arrays") {
    CHECK(streamed(chunk(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}])") +
                   chunk(R"("content":[{"type":"text","text":"Hi"}])") + chunk("", R"("stop")") + done)
              .text == "begin c1 m\nthinking 0: Hm\ntext: Hi\nend stop stop\n");
  }
  SUBCASE("calls that are all the first, and calls that come whole without an index") {
    CHECK(streamed(chunk(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}])") +
                   chunk(R"("tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}])") +
                   chunk("", R"("tool_calls")"))
              .text ==
          "begin c1 m\ncall 0 a f\narguments 0: {}\ncall 1 b g\narguments 1: {}\n"
          "end tool_calls tool_calls\n");
    CHECK(streamed(chunk(R"("tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},)"
                         R"({"id":"b","function":{"name":"g","arguments":"{}"}}])"))
              .text == "begin c1 m\ncall 0 a f\narguments 0: {}\ncall 1 b g\narguments 1: {}\n");
    // The id may be repeated with each piece.
    CHECK(streamed(chunk(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}])") +
                   chunk(R"("tool_calls":[{"index":0,"id":"a","function":{"arguments":"}"}}])"))
              .text == "begin c1 m\ncall 0 a f\narguments 0: {}\n");
  }
  SUBCASE("an end in every chunk, an empty one, and usage with the end") {
    CHECK(streamed(chunk(R"("content":"a")", R"("")") +
                   chunk(R"("content":"b")", R"("length")", "," + usage) + chunk("", R"("length")"))
              .text == "begin c1 m\ntext: ab\nend length length\nusage 10/4/0 20/5\n");
  }
  SUBCASE("a refusal, and content that was filtered") {
    CHECK(streamed(chunk(R"("refusal":"No")") + chunk("", R"("content_filter")")).text ==
          "begin c1 m\nrefusal: No\nend content_filter content_filter\n");
  }
}

TEST_CASE("errors of chat replies are told, and what cannot be understood is bad") {
  const std::string error = R"({"error":{"message":"no","type":"server_error","code":503}})";
  CHECK(streamed("data: " + error + "\n\n").text == "error server_error 503 no\n");
  CHECK(streamed("data: " + error + "\n\n").reading == Reading::failed);
  CHECK(whole(error).text == "error server_error 503 no\n");
  CHECK(whole(error).reading == Reading::failed);
  CHECK(whole("[]").reading == Reading::bad);
  CHECK(streamed("data: {\n\n" + done).reading == Reading::bad);
}

TEST_CASE("a request of OpenAI's chat goes where it always goes") {
  const Dialect& dialect = openai_chat_dialect();
  JsonTokens tokens;
  std::string scratch;
  CHECK(dialect.target({}, routing::Delivery::whole, scratch) == "/chat/completions");
  CHECK(dialect.fields().empty());
  const ReportedError error =
      dialect.error_in(R"({"error":{"message":"m","code":"insufficient_quota"}})", tokens);
  CHECK(dialect.fault_of(429, error).kind == routing::FailureKind::credential);
  CHECK(dialect.fault_of(404, {}).kind == routing::FailureKind::missing_model);
}

TEST_CASE("thinking between tags is told as thinking, wherever the stream is cut") {
  const std::string bytes = chunk(R"("role":"assistant","content":"")") + chunk(R"("content":"<thi")") +
                            chunk(R"("content":"nk>\nHm")") + chunk(R"("content":"m</think>\n\nHi")") +
                            chunk(R"("content":" <think>")", R"("stop")") + done;
  const std::string expected = "begin c1 m\nthinking 0: Hmm\ntext: Hi <think>\nend stop stop\n";
  CHECK(streamed(bytes).text == expected);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(streamed(bytes, cut).text == expected);
  CHECK(whole(R"({"id":"c1","model":"m","choices":[{"message":{"content":"<think>Hmm</think>Hi <think>"},)"
              R"("finish_reason":"stop"}]})")
            .text == expected);
  // What was held back is none when nothing follows.
  CHECK(streamed(chunk(R"("content":"<thi")") + chunk("", R"("stop")") + done).text ==
        "begin c1 m\ntext: <thi\nend stop stop\n");
}

TEST_CASE("an answer that the host broke off is an error, and no end, behind what was said") {
  for (const std::string word : {"abort", "network_error", "insufficient_system_resource", "error_limit"}) {
    CAPTURE(word);
    const std::string error = "error  0 The host broke its answer off (finish_reason: " + word + ").\n";
    const Read read =
        streamed(chunk(R"("content":"Hi")") + chunk("", "\"" + word + "\"", "," + usage) + done);
    CHECK(read.text == "begin c1 m\ntext: Hi\n" + error + "usage 10/4/0 20/5\n");
    CHECK(read.reading == Reading::failed);
    const Read all =
        whole(R"({"id":"c1","model":"m","choices":[{"message":{"content":"Hi"},"finish_reason":")" + word +
              "\"}]," + usage + "}");
    CHECK(all.text == "begin c1 m\ntext: Hi\n" + error + "usage 10/4/0 20/5\n");
    CHECK(all.reading == Reading::failed);
  }
}

TEST_CASE("what was held back of a tag comes once, also where the stream ends without an end") {
  CHECK(streamed(chunk(R"("content":"<thi")") + done).text == "begin c1 m\ntext: <thi\nend stop stop\n");
  CHECK(streamed(chunk(R"("content":"<think>Hm</th")") + done).text ==
        "begin c1 m\nthinking 0: Hm</th\nend stop stop\n");
  OpenAiChatStream stream(scratch_tokens(), config::ThinkTags::reasoning);
  ToldAnswer told;
  const std::string cut = chunk(R"("content":"<thi")");
  CHECK(stream.feed(cut, told) == Reading::goes_on);
  stream.end(told);
  stream.end(told);
  CHECK(told.text() == "begin c1 m\ntext: <thi\n");
}

TEST_CASE("how likely its tokens were comes with the text, wherever in its choice it stands") {
  const std::string a = R"({"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]})";
  const auto choice = [&](const std::string& members) {
    return "data: {\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0," + members + "}]}\n\n";
  };
  const std::string logprobs = R"("logprobs":{"content":[)" + a + R"(],"refusal":null})";
  const std::string delta = R"("delta":{"content":"a"},"finish_reason":null)";
  const std::string end = choice(R"("delta":{},"logprobs":null,"finish_reason":"stop")") + done;
  const std::string told = "begin c1 m\ntext: a\nend stop stop\nlogprobs " + a + "\n";
  CHECK(streamed(choice(logprobs + "," + delta) + end).text == told);
  CHECK(streamed(choice(delta + "," + logprobs) + end).text == told);
  CHECK(whole(R"({"id":"c1","model":"m","choices":[{"index":0,"message":{"content":"a"},)" + logprobs +
              R"(,"finish_reason":"stop"}]})")
            .text == told);
}

TEST_CASE("an answer whose host says that it is over and not why has ended") {
  CHECK(streamed(chunk(R"("content":"a")") + done).text == "begin c1 m\ntext: a\nend stop stop\n");
  CHECK(streamed(chunk(R"("content":"a")")).text == "begin c1 m\ntext: a\n");
  CHECK(
      whole(R"({"id":"c1","model":"m","choices":[{"index":0,"message":{"content":"a"},"finish_reason":""}]})")
          .text == "begin c1 m\ntext: a\nend stop stop\n");
  CHECK(
      whole(
          R"({"id":"c1","model":"m","choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c",)"
          R"("type":"function","function":{"name":"f","arguments":"{}"}}]}}]})")
          .text == "begin c1 m\ncall 0 c f\narguments 0: {}\nend tool_calls tool_calls\n");
}

TEST_CASE("pages that a text comes from are told, also in a chunk of their own") {
  const std::string page = R"({"url":"https://a.example","title":"A","start_index":0,"end_index":1})";
  const std::string annotations = R"("annotations":[{"type":"url_citation","url_citation":)" + page + "}]";
  const std::string told = "begin c1 m\ntext: a\ncitation " + page + "\nend stop stop\n";
  CHECK(streamed(chunk(R"("content":"a")") + chunk(annotations) + chunk("", "\"stop\"") + done).text == told);
  CHECK(whole(R"({"id":"c1","model":"m","choices":[{"index":0,"message":{"content":"a",)" + annotations +
              R"(},"finish_reason":"stop"}]})")
            .text == told);
}

TEST_CASE("pictures that are answered as OpenRouter has them are told") {
  const std::string images =
      R"("images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0="}},)"
      R"({"image_url":{"url":"https:\/\/a.example\/b.png"}},{"image_url":7},7])";
  const std::string told = "image image/png iVBORw0=\nimage  https:\\/\\/a.example\\/b.png\n";
  CHECK(streamed(chunk(images) + chunk("", R"("stop")") + done).text.find(told) != std::string::npos);
  CHECK(whole(R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,)" + images +
              R"(},"finish_reason":"stop"}]})")
            .text.find(told) != std::string::npos);
}
