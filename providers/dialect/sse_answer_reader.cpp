#include "providers/dialect/sse_answer_reader.hpp"

namespace providers {

Reading SseAnswerReader::feed(std::string_view bytes, AnswerSink& sink) {
  if (reading_ != Reading::goes_on) return reading_;
  events_.feed(bytes);
  while (reading_ == Reading::goes_on) {
    const auto event = events_.next();
    if (!event) break;
    if (event->data.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
    reading_ = take(*event, sink);
  }
  if (reading_ == Reading::goes_on && events_.state() != SseReader::State::reading) reading_ = Reading::bad;
  return reading_;
}

}  // namespace providers
