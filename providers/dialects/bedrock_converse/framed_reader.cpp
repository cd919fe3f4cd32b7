#include "providers/dialects/bedrock_converse/framed_reader.hpp"

#include "providers/dialects/bedrock_converse/errors.hpp"

namespace providers {

Reading FramedReader::feed(std::string_view bytes, AnswerSink& sink) {
  if (reading_ != Reading::goes_on) return reading_;
  frames_.feed(bytes);
  while (reading_ == Reading::goes_on) {
    const auto frame = frames_.next();
    if (!frame) break;
    reading_ = take(*frame, sink);
  }
  if (reading_ == Reading::goes_on && frames_.state() != EventStreamReader::State::reading) {
    reading_ = Reading::bad;
  }
  return reading_;
}

Reading FramedReader::take(const EventFrame& frame, AnswerSink& sink) {
  if (frame.message_type != "exception" && frame.message_type != "error") return take_event(frame, sink);
  const ReportedError error = read_bedrock_exception(frame, tokens_);
  sink.take({.kind = AnswerEvent::Kind::error, .error = &error});
  return Reading::failed;
}

}  // namespace providers
