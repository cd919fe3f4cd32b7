// A stream of Bedrock's frames as the events of an answer: what is an error in any of them, and what is
// broken. What is in an event is for those derived from it. Belongs to one reply.
#pragma once

#include "providers/dialect/answer_reader.hpp"
#include "providers/http/event_stream.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

class FramedReader : public AnswerReader {
 public:
  Reading feed(std::string_view bytes, AnswerSink& sink) final;

 protected:
  explicit FramedReader(JsonTokens& tokens) : tokens_(tokens) {}
  virtual Reading take_event(const EventFrame& frame, AnswerSink& sink) = 0;

  JsonTokens& tokens_;

 private:
  Reading take(const EventFrame& frame, AnswerSink& sink);

  EventStreamReader frames_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
