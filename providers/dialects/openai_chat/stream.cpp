#include "providers/dialects/openai_chat/stream.hpp"

namespace providers {

Reading OpenAiChatStream::take(const SseEvent& event, AnswerSink& sink) {
  const PassedEvent chat = classify(event, tokens_);
  switch (chat.kind) {
    case PassedEvent::Kind::empty:
      return Reading::goes_on;
    case PassedEvent::Kind::done:
      answer_.tell_end(sink);
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
