// Reads Anthropic's streamed reply. Belongs to one reply.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialects/anthropic/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class AnthropicStream final : public AnswerReader {
 public:
  explicit AnthropicStream(JsonTokens& tokens) : tokens_(tokens) {}
  Reading feed(std::string_view bytes, AnswerSink& sink) override;

 private:
  Reading take(const SseEvent& event, AnswerSink& sink);

  JsonTokens& tokens_;
  SseReader events_;
  AnthropicAnswer answer_;
  AnthropicUsage usage_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
