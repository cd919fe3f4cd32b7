// A streamed reply that comes as server-sent events, which a dialect understands one by one. Belongs to one
// reply.
#pragma once

#include <string_view>

#include "providers/dialect/answer_reader.hpp"
#include "providers/http/sse.hpp"

namespace providers {

class SseAnswerReader : public AnswerReader {
 public:
  Reading feed(std::string_view bytes, AnswerSink& sink) final;

 private:
  // Of an event that says something.
  virtual Reading take(const SseEvent& event, AnswerSink& sink) = 0;

  SseReader events_;
  Reading reading_ = Reading::goes_on;
};

}  // namespace providers
