#include "providers/dialects/openai_chat/chat_correction.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace providers;
namespace json = boost::json;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

class Corrected {
 public:
  explicit Corrected(config::ThinkTags tags = config::ThinkTags::reasoning) : correction_(tags) {}

  // The data of an event as the client gets it.
  std::string operator()(const std::string& data) {
    const SseEvent event{.data = data, .name = {}, .raw = {}, .form = SseEvent::Form::normal};
    return corrected(data, classify(event, scratch_tokens()).content);
  }
  std::string whole(const std::string& body) {
    return corrected(body, classify_whole(body, scratch_tokens()).content);
  }
  std::string rest(Follows follows) { return correction_.rest(follows); }
  PassedContent content;

 private:
  std::string corrected(const std::string& data, const PassedContent& seen) {
    content = seen;
    DataEdits edits;
    correction_.correct(data, scratch_tokens(), content, edits);
    std::string out;
    edits.write(data, out);
    CHECK_NOTHROW(json::parse(out));
    return out;
  }
  ChatCorrection correction_;
};

std::string chunk(const std::string& delta, const std::string& finish = "null", int index = 0) {
  return R"({"choices":[{"index":)" + std::to_string(index) + R"(,"delta":{)" + delta +
         R"(},"finish_reason":)" + finish + "}]}";
}
std::string text(const std::string& piece) {
  return chunk("\"content\":\"" + piece + "\"");
}
std::string thinking(const std::string& piece) {
  return "\"reasoning_content\":\"" + piece + "\",\"reasoning\":\"" + piece + "\"";
}
std::string call(const std::string& members) {
  return chunk("\"tool_calls\":[{" + members + "}]");
}

}  // namespace

TEST_CASE("thinking between tags goes on as reasoning") {
  Corrected corrected;
  CHECK(corrected(chunk(R"("role":"assistant","content":"")")) ==
        chunk(R"("role":"assistant","content":"")"));
  CHECK(corrected(text("<thi")) == text(""));
  CHECK_FALSE(corrected.content.decisive());
  CHECK(corrected(text("nk>Hm")) == chunk(thinking("Hm") + R"(,"content":"")"));
  CHECK_FALSE(corrected.content.text);
  CHECK(corrected.content.reasoning);
  CHECK(corrected(text("m</think>\\n\\nHi")) == chunk(thinking("m") + R"(,"content":"Hi")"));
  CHECK(corrected.content.text);
  CHECK(corrected(text(" <think>")) == text(" <think>"));
  CHECK(corrected(chunk("", "\"stop\"")) == chunk("", "\"stop\""));
}

TEST_CASE("what was held back of a tag that is none is not lost at the end") {
  Corrected corrected;
  corrected(text("<thi"));
  CHECK(corrected(chunk("", "\"stop\"")) == chunk(R"("content":"<thi")", "\"stop\""));
  Corrected thought;
  thought(text("<think>a</th"));
  CHECK(thought(chunk(R"("content":"x")", "\"length\"")) ==
        chunk(thinking("</thx") + R"(,"content":"")", "\"length\""));
}

TEST_CASE("what was held back is told where the end comes without a delta") {
  Corrected corrected;
  corrected(text("<"));
  CHECK(corrected(R"({"choices":[{"index":0,"finish_reason":"stop"}]})") ==
        R"({"choices":[{"index":0,"delta":{"content":"<"},"finish_reason":"stop"}]})");
  CHECK(corrected.content.text);
  Corrected nothing;
  nothing(text(" <th"));
  CHECK(nothing(R"({"choices":[{"delta":null,"finish_reason":"eos","index":0}]})") ==
        R"({"choices":[{"delta":{"content":" <th"},)"
        R"("finish_reason":"stop","native_finish_reason":"eos","index":0}]})");
  Corrected thought;
  thought(text("<think>a</th"));
  CHECK(thought(R"({"choices":[{"index":0,"finish_reason":"length"}]})") ==
        R"({"choices":[{"index":0,"delta":{)" + thinking("</th") +
            R"(,"content":""},"finish_reason":"length"}]})");
  const std::string end = R"({"choices":[{"index":0,"finish_reason":"stop"}]})";
  Corrected told;
  told(text("Hi"));
  CHECK(told(end) == end);
  CHECK(Corrected(config::ThinkTags::opened)(end) == end);
}

