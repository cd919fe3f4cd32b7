// Reads Anthropic's streamed reply. Belongs to one reply.
#pragma once

#include "providers/dialect/event_reader.hpp"
#include "providers/dialects/anthropic/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class AnthropicStream final : public EventReader {
 public:
  explicit AnthropicStream(JsonTokens& tokens) : tokens_(tokens) {}

 private:
  Reading take(const SseEvent& event, AnswerSink& sink) override;

  JsonTokens& tokens_;
  AnthropicAnswer answer_;
  AnthropicUsage usage_;
};

}  // namespace providers
