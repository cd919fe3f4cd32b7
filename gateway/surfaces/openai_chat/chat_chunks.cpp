#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/surface/text_tool.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_usage.hpp"

namespace gateway {

using providers::AnswerEvent;
using Kind = AnswerEvent::Kind;

namespace {

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

}  // namespace

ChatChunks::ChatChunks(const StreamIdentity& stream, bool wants_usage, ThinkingShown thinking,
                       std::string& out, ChatShape shape, std::vector<std::string> text_tools, CallsAs calls)
    : out_(out),
      wants_usage_(wants_usage),
      thinking_(thinking),
      shape_(shape),
      calls_as_(calls),
      identity_("data: {\"id\":\""),
      text_tools_(std::move(text_tools)) {
  providers::append_escaped(identity_, stream.id);
  identity_ += "\",\"object\":\"chat.completion.chunk\",\"created\":";
  identity_ += std::to_string(stream.created);
  identity_ += ",\"model\":\"";
  providers::append_escaped(identity_, stream.model);
  if (shape == ChatShape::openrouter) {
    identity_ += "\",\"provider\":\"";
    providers::append_escaped(identity_, stream.provider);
  }
  identity_ += "\",\"choices\":[";
}

void ChatChunks::begin_chunk() {
  out_.append(identity_).append("{\"index\":0,\"delta\":{");
  if (std::exchange(has_role_, true)) return;
  out_ += "\"role\":\"assistant\",\"content\":\"\"";
  end_chunk();
  out_.append(identity_).append("{\"index\":0,\"delta\":{");
}

// `logprobs_of`: "content" or "refusal", of which there are `logprobs`, an array; both empty: of nothing.
void ChatChunks::end_chunk(std::string_view logprobs_of, std::string_view logprobs) {
  if (logprobs.empty()) {
    out_ += "},\"logprobs\":null,\"finish_reason\":null";
  } else {
    out_.append("},\"logprobs\":{\"").append(logprobs_of == "content" ? "refusal" : "content");
    out_.append("\":null,\"").append(logprobs_of).append("\":").append(logprobs);
    out_ += "},\"finish_reason\":null";
  }
  out_ += shape_ == ChatShape::openrouter ? ",\"native_finish_reason\":null}]" : "}]";
  end_event();
}

void ChatChunks::end_event() {
  const bool says_null = wants_usage_ && shape_ == ChatShape::openai;
  out_ += says_null ? ",\"usage\":null}\n\n" : "}\n\n";
}

void ChatChunks::take(const AnswerEvent& event) {
  switch (event.kind) {
    case Kind::text:
      begin_chunk();
      out_.append("\"content\":\"").append(event.text.raw).append("\"");
      return end_chunk("content", event.json);
    case Kind::refusal:
      begin_chunk();
      out_.append("\"refusal\":\"").append(event.text.raw).append("\"");
      return end_chunk("refusal", event.json);
    case Kind::image:
      begin_chunk();
      out_.append("\"images\":[").append(image_of(event, images_++)).append("]");
      return end_chunk();
    case Kind::thinking:
    case Kind::signature:
    case Kind::redacted:
      return think(event);
    case Kind::tool_call:
      return begin_call(event);
    case Kind::arguments:
      return go_on_with_call(event);
    case Kind::end:
      write_texts_of_calls();
      begin_chunk();
      out_.append("},\"logprobs\":null,\"finish_reason\":\"").append(finish_word(event.reason, calls_as_));
      out_.append("\",\"native_finish_reason\":\"").append(event.name.raw).append("\"}]");
      return end_event();
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::citation:
      return cite(event);
    case Kind::begin:
    case Kind::error:
      return;
  }
}

void ChatChunks::cite(const AnswerEvent& event) {
  const std::string annotation = annotation_of(event);
  if (annotation.empty()) {
    losses_.lose_citation();
    return;
  }
  begin_chunk();
  out_.append("\"annotations\":[").append(annotation).append("]");
  end_chunk();
}

// Of functions, which have no place for another.
void ChatChunks::tell_function(std::string_view members) {
  begin_chunk();
  out_.append("\"function_call\":{").append(members).append("}");
  end_chunk();
}

void ChatChunks::begin_call(const AnswerEvent& event) {
  if (calls_as_ == CallsAs::functions) {
    if (event.index > 0) return losses_.lose_call();
    return tell_function(std::string("\"name\":\"").append(event.name.raw).append("\",\"arguments\":\"\""));
  }
  const bool takes_text =
      !text_tools_.empty() && std::ranges::find(text_tools_, event.name.text()) != text_tools_.end();
  if (takes_text) text_calls_.push_back({.index = event.index, .arguments = {}});
  begin_chunk();
  append_number(out_.append("\"tool_calls\":[{\"index\":"), event.index);
  out_.append(",\"id\":\"").append(event.id.raw);
  out_ += takes_text ? "\",\"type\":\"custom\",\"custom\":{\"name\":\""
                     : "\",\"type\":\"function\",\"function\":{\"name\":\"";
  out_.append(event.name.raw).append(takes_text ? "\",\"input\":\"\"}}]" : "\",\"arguments\":\"\"}}]");
  end_chunk();
}

void ChatChunks::go_on_with_call(const AnswerEvent& event) {
  if (calls_as_ == CallsAs::functions) {
    if (event.index > 0) return;
    return tell_function(std::string("\"arguments\":\"").append(event.text.raw).append("\""));
  }
  for (TextCall& call : text_calls_) {
    if (call.index == event.index) {
      call.arguments.append(event.text.raw);
      return;
    }
  }
  begin_chunk();
  append_number(out_.append("\"tool_calls\":[{\"index\":"), event.index);
  out_.append(",\"function\":{\"arguments\":\"").append(event.text.raw).append("\"}}]");
  end_chunk();
}

void ChatChunks::write_texts_of_calls() {
  for (const TextCall& call : text_calls_) {
    begin_chunk();
    append_number(out_.append("\"tool_calls\":[{\"index\":"), call.index);
    out_.append(",\"custom\":{\"input\":\"").append(text_in(call.arguments)).append("\"}}]");
    end_chunk();
  }
  text_calls_.clear();
}

// In the words of DeepSeek's clients and of OpenRouter's; what it is signed by only the latter know to send
// back.
void ChatChunks::think(const AnswerEvent& event) {
  if (thinking_ == ThinkingShown::no) return;
  begin_chunk();
  const std::string_view raw = event.text.raw;
  if (event.kind == Kind::thinking) {
    out_.append("\"reasoning_content\":\"")
        .append(raw)
        .append("\",\"reasoning\":\"")
        .append(raw)
        .append("\",");
  }
  const bool is_redacted = event.kind == Kind::redacted;
  out_ += is_redacted ? "\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\""
          : event.kind == Kind::signature
              ? "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\""
              : "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"";
  out_.append(raw);
  if (!event.id.raw.empty()) out_.append("\",\"id\":\"").append(event.id.raw);
  out_.append("\",\"format\":\"").append(event.format).append("\",\"index\":");
  append_number(out_, event.index);
  out_ += "}]";
  end_chunk();
}

void ChatChunks::finish(std::string_view own_members) {
  if (wants_usage_ && usage_) {
    out_.append(identity_).append("],\"usage\":");
    append_usage(out_, *usage_, own_members);
    out_ += "}\n\n";
  }
}

}  // namespace gateway
