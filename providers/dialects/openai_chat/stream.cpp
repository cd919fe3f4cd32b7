#include "providers/dialects/openai_chat/stream.hpp"

namespace providers {

Reading OpenAiChatStream::feed(std::string_view bytes, AnswerSink& sink) {
  if (reading_ != Reading::goes_on) return reading_;
  events_.feed(bytes);
  while (reading_ == Reading::goes_on) {
    const auto event = events_.next();
    if (!event) break;
    reading_ = take(*event, sink);
  }
  if (reading_ == Reading::goes_on && events_.state() != SseReader::State::reading) reading_ = Reading::bad;
  return reading_;
}

Reading OpenAiChatStream::take(const SseEvent& event, AnswerSink& sink) {
  const PassedEvent chat = classify(event, tokens_);
  switch (chat.kind) {
    case PassedEvent::Kind::empty:
      return Reading::goes_on;
    case PassedEvent::Kind::done:
      answer_.tell_rest(sink);
      return Reading::ended;
    case PassedEvent::Kind::bad:
      return Reading::bad;
    case PassedEvent::Kind::error:
      sink.take({.kind = AnswerEvent::Kind::error, .error = &*chat.error});
      return Reading::failed;
    case PassedEvent::Kind::delta:
      return answer_.tell(event.data, tokens_, chat.content, chat.usage, sink) ? Reading::goes_on
                                                                               : Reading::failed;
  }
  return Reading::bad;
}

}  // namespace providers
