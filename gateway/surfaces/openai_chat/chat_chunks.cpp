#include <charconv>

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
                       std::string& out, ChatShape shape)
    : out_(out),
      wants_usage_(wants_usage),
      thinking_(thinking),
      shape_(shape),
      identity_("data: {\"id\":\"") {
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

void ChatChunks::end_chunk() {
  out_ += "},\"logprobs\":null,\"finish_reason\":null";
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
      return end_chunk();
    case Kind::refusal:
      begin_chunk();
      out_.append("\"refusal\":\"").append(event.text.raw).append("\"");
      return end_chunk();
    case Kind::thinking:
    case Kind::signature:
    case Kind::redacted:
      return think(event);
    case Kind::tool_call:
      begin_chunk();
      append_number(out_.append("\"tool_calls\":[{\"index\":"), event.index);
      out_.append(",\"id\":\"")
          .append(event.id.raw)
          .append("\",\"type\":\"function\",\"function\":{\"name\":\"");
      out_.append(event.name.raw).append("\",\"arguments\":\"\"}}]");
      return end_chunk();
    case Kind::arguments:
      begin_chunk();
      append_number(out_.append("\"tool_calls\":[{\"index\":"), event.index);
      out_.append(",\"function\":{\"arguments\":\"").append(event.text.raw).append("\"}}]");
      return end_chunk();
    case Kind::end:
      begin_chunk();
      out_.append("},\"logprobs\":null,\"finish_reason\":\"").append(word_of(event.reason));
      out_.append("\",\"native_finish_reason\":\"").append(event.name.raw).append("\"}]");
      return end_event();
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::begin:
    case Kind::citation:
    case Kind::error:
      return;
  }
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
