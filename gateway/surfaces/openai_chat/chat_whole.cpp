#include <algorithm>

#include "gateway/surface/text_tool.hpp"
#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_usage.hpp"
#include "providers/conversation/page_citation.hpp"
#include "providers/conversation/tool_names.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::EndReason;
using providers::JsonWriter;
using Kind = AnswerEvent::Kind;

namespace {

// Of raw text.
providers::Text raw(std::string_view text) {
  return {text, true};
}

void add_elements(std::string& all, std::string_view array) {
  const std::string_view elements = providers::elements_of(array);
  if (!elements.empty()) all.append(all.empty() ? "" : ",").append(elements);
}

}  // namespace

std::string_view finish_word(EndReason reason, CallsAs calls) {
  const bool is_function = reason == EndReason::tool_calls && calls == CallsAs::functions;
  return is_function ? "function_call" : word_of(reason);
}

std::string annotation_of(const AnswerEvent& event) {
  if (event.format != providers::page_citation) return {};
  return R"({"type":"url_citation","url_citation":{)" + providers::page_members(event) + "}}";
}

std::string image_of(const AnswerEvent& event, std::size_t index) {
  std::string json(R"({"type":"image_url","image_url":{"url":")");
  if (!event.name.raw.empty()) json.append("data:").append(event.name.raw).append(";base64,");
  return json.append(event.text.raw).append(R"("},"index":)").append(std::to_string(index)).append("}");
}

std::vector<std::string> text_tools_of(const providers::Conversation& asked) {
  std::vector<std::string> names;
  for (const providers::Tool& tool : asked.tools) {
    if (tool.takes_text) names.push_back(clients_name(asked, tool.name).text());
  }
  return names;
}

// Blocks come one after the other.
ChatWhole::Thought& ChatWhole::thought(const AnswerEvent& event) {
  if (thoughts_.size() <= event.index) thoughts_.resize(event.index + 1);
  thoughts_[event.index].format = event.format;
  return thoughts_[event.index];
}

void ChatWhole::take(const AnswerEvent& event) {
  switch (event.kind) {
    case Kind::text:
      text_.append(event.text.raw);
      return add_elements(text_logprobs_, event.json);
    case Kind::refusal:
      refusal_.append(event.text.raw);
      return add_elements(refusal_logprobs_, event.json);
    case Kind::image:
      images_.append(images_.empty() ? "" : ",").append(image_of(event, image_count_++));
      return;
    case Kind::thinking:
      thinking_text_.append(event.text.raw);
      thought(event).text.append(event.text.raw);
      return;
    case Kind::signature:
      thought(event).signature.append(event.text.raw);
      return;
    case Kind::redacted:
      thought(event).redacted.append(event.text.raw);
      thought(event).id = event.id.raw;
      return;
    case Kind::tool_call:
      if (calls_as_ == CallsAs::functions && !calls_.empty()) losses_.lose_call();
      calls_.push_back({std::string(event.id.raw),
                        std::string(event.name.raw),
                        {},
                        std::ranges::find(text_tools_, event.name.text()) != text_tools_.end()});
      return;
    case Kind::arguments:
      if (event.index < calls_.size()) calls_[event.index].arguments.append(event.text.raw);
      return;
    case Kind::end:
      reason_ = event.reason;
      native_reason_ = event.name.raw;
      return;
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::citation:
      if (const std::string annotation = annotation_of(event); !annotation.empty()) {
        annotations_.append(annotations_.empty() ? "" : ",").append(annotation);
      } else {
        losses_.lose_citation();
      }
      return;
    case Kind::begin:
    case Kind::error:
      return;
  }
}

