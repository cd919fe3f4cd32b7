#include "providers/dialects/anthropic/stream.hpp"

#include "providers/dialects/anthropic/errors.hpp"

namespace providers {

Reading AnthropicStream::take(const SseEvent& event, AnswerSink& sink) {
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
    answer_.all_has_come(sink);
    return Reading::ended;
  } else if (read->error) {
    answer_.fail(*read->error, sink);
    return Reading::failed;
  }
  return Reading::goes_on;
}

}  // namespace providers
