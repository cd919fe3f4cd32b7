// Reads a response's stream as an answer. Belongs to one reply.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialects/openai_responses/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class ResponsesStreamReader final : public AnswerReader {
 public:
  explicit ResponsesStreamReader(JsonTokens& tokens) : tokens_(tokens) {}
  Reading feed(std::string_view bytes, AnswerSink& sink) override;

 private:
  Reading take(const SseEvent& event, AnswerSink& sink);
  Reading conclude(const ResponsesObject& response, AnswerSink& sink);

  JsonTokens& tokens_;
  SseReader events_;
  ResponsesAnswer answer_;
  Reading reading_ = Reading::goes_on;
};

// A reply that is whole: the same events as of its stream. Never goes on.
Reading read_responses_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink);

}  // namespace providers
