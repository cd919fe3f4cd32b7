// Reads Anthropic's streamed reply. Belongs to one reply.
#pragma once

#include "providers/dialect/sse_answer_reader.hpp"
#include "providers/dialects/anthropic/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class AnthropicStream final : public SseAnswerReader {
 public:
  explicit AnthropicStream(JsonTokens& tokens) : tokens_(tokens) {}

 private:
  Reading take(const SseEvent& event, AnswerSink& sink) override;

  JsonTokens& tokens_;
  AnthropicAnswer answer_;
  AnthropicUsage usage_;
};

}  // namespace providers
