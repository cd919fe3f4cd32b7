#include "providers/dialects/openai_chat/chat_correction.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

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
