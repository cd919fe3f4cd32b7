#include "providers/dialects/anthropic/stream.hpp"

#include "providers/dialects/anthropic/errors.hpp"

namespace providers {

Reading AnthropicStream::feed(std::string_view bytes, AnswerSink& sink) {
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

Reading AnthropicStream::take(const SseEvent& event, AnswerSink& sink) {
  if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) return Reading::goes_on;
  const auto read = read_anthropic_event(event.data, tokens_, usage_);
  if (!read) {
    if (event.name != "error") return Reading::bad;
    answer_.fail(read_anthropic_error(event.data, tokens_), sink);
    return Reading::failed;
  }
  // By its own type, and not by the line before it, which those who imitate Anthropic leave out.
  if (read->type.is("content_block_delta")) {
    answer_.delta(read->delta, sink);
  } else if (read->type.is("content_block_start")) {
    if (read->block) answer_.block(*read->block, sink);
  } else if (read->type.is("content_block_stop")) {
    answer_.block_ended(sink);
  } else if (read->type.is("message_start")) {
    if (answer_.has_begun()) return Reading::goes_on;
    answer_.begin(read->id, read->model, sink);
    answer_.usage(usage_, sink);
  } else if (read->type.is("message_delta")) {
    if (!read->delta.stop_reason.raw.empty()) {
      answer_.end(read->delta.stop_reason, read->delta.stop_sequence, sink);
    }
    answer_.usage(usage_, sink);
  } else if (read->type.is("message_stop")) {
    return Reading::ended;
  } else if (read->error) {
    answer_.fail(*read->error, sink);
    return Reading::failed;
  }
  return Reading::goes_on;
}

}  // namespace providers
