#include "gateway/surfaces/openai_responses/responses_answer.hpp"

#include <algorithm>

namespace gateway {

using providers::AnswerEvent;
using providers::EndReason;
using Kind = AnswerEvent::Kind;

void ResponseEnd::take(const AnswerEvent& event) {
  if (event.kind == Kind::end) reason = event.reason;
  if (event.kind == Kind::usage) usage = event.usage;
}

ResponseStatus ResponseEnd::status() const {
  const bool is_cut = reason == EndReason::length || reason == EndReason::content_filter;
  return is_cut ? ResponseStatus::incomplete : ResponseStatus::completed;
}

std::string_view ResponseEnd::incomplete_reason() const {
  return reason == EndReason::content_filter ? "content_filter" : "max_output_tokens";
}

ResponsesStream::ResponsesStream(const providers::Conversation& asked, const StreamIdentity& stream,
                                 std::string& out)
    : id_(stream.id),
      model_(stream.model),
      created_(stream.created),
      said_back_(asked.said_back),
      events_(&out),
      output_(asked, stream, events_) {}

void ResponsesStream::begin() {
  if (has_begun_) return;
  has_begun_ = true;
  std::string object;
  append_response(object, identity(), said_back_, {});
  events_.response("response.created", object);
  events_.response("response.in_progress", object);
}

void ResponsesStream::take(const AnswerEvent& event) {
  if (event.kind == Kind::error) return;
  end_.take(event);
  // What the host calls itself, or has counted so far, is no part of an answer yet.
  if (event.kind == Kind::begin || event.kind == Kind::usage) return;
  begin();
  output_.take(event);
}

void ResponsesStream::finish(std::string_view own_members) {
  begin();
  const ResponseStatus status = end_.status();
  output_.end(status);
  const std::string items = output_.items();
  std::string object;
  append_response(object, identity(), said_back_,
                  {.status = status,
                   .incomplete_reason = end_.incomplete_reason(),
                   .output = items,
                   .usage = end_.usage ? &*end_.usage : nullptr,
                   .usage_members = own_members});
  events_.response(status == ResponseStatus::incomplete ? "response.incomplete" : "response.completed",
                   object);
}

void ResponsesWhole::take(const AnswerEvent& event) {
  if (event.kind == Kind::error) return;
  end_.take(event);
  kept_.push_back({.event = event,
                   .text = std::string(event.text.raw),
                   .id = std::string(event.id.raw),
                   .name = std::string(event.name.raw),
                   .json = std::string(event.json)});
}

void ResponsesWhole::tell(ResponseOutput& output) const {
  for (const Kept& kept : kept_) {
    AnswerEvent event = kept.event;
    event.text.raw = kept.text;
    event.id.raw = kept.id;
    event.name.raw = kept.name;
    event.json = kept.json;
    output.take(event);
  }
}

std::string_view ResponsesWhole::left_out() const {
  const bool cites =
      std::ranges::any_of(kept_, [](const Kept& kept) { return kept.event.kind == Kind::citation; });
  if (!cites) return {};
  ResponseEvents unheard(nullptr);
  ResponseOutput output(asked_, {}, unheard);
  tell(output);
  return output.loses_citations() ? citations_left_out : std::string_view();
}

std::string ResponsesWhole::body(const StreamIdentity& reply, std::string_view own_members) const {
  ResponseEvents unheard(nullptr);
  ResponseOutput output(asked_, reply, unheard);
  tell(output);
  const ResponseStatus status = end_.status();
  output.end(status);
  const std::string items = output.items();
  std::string body;
  append_response(body, reply, asked_.said_back,
                  {.status = status,
                   .incomplete_reason = end_.incomplete_reason(),
                   .output = items,
                   .usage = end_.usage ? &*end_.usage : nullptr,
                   .usage_members = own_members});
  return body;
}

}  // namespace gateway
