// Reads a response's stream as an answer. Belongs to one reply.
#pragma once

#include "providers/dialect/sse_answer_reader.hpp"
#include "providers/dialects/openai_responses/answer.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class ResponsesStreamReader final : public SseAnswerReader {
 public:
  explicit ResponsesStreamReader(JsonTokens& tokens) : tokens_(tokens) {}

 private:
  Reading take(const SseEvent& event, AnswerSink& sink) override;
  Reading conclude(const ResponsesObject& response, AnswerSink& sink);

  JsonTokens& tokens_;
  ResponsesAnswer answer_;
};

// A reply that is whole: the same events as of its stream. Never goes on.
Reading read_responses_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink);

}  // namespace providers
