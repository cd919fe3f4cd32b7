// A stream of ConverseStream as the events of an answer. What it cost comes behind its end. Belongs to one
// reply.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialects/bedrock_converse/answer.hpp"
#include "providers/http/event_stream.hpp"

namespace providers {

class ConverseStream final : public AnswerReader {
 public:
  ConverseStream(JsonTokens& tokens, std::string_view thinking_format)
      : tokens_(tokens), answer_(tokens, thinking_format) {}
  Reading feed(std::string_view bytes, AnswerSink& sink) override;

 private:
  Reading take(const EventFrame& frame, AnswerSink& sink);
  Reading take_event(const EventFrame& frame, AnswerSink& sink);

  JsonTokens& tokens_;
  EventStreamReader frames_;
  ConverseAnswer answer_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
