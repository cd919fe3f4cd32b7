// Reads a streamed reply of OpenAI's chat as an answer. Belongs to one reply.
#pragma once

#include "providers/dialect/sse_answer_reader.hpp"
#include "providers/dialects/openai_chat/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class OpenAiChatStream final : public SseAnswerReader {
 public:
  OpenAiChatStream(JsonTokens& tokens, config::ThinkTags tags) : tokens_(tokens), answer_(tags) {}
  void end(AnswerSink& sink) override { answer_.tell_rest(sink); }

 private:
  Reading take(const SseEvent& event, AnswerSink& sink) override;

  JsonTokens& tokens_;
  OpenAiChatAnswer answer_;
};

}  // namespace providers
