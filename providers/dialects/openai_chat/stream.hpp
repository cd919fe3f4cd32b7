// Reads a streamed reply of OpenAI's chat as an answer. Belongs to one reply.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialects/openai_chat/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class OpenAiChatStream final : public AnswerReader {
 public:
  OpenAiChatStream(JsonTokens& tokens, config::ThinkTags tags) : tokens_(tokens), answer_(tags) {}
  Reading feed(std::string_view bytes, AnswerSink& sink) override;
  void end(AnswerSink& sink) override { answer_.tell_rest(sink); }

 private:
  Reading take(const SseEvent& event, AnswerSink& sink);

  JsonTokens& tokens_;
  SseReader events_;
  OpenAiChatAnswer answer_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