TEST_CASE("choices have their own thinking") {
  Corrected corrected;
  const auto said = [](const std::string& piece, int index) {
    return chunk("\"content\":\"" + piece + "\"", "null", index);
  };
  CHECK(corrected(said("Plain", 0)) == said("Plain", 0));
  CHECK(corrected(said("<think>a", 1)) == chunk(thinking("a") + R"(,"content":"")", "null", 1));
  CHECK(corrected(said(" text", 0)) == said(" text", 0));
  CHECK(corrected(said("</think>b", 1)) == said("b", 1));
}

TEST_CASE("a whole reply is put right as a stream is") {
  const auto reply = [](const std::string& message, const std::string& finish = R"("stop")") {
    return R"({"choices":[{"message":{"role":"assistant",)" + message + R"(},"finish_reason":)" + finish +
           "}]}";
  };
  CHECK(Corrected().whole(reply(R"("reasoning_content":null,"content":"<think>a</think>b","refusal":"")")) ==
        reply(R"("reasoning_content":"a","reasoning":"a","content":"b","refusal":"")"));
  CHECK(Corrected().whole(reply(R"("content":"I think so")")) == reply(R"("content":"I think so")"));
  CHECK(Corrected(config::ThinkTags::text).whole(reply(R"("content":"<think>a</think>b")")) ==
        reply(R"("content":"<think>a</think>b")"));
  CHECK(Corrected(config::ThinkTags::opened).whole(reply(R"("content":"a</think>b")")) ==
        reply(thinking("a") + R"(,"content":"b")"));
  const std::string own = reply(R"("reasoning_content":"a","content":"b")");
  CHECK(Corrected(config::ThinkTags::opened).whole(own) == own);
}

TEST_CASE("tool calls are numbered from 0, whoever counts from 1 or not at all") {
  Corrected from_one;
  CHECK(from_one(call(R"("index":1,"id":"a","function":{"name":"f"})")) ==
        call(R"("index":0,"id":"a","function":{"name":"f"})"));
  CHECK(from_one(call(R"("index":1,"function":{"arguments":"{}"})")) ==
        call(R"("index":0,"function":{"arguments":"{}"})"));
  CHECK(from_one(call(R"("index":2,"id":"b","function":{"name":"g"})")) ==
        call(R"("index":1,"id":"b","function":{"name":"g"})"));
  Corrected always_first;
  CHECK(always_first(call(R"("index":0,"id":"a","function":{})")) ==
        call(R"("index":0,"id":"a","function":{})"));
  CHECK(always_first(call(R"("index":0,"id":"b","function":{})")) ==
        call(R"("index":1,"id":"b","function":{})"));
  Corrected unsaid;
  CHECK(unsaid(call(R"("id":"a","function":{})")) == call(R"("index":0,"id":"a","function":{})"));
}

TEST_CASE("arguments that are an object are the text of it") {
  const std::string object = R"("function":{"name":"f","arguments":{"a":"\"b\""}})";
  const std::string text = R"("function":{"name":"f","arguments":"{\"a\":\"\\\"b\\\"\"}"})";
  Corrected of;
  CHECK(of(call(R"("index":0,"id":"c",)" + object)) == call(R"("index":0,"id":"c",)" + text));
  CHECK(of(call(R"("index":1,"id":"d",)" + text)) == call(R"("index":1,"id":"d",)" + text));
}

