// Whatever a host sends that speaks Responses: usage is possible or flagged, events come in an order that can
// be, where a stream is cut changes nothing, what is passed on is what came, and what clients of two APIs are
// sent of it our own readers take.
#include <string>
#include <string_view>

#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_responses/responses_answer.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/stream.hpp"
#include "providers/dialects/openai_responses/native.hpp"
#include "providers/dialects/openai_responses/stream.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using providers::AnswerEvent;
using providers::Reading;
using Kind = AnswerEvent::Kind;

constexpr gateway::StreamIdentity identity{"req_a", 1, "model"};

const providers::Conversation& asked() {
  static const providers::Conversation asked = [] {
    providers::Conversation conversation;
    providers::Tool custom;
    custom.name = {"p", false};
    custom.takes_text = true;
    conversation.tools.push_back(custom);
    conversation.said_back = "\"store\":false";
    return conversation;
  }();
  return asked;
}

class Checked final : public providers::AnswerSink {
 public:
  Checked(std::string& chunks, std::string& events)
      : chunks_(identity, true, gateway::ThinkingShown::yes, chunks), events_(asked(), identity, events) {}

  void take(const AnswerEvent& event) override {
    if (event.kind == Kind::tool_call) EXPECT_THAT(event.index == calls_++);
    if (event.kind == Kind::arguments) EXPECT_THAT(event.index < calls_);
    if (event.kind == Kind::usage) {
      const routing::Usage& usage = event.usage;
      EXPECT_THAT(usage.prompt.count >= 0 && usage.output.count >= 0);
      EXPECT_THAT(usage.cached <= usage.prompt && usage.reasoning <= usage.output);
    }
    EXPECT_THAT((event.kind == Kind::error) == (event.error != nullptr));
    kinds += static_cast<char>('a' + static_cast<int>(event.kind));
    pieces.append(event.text.raw);
    chunks_.take(event);
    events_.take(event);
    whole_chat_.take(event);
    whole_.take(event);
  }
  void finish() {
    chunks_.finish("");
    events_.finish("");
    chat_body = whole_chat_.body(identity, "");
    body = whole_.body(identity, "");
  }

  std::string kinds, pieces, chat_body, body;

 private:
  gateway::ChatChunks chunks_;
  gateway::ResponsesStream events_;
  gateway::ChatWhole whole_chat_{gateway::ThinkingShown::yes};
  gateway::ResponsesWhole whole_{asked()};
  std::size_t calls_ = 0;
};

// Takes everything, so that only whether it can be read counts.
class Deaf final : public providers::AnswerSink {
 public:
  void take(const AnswerEvent&) override {}
};

struct Read {
  Reading reading = Reading::goes_on;
  std::string kinds, pieces, chunks, events;
};

Read streamed(std::string_view bytes, std::size_t cut, providers::JsonTokens& tokens) {
  Read read;
  Checked sink(read.chunks, read.events);
  providers::ResponsesStreamReader stream(tokens);
  read.reading = stream.feed(bytes.substr(0, cut), sink);
  read.reading = stream.feed(bytes.substr(cut), sink);
  sink.finish();
  read.kinds = sink.kinds;
  read.pieces = sink.pieces;
  EXPECT_THAT(providers::classify_whole(sink.chat_body, tokens).kind != providers::PassedReply::Kind::bad);
  Deaf deaf;
  EXPECT_THAT(providers::read_responses_whole(sink.body, tokens, deaf) == Reading::ended);
  return read;
}

// What is passed on reads the same as what came.
void pass_on(std::string_view bytes, providers::JsonTokens& tokens) {
  const providers::NativeReplies& replies = providers::responses_native_replies();
  providers::SseReader reader;
  reader.feed(bytes);
  std::string scratch;
  while (const auto event = reader.next()) {
    const providers::PassedEvent passed = replies.event(*event, tokens);
    EXPECT_THAT((passed.kind == providers::PassedEvent::Kind::error) == passed.error.has_value());
    EXPECT_THAT(passed.usage_value.end <= event->data.size() && passed.names.id.end <= event->data.size());
    for (const std::string_view cost : {"", "0.5"}) {
      std::string text;
      const auto relayed = replies.relayed(*event, passed, providers::UsageShown::yes, scratch, cost);
      for (const std::string_view piece : relayed.pieces()) text += piece;
      if (passed.kind != providers::PassedEvent::Kind::delta) {
        EXPECT_THAT(text.empty());
        continue;
      }
      providers::SseReader again;
      again.feed(text);
      const auto same = again.next();
      EXPECT_THAT(same && same->name == event->name);
      EXPECT_THAT(replies.event(*same, tokens).kind == providers::PassedEvent::Kind::delta);
    }
  }
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
              at_once.chunks == in_two.chunks && at_once.events == in_two.events);

  Deaf deaf;
  providers::OpenAiChatStream chat(tokens, config::ThinkTags::reasoning);
  EXPECT_THAT(chat.feed(at_once.chunks + "data: [DONE]\n\n", deaf) == Reading::ended);
  providers::ResponsesStreamReader reader(tokens);
  EXPECT_THAT(reader.feed(at_once.events, deaf) == Reading::ended);

  pass_on(bytes, tokens);
  EXPECT_THAT(providers::responses_native_replies().whole(bytes, tokens).names.id.end <= size);
  return 0;
}
