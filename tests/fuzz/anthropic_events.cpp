// Whatever a host sends that speaks Anthropic's messages: usage is possible or flagged, events come in an
// order that can be, where a stream is cut changes nothing, and what the client is sent of it is one that our
// own reader takes.
#include <optional>
#include <string>
#include <string_view>

#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"
#include "providers/dialects/openai_chat/stream.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using providers::AnswerEvent;
using providers::Reading;
using Kind = AnswerEvent::Kind;

class Checked final : public providers::AnswerSink {
 public:
  explicit Checked(std::string& chunks)
      : chunks_({"id", 1, "model"}, true, gateway::ThinkingShown::yes, chunks) {}

  void take(const AnswerEvent& event) override {
    if (event.kind == Kind::tool_call) {
      EXPECT_THAT(event.index == calls_);
      ++calls_;
    }
    if (event.kind == Kind::arguments) EXPECT_THAT(event.index + 1 == calls_);
    if (event.kind == Kind::usage) {
      const routing::Usage& usage = event.usage;
      EXPECT_THAT(usage.prompt.count >= 0 && usage.output.count >= 0);
      EXPECT_THAT(usage.cached.count + usage.cache_written.count <= usage.prompt.count);
      EXPECT_THAT(usage.reasoning <= usage.output);
    }
    EXPECT_THAT((event.kind == Kind::error) == (event.error != nullptr));
    kinds += static_cast<char>('a' + static_cast<int>(event.kind));
    pieces.append(event.text.raw);
    chunks_.take(event);
    whole_.take(event);
  }
  void finish() {
    chunks_.finish("");
    body = whole_.body({"id", 1, "model"}, "");
  }

  std::string kinds, pieces, body;

 private:
  gateway::ChatChunks chunks_;
  gateway::ChatWhole whole_{gateway::ThinkingShown::yes};
  std::size_t calls_ = 0;
};

// Takes everything, so that only whether it can be read counts.
class Deaf final : public providers::AnswerSink {
 public:
  void take(const AnswerEvent&) override {}
};

struct Read {
  Reading reading = Reading::goes_on;
  std::string kinds, pieces, chunks;
};

Read streamed(std::string_view bytes, std::size_t cut, providers::JsonTokens& tokens) {
  Read read;
  Checked sink(read.chunks);
  providers::AnthropicStream stream(tokens);
  read.reading = stream.feed(bytes.substr(0, cut), sink);
  read.reading = stream.feed(bytes.substr(cut), sink);
  sink.finish();
  read.kinds = sink.kinds;
  read.pieces = sink.pieces;
  EXPECT_THAT(providers::classify_whole(sink.body, tokens).kind != providers::PassedReply::Kind::bad);
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Read at_once = streamed(bytes, size, tokens);
  // As many places as it has bytes, by what the bytes are.
  const std::size_t cut = size == 0 ? 0 : (data[0] * 257u + data[size / 2]) % size;
  const Read in_two = streamed(bytes, cut, tokens);
  EXPECT_THAT(at_once.reading == in_two.reading);
  EXPECT_THAT(at_once.kinds == in_two.kinds && at_once.pieces == in_two.pieces &&
              at_once.chunks == in_two.chunks);

  Deaf deaf;
  providers::OpenAiChatStream reader(tokens, config::ThinkTags::reasoning);
  const std::string ended = at_once.chunks + "data: [DONE]\n\n";
  EXPECT_THAT(reader.feed(ended, deaf) == Reading::ended);

  std::string chunks;
  Checked sink(chunks);
  EXPECT_THAT(providers::read_anthropic_whole(bytes, tokens, sink) != Reading::goes_on);
  const auto error = providers::read_anthropic_error(bytes, tokens);
  EXPECT_THAT(error.status == 0 || (error.status >= 400 && error.status <= 599));
  return 0;
}
