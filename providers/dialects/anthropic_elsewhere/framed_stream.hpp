// Anthropic's events as Bedrock's invoke streams them: each in a frame, as base64 in a JSON object. Belongs
// to one reply.
#pragma once

#include <string>

#include "providers/dialect/answer_reader.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/http/event_stream.hpp"

namespace providers {

class FramedStream final : public AnswerReader {
 public:
  explicit FramedStream(JsonTokens& tokens) : tokens_(tokens), events_(tokens) {}
  Reading feed(std::string_view bytes, AnswerSink& sink) override;

 private:
  Reading take(const EventFrame& frame, AnswerSink& sink);

  JsonTokens& tokens_;
  EventStreamReader frames_;
  AnthropicStream events_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
