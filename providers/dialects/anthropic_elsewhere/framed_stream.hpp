// Anthropic's events as Bedrock's invoke streams them: each in a frame, as base64 in a JSON object. Belongs
// to one reply.
#pragma once

#include <string>

#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/bedrock_converse/framed_reader.hpp"

namespace providers {

class FramedStream final : public FramedReader {
 public:
  explicit FramedStream(JsonTokens& tokens) : FramedReader(tokens), events_(tokens) {}

 private:
  Reading take_event(const EventFrame& frame, AnswerSink& sink) override;

  AnthropicStream events_;
};

}  // namespace providers
