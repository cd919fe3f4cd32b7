#include <doctest/doctest.h>

#include <string>

#include "providers/dialect/data_edits.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/bedrock_converse/stream.hpp"
#include "providers/dialects/gemini/reply.hpp"
#include "providers/dialects/openai_chat/chat_correction.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/stream.hpp"
#include "providers/dialects/openai_responses/stream.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/event_frames.hpp"

using namespace providers;

namespace {

class Counted final : public AnswerSink {
 public:
  void take(const AnswerEvent& event) override { bytes += event.text.raw.size(); }
  std::size_t bytes = 0;
};

// How often memory is taken for a hundred events more, once some have passed.
long allocations_of(AnswerReader& reader, const std::string& begin, const std::string& event) {
  Counted counted;
  reader.feed(begin, counted);
  for (int i = 0; i < 10; ++i) reader.feed(event, counted);
  const std::size_t bytes = counted.bytes;
  const long before = support::allocations;
  for (int i = 0; i < 100; ++i) reader.feed(event, counted);
  const long taken = support::allocations - before;
  CHECK(counted.bytes > bytes);
  return taken;
}

}  // namespace

TEST_CASE("an event of a stream takes no memory") {
  JsonTokens tokens;
  const std::string text =
      "event: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\"Hello\" and more"}})"
      "\n\n";
  const std::string call =
      "event: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1"}})"
      "\n\n";
  AnthropicStream anthropic(tokens);
  CHECK(allocations_of(anthropic,
                       R"(data: {"type":"content_block_start","content_block":{"type":"text","text":""}})"
                       "\n\n",
                       text) == 0);
  CHECK(allocations_of(
            anthropic,
            R"(data: {"type":"content_block_start","content_block":{"type":"tool_use","id":"t","name":"f"}})"
            "\n\n",
            call) == 0);
  OpenAiChatStream chat(tokens, config::ThinkTags::reasoning);
  CHECK(allocations_of(chat, "",
                       "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n") == 0);
  ResponsesStreamReader responses(tokens);
  CHECK(allocations_of(
            responses,
            "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"status\":\"in_progress\","
            "\"model\":\"gpt\",\"error\":null,\"output\":[]}}\n\n",
            "data: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,"
            "\"content_index\":0,\"delta\":\"Hello\"}\n\n") == 0);
  GeminiStream gemini(tokens);
  CHECK(allocations_of(
            gemini, "",
            "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":"
            "\"Hello\"}]}}],\"modelVersion\":\"gemini-3\",\"responseId\":\"r1\"}\r\n\r\n") == 0);
  ConverseStream converse(tokens, "amazon-bedrock-v1");
  CHECK(allocations_of(
            converse, support::event_frame("messageStart", R"({"role":"assistant"})"),
            support::event_frame("contentBlockDelta",
                                 R"({"contentBlockIndex":0,"delta":{"text":"Hello"},"p":"abcd"})")) == 0);
}

TEST_CASE("edits that are in order take no memory, and others are put in order") {
  DataEdits edits;
  std::string out;
  const auto write = [&](std::initializer_list<std::size_t> places) {
    edits.clear();
    out.clear();
    for (const std::size_t at : places) edits.put({at, at + 1}, at == 1 ? "b" : "x");
    edits.write("0123456789", out);
  };
  write({1, 3, 5});
  const long before = support::allocations;
  write({1, 3, 5});
  CHECK(support::allocations == before);
  CHECK(out == "0b2x4x6789");
  write({5, 1, 3});
  CHECK(out == "0b2x4x6789");
}

TEST_CASE("thinking that the host itself tells apart is not read for tags") {
  JsonTokens tokens;
  ChatCorrection correction(config::ThinkTags::reasoning);
  DataEdits edits;
  const std::string data = R"({"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]})";
  const SseEvent event{.data = data, .name = {}, .raw = {}, .form = SseEvent::Form::normal};
  PassedContent content = classify(event, tokens).content;
  REQUIRE(content.reasoning);
  const long before = support::allocations;
  correction.correct(data, tokens, content, edits);
  CHECK(support::allocations == before);  // it keeps nothing of a choice that it has not read
  CHECK(edits.empty());
}