void ChatWhole::write_thoughts(JsonWriter& json) const {
  json.begin_array();
  for (std::size_t i = 0; i < thoughts_.size(); ++i) {
    const Thought& thought = thoughts_[i];
    json.begin_object();
    if (!thought.redacted.empty()) {
      json.key("type").plain("reasoning.encrypted");
      json.key("data").string(raw(thought.redacted));
    } else {
      json.key("type").plain("reasoning.text");
      json.key("text").string(raw(thought.text));
      if (!thought.signature.empty()) json.key("signature").string(raw(thought.signature));
    }
    if (!thought.id.empty()) json.key("id").string(raw(thought.id));
    json.key("format").plain(thought.format);
    json.key("index").integer(static_cast<std::int64_t>(i));
    json.end_object();
  }
  json.end_array();
}

void ChatWhole::write_calls(JsonWriter& json) const {
  json.begin_array();
  for (const Call& call : calls_) {
    json.begin_object();
    const std::string_view type = call.takes_text ? "custom" : "function";
    json.key("id").string(raw(call.id));
    json.key("type").plain(type);
    json.key(type).begin_object();
    json.key("name").string(raw(call.name));
    if (call.takes_text) {
      json.key("input").string(raw(text_in(call.arguments)));
    } else {
      json.key("arguments").string(raw(call.arguments));
    }
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

void ChatWhole::write_logprobs(JsonWriter& json) const {
  if (text_logprobs_.empty() && refusal_logprobs_.empty()) return json.raw("null");
  const auto array_or_null = [&](std::string_view key, const std::string& elements) {
    json.key(key).raw(elements.empty() ? "null" : "[" + elements + "]");
  };
  json.begin_object();
  array_or_null("content", text_logprobs_);
  array_or_null("refusal", refusal_logprobs_);
  json.end_object();
}

std::string ChatWhole::body(const StreamIdentity& reply, std::string_view own_members) const {
  std::string out;
  JsonWriter json(out);
  const auto text_or_null = [&](std::string_view key, const std::string& text) {
    json.key(key);
    if (text.empty()) return json.raw("null");
    json.string(raw(text));
  };
  json.begin_object();
  json.key("id").plain(reply.id);
  json.key("object").plain("chat.completion");
  json.key("created").integer(reply.created);
  json.key("model").plain(reply.model);
  if (shape_ == ChatShape::openrouter) {
    json.key("provider").plain(reply.provider);
    json.key("system_fingerprint").raw("null");
  }
  json.key("choices").begin_array();
  json.begin_object();
  json.key("index").integer(0);
  json.key("message").begin_object();
  json.key("role").plain("assistant");
  // Strict clients want a text where there is nothing else.
  if (text_.empty() && calls_.empty() && refusal_.empty()) {
    json.key("content").plain("");
  } else {
    text_or_null("content", text_);
  }
  text_or_null("refusal", refusal_);
  if (thinking_ == ThinkingShown::yes && !thoughts_.empty()) {
    text_or_null("reasoning_content", thinking_text_);
    text_or_null("reasoning", thinking_text_);
    write_thoughts(json.key("reasoning_details"));
  }
  if (!calls_.empty() && calls_as_ == CallsAs::functions) {
    json.key("function_call").begin_object();
    json.key("name").string(raw(calls_.front().name));
    json.key("arguments").string(raw(calls_.front().arguments));
    json.end_object();
  } else if (!calls_.empty()) {
    write_calls(json.key("tool_calls"));
  }
  if (!images_.empty()) json.key("images").raw("[" + images_ + "]");
  if (!annotations_.empty()) json.key("annotations").raw("[" + annotations_ + "]");
  json.end_object();
  write_logprobs(json.key("logprobs"));
  json.key("finish_reason");
  reason_ ? json.plain(finish_word(*reason_, calls_as_)) : json.raw("null");
  json.key("native_finish_reason");
  reason_ ? json.string(raw(native_reason_)) : json.raw("null");
  json.end_object();
  json.end_array();
  if (usage_) {
    std::string usage;
    append_usage(usage, *usage_, own_members);
    json.key("usage").raw(usage);
  }
  json.end_object();
  return out;
}

}  // namespace gateway
