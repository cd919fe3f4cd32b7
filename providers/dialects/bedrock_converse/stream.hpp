// A stream of ConverseStream as the events of an answer. What it cost comes behind its end. Belongs to one
// reply.
#pragma once

#include "providers/dialects/bedrock_converse/answer.hpp"
#include "providers/dialects/bedrock_converse/framed_reader.hpp"

namespace providers {

class ConverseStream final : public FramedReader {
 public:
  ConverseStream(JsonTokens& tokens, std::string_view thinking_format)
      : FramedReader(tokens), answer_(tokens, thinking_format) {}

 private:
  Reading take_event(const EventFrame& frame, AnswerSink& sink) override;

  ConverseAnswer answer_;
};

}  // namespace providers