TEST_CASE("a reason to end that no client knows is named as one that they know, and stays beside it") {
  struct Row {
    std::string host, ours;
  };
  for (const Row& row : {Row{"eos", "stop"}, Row{"end_turn", "stop"}, Row{"MAX_TOKENS", "length"},
                         Row{"model_length", "length"}, Row{"tool_use", "tool_calls"},
                         Row{"SAFETY", "content_filter"}, Row{"content-filtered", "content_filter"}}) {
    CAPTURE(row.host);
    CHECK(Corrected()(chunk("", "\"" + row.host + "\"")) ==
          chunk("", "\"" + row.ours + R"(","native_finish_reason":")" + row.host + "\""));
  }
  for (const std::string usual : {"stop", "length", "tool_calls", "content_filter", "function_call"}) {
    CHECK(Corrected()(chunk("", "\"" + usual + "\"")) == chunk("", "\"" + usual + "\""));
  }
  Corrected called;
  called(call(R"("index":0,"id":"a","function":{})"));
  CHECK(called(chunk("", "\"eos\"")) == chunk("", R"("tool_calls","native_finish_reason":"eos")"));
  const std::string native =
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"eos","native_finish_reason":"x"}]})";
  CHECK(Corrected()(native) ==
        R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","native_finish_reason":"x"}]})");
}

TEST_CASE("no reason to end is null while an answer comes, and one that came whole has ended") {
  Corrected corrected;
  CHECK(corrected(chunk("\"content\":\"a\"", "\"\"")) == chunk("\"content\":\"a\"", "null"));
  const auto whole = [](const std::string& message, const std::string& more) {
    return json::parse(
               Corrected().whole(R"({"choices":[{"index":0,"message":{)" + message + "}" + more + "}]}"))
        .at("choices")
        .at(0)
        .at("finish_reason");
  };
  const std::string text = R"("role":"assistant","content":"a")";
  const std::string called =
      R"("content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}])";
  CHECK(whole(text, R"(,"finish_reason":"")") == "stop");
  CHECK(whole(text, R"(,"finish_reason":null)") == "stop");
  CHECK(whole(text, "") == "stop");
  CHECK(whole(called, "") == "tool_calls");
  CHECK(whole(text, R"(,"finish_reason":"length")") == "length");
}

TEST_CASE(
    "a stream that its host marks as over has a reason to end for each choice; one that is cut has none") {
  const auto ends = [](const std::vector<std::string>& chunks, Follows follows) {
    Corrected corrected;
    for (const std::string& chunk : chunks) corrected(chunk);
    const std::string rest = corrected.rest(follows);
    return rest.empty() ? json::array() : json::parse(rest).at("choices").as_array();
  };
  const std::string called = call(R"("index":0,"id":"c","function":{"name":"f","arguments":"{}"})");
  CHECK(ends({text("a")}, Follows::end_mark) ==
        json::parse(R"([{"index":0,"delta":{},"finish_reason":"stop"}])"));
  CHECK(ends({called}, Follows::end_mark).at(0).at("finish_reason") == "tool_calls");
  CHECK(ends({text("a"), chunk("\"content\":\"b\"", "null", 1), chunk("", "\"length\"")},
             Follows::end_mark) == json::parse(R"([{"index":1,"delta":{},"finish_reason":"stop"}])"));
  CHECK(ends({text("a")}, Follows::nothing).empty());
  CHECK(ends({chunk("\"role\":\"assistant\"")}, Follows::end_mark).empty());
}

TEST_CASE("a text in parts is one text, and what was thought stands beside it") {
  const std::string parts =
      R"([{"type":"thinking","thinking":[{"type":"text","text":"H"},{"type":"text","text":"m\n"}]},)"
      R"({"type":"text","text":"a\"b"},{"type":"text","text":"c"}])";
  const json::value whole =
      json::parse(Corrected().whole(R"({"choices":[{"index":0,"message":{"role":"assistant","content":)" +
                                    parts + R"(},"finish_reason":"stop"}]})"));
  CHECK(
      whole.at("choices").at(0).at("message") ==
      json::parse(R"({"role":"assistant","reasoning_content":"Hm\n","reasoning":"Hm\n","content":"a\"bc"})"));
  Corrected corrected;
  CHECK(corrected(chunk(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"H"}]}])")) ==
        chunk(thinking("H") + R"(,"content":null)"));
  CHECK(corrected(chunk(R"("content":[{"type":"text","text":"a"}])")) == text("a"));
  // What is more than texts stays as it came.
  const std::string picture = chunk(R"("content":[{"type":"image_url","image_url":{"url":"data:"}}])");
  CHECK(corrected(picture) == picture);
}
