#include "providers/dialects/openai_responses/stream.hpp"

namespace providers {
namespace {

void fail(const ReportedError& error, AnswerSink& sink) {
  sink.take({.kind = AnswerEvent::Kind::error, .error = &error});
}

// Its items are read after what they depend on.
void tell_output(std::string_view output, JsonTokens& tokens, ResponsesAnswer& answer, AnswerSink& sink) {
  JsonWalk walk(tokens, output, JsonWalk::Depth::any);
  std::int64_t index = 0;
  walk.array([&] {
    ResponsesItem item;
    if (!read_responses_item(walk, output, item)) return false;
    answer.item(item, index++, sink);
    return true;
  });
}

}  // namespace

// By its own type, and not by the line before it.
Reading ResponsesStreamReader::take(const SseEvent& event, AnswerSink& sink) {
  if (event.data.starts_with("[DONE]")) return Reading::bad;  // before the end there is none
  const auto read = read_responses_event(event.data, tokens_);
  if (!read) {
    if (event.name != "error") return Reading::bad;
    ReportedError error = read_error(event.data, tokens_);
    complete_responses_error(error);
    fail(error, sink);
    return Reading::failed;
  }
  if (read->error) {
    fail(*read->error, sink);
    return Reading::failed;
  }
  if (!read->response) {
    answer_.tell(*read, sink);
    return Reading::goes_on;
  }
  if (read->response->has_failed() || read->is("response.failed")) {
    fail(read->response->error.value_or(ReportedError{}), sink);
    return Reading::failed;
  }
  answer_.begin(*read->response, sink);
  const bool is_over = read->is("response.completed") || read->is("response.incomplete");
  return is_over ? conclude(*read->response, sink) : Reading::goes_on;
}

Reading ResponsesStreamReader::conclude(const ResponsesObject& response, AnswerSink& sink) {
  // Of hosts that tell it only here.
  if (response.has_output) tell_output(response.output, tokens_, answer_, sink);
  answer_.end(response, sink);
  return Reading::ended;
}

Reading read_responses_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) {
  ResponsesObject response;
  {
    JsonWalk walk(tokens, body, JsonWalk::Depth::any);
    const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                         read_responses_object(walk, body, response) && walk.finish();
    if (!is_read) return Reading::bad;
  }
  if (response.has_failed()) {
    fail(response.error.value_or(ReportedError{}), sink);
    return Reading::failed;
  }
  ResponsesAnswer answer;
  answer.begin(response, sink);
  if (response.has_output) tell_output(response.output, tokens, answer, sink);
  if (response.is_over() || response.status.raw.empty()) answer.end(response, sink);
  return Reading::ended;
}

}  // namespace providers
