#include <doctest/doctest.h>

#include <string>

#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/openai_chat/stream.hpp"
#include "tests/support/allocations.hpp"

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
}
