#include "providers/dialects/anthropic_elsewhere/framed_stream.hpp"

#include "providers/dialects/anthropic_elsewhere/framed_event.hpp"

namespace providers {

Reading FramedStream::take_event(const EventFrame& frame, AnswerSink& sink) {
  if (frame.event_type != "chunk") return Reading::goes_on;
  const auto event = event_in_frame(frame, tokens_);
  if (!event) return Reading::bad;
  return events_.feed("data: " + *event + "\n\n", sink);
}

}  // namespace providers
