#include <utility>

#include "gateway/surfaces/anthropic_messages/message_answer.hpp"
#include "gateway/surfaces/anthropic_messages/message_usage.hpp"
#include "providers/json/json_writer.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::EndReason;
using Kind = AnswerEvent::Kind;

std::string message_id(std::string_view request_id) {
  const std::size_t begin = request_id.find('_');
  return "msg_" + std::string(request_id.substr(begin == std::string_view::npos ? 0 : begin + 1));
}

void MessageEnd::take(const AnswerEvent& event) {
  has_refused_ = has_refused_ || event.kind == Kind::refusal;
  has_called_ = has_called_ || event.kind == Kind::tool_call;
  if (event.kind != Kind::end) return;
  reason_ = event.reason;
  if (event.reason == EndReason::stop) sequence_ = event.text.raw;
}

// Some hosts say "stop" of an answer that calls tools.
std::string_view MessageEnd::stop_reason() const {
  const EndReason reason = reason_.value_or(EndReason::stop);
  if (reason == EndReason::length) return "max_tokens";
  if (reason == EndReason::content_filter || has_refused_) return "refusal";
  if (has_called_ || reason == EndReason::tool_calls) return "tool_use";
  return sequence_.empty() ? "end_turn" : "stop_sequence";
}

MessageEvents::MessageEvents(const StreamIdentity& stream, ThoughtShown thoughts, std::string& out)
    : out_(out), thoughts_(thoughts), owner_(stream.owner) {
  start_ = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"";
  providers::append_escaped(start_, message_id(stream.id));
  start_ += "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"";
  providers::append_escaped(start_, stream.model);
  start_ += "\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":";
}

// What was read is known at the end, where the host tells it.
void MessageEvents::begin() {
  if (start_.empty()) return;
  out_.append(std::exchange(start_, {}));
  append_message_usage(out_, usage_, UsageOf::reply);
  out_ += "}}\n\n";
}

void MessageEvents::begin_block(Open kind, std::string_view block) {
  end_block();
  begin();
  open_ = kind;
  out_ += "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":";
  out_.append(std::to_string(blocks_++)).append(",\"content_block\":").append(block).append("}\n\n");
}

void MessageEvents::delta(std::string_view members_before, std::string_view raw) {
  out_ += "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";
  out_.append(std::to_string(blocks_ - 1)).append(",\"delta\":{\"type\":\"");
  out_.append(members_before).append(raw).append("\"}}\n\n");
}

void MessageEvents::end_block() {
  if (open_ == Open::none) return;
  if (open_ == Open::thinking && !is_signed_) {
    delta("signature_delta\",\"signature\":\"",
          signature_of(
              {.text = {thought_text_, true}, .signature = {signature_, true}, .format = {format_, true}},
              thoughts_, owner_));
  }
  open_ = Open::none;
  out_ += "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":";
  out_.append(std::to_string(blocks_ - 1)).append("}\n\n");
}

void MessageEvents::take(const AnswerEvent& event) {
  end_.take(event);
  switch (event.kind) {
    case Kind::text:
    case Kind::refusal:
      return say(event.text.raw);
    case Kind::image:
      return say(untold_image);
    case Kind::thinking:
    case Kind::signature:
    case Kind::redacted:
      return think(event);
    case Kind::tool_call:
      return call_begins(event);
    case Kind::arguments:
      return arguments(event);
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::citation:
      // Of a page it would need what Anthropic's own search alone can read (`encrypted_index`).
      left_out_ = citations_left_out;
      return;
    case Kind::begin:
    case Kind::end:
    case Kind::error:
      return;
  }
}

void MessageEvents::say(std::string_view raw) {
  if (raw.empty()) return;
  open_calls(true);
  if (open_ != Open::text) begin_block(Open::text, R"({"type":"text","text":""})");
  delta("text_delta\",\"text\":\"", raw);
}

// What another maker signed or encrypted is kept for it.
void MessageEvents::think(const AnswerEvent& event) {
  if (thoughts_ == ThoughtShown::no) return;
  const bool is_anthropics = event.format == anthropic_format;
  open_calls(true);
  if (event.kind == Kind::redacted) {
    const std::string data =
        is_anthropics ? std::string(event.text.raw)
                      : kept_thinking({.redacted = event.text, .format = {event.format, true}}, owner_);
    begin_block(Open::text, R"({"type":"redacted_thinking","data":")" + data + "\"}");
    return end_block();
  }
  if (open_ != Open::thinking || thought_ != event.index) {
    begin_block(Open::thinking, R"({"type":"thinking","thinking":"","signature":""})");
    thought_ = event.index;
    is_signed_ = false;
    thought_text_.clear();
    signature_.clear();
  }
  format_ = event.format;
  const bool is_read = thoughts_ == ThoughtShown::yes;
  if (event.kind == Kind::signature && is_read && is_anthropics) {
    is_signed_ = true;
    return delta("signature_delta\",\"signature\":\"", event.text.raw);
  }
  if (event.kind == Kind::signature) {
    signature_.append(event.text.raw);
  } else if (is_read) {
    delta("thinking_delta\",\"thinking\":\"", event.text.raw);
  } else {
    thought_text_.append(event.text.raw);
  }
}

void MessageEvents::call_begins(const AnswerEvent& event) {
  calls_.push_back({event.index, std::string(event.id.raw), std::string(event.name.raw), {}, {}});
  open_calls(false);
}

void MessageEvents::arguments(const AnswerEvent& event) {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    Call& call = calls_[i];
    if (call.index != event.index) continue;
    call.progress.feed(event.text.raw);
    if (i == 0 && open_ == Open::call) {
      delta("input_json_delta\",\"partial_json\":\"", event.text.raw);
    } else {
      call.arguments.append(event.text.raw);
    }
    break;
  }
  open_calls(false);
}

// The first stays open until its arguments are complete and another one waits, or nothing more can come.
void MessageEvents::open_calls(bool is_last) {
  while (!calls_.empty()) {
    Call& first = calls_.front();
    if (open_ != Open::call) {
      std::string block(R"({"type":"tool_use","id":")");
      block.append(allowed_call_id(first.id, first.index)).append(R"(","name":")").append(first.name);
      block.append(R"(","input":{}})");
      begin_block(Open::call, block);
      if (!first.arguments.empty()) delta("input_json_delta\",\"partial_json\":\"", first.arguments);
    }
    const bool is_over = is_last || (calls_.size() > 1 && first.progress.is_complete());
    if (!is_over) return;
    end_block();
    calls_.erase(calls_.begin());
  }
}

void MessageEvents::finish(std::string_view own_members) {
  open_calls(true);
  end_block();
  begin();
  out_ += "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"";
  out_.append(end_.stop_reason()).append("\",\"stop_sequence\":").append(end_.stop_sequence());
  out_ += "},\"usage\":";
  append_message_usage(out_, usage_, UsageOf::end_of_stream, own_members);
  out_ += "}\n\n";
}

}  // namespace gateway
