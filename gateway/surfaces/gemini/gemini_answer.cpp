#include "gateway/surfaces/gemini/gemini_answer.hpp"

#include <algorithm>
#include <utility>

#include "gateway/surfaces/gemini/gemini_names.hpp"
#include "gateway/text/line_writer.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::EndReason;
using Kind = AnswerEvent::Kind;

namespace {

// Calls of tools are an end like any other here.
std::string_view word_of_end(EndReason reason) {
  if (reason == EndReason::length) return "MAX_TOKENS";
  return reason == EndReason::content_filter ? "SAFETY" : "STOP";
}

std::string text_part(std::string_view raw) {
  return std::string("{\"text\":\"").append(raw).append("\"}");
}
std::string image_part(const AnswerEvent& event) {
  const bool is_address = event.name.raw.empty();
  std::string part(is_address ? R"({"fileData":{"mimeType":"image/*","fileUri":")"
                              : R"({"inlineData":{"mimeType":")");
  if (!is_address) part.append(event.name.raw).append(R"(","data":")");
  return part.append(event.text.raw).append("\"}}");
}
std::string thought_part(std::string_view raw) {
  return std::string("{\"thought\":true,\"text\":\"").append(raw).append("\"}");
}

void append_identity(std::string& out, const StreamIdentity& reply) {
  out += ",\"modelVersion\":\"";
  providers::append_escaped(out, reply.model);
  out += "\",\"responseId\":\"";
  providers::append_escaped(out, reply.id);
  out += "\"";
}

// As an object. What is none cannot stand here, and the client should see what the model wrote.
std::string arguments_of(const std::string& raw) {
  const std::string text = providers::JsonString{raw, true}.text();
  providers::JsonTokens tokens;
  std::string padded = text;
  padded.reserve(text.size() + 64);
  providers::JsonWalk walk(tokens, padded);
  const bool is_object =
      walk.ok() && walk.type() == providers::JsonType::object && walk.skip() && walk.finish();
  if (is_object) return text;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return "{}";
  return std::string("{\"invalid_arguments\":\"").append(raw).append("\"}");
}

}  // namespace

void append_gemini_usage(std::string& out, const routing::Usage& usage, std::string_view own_members) {
  LineWriter line(out);
  line.text("{\"promptTokenCount\":");
  line.integer(usage.prompt.count);
  line.text(",\"candidatesTokenCount\":");
  line.integer(std::max<std::int64_t>(usage.output.count - usage.reasoning.count, 0));
  line.text(",\"thoughtsTokenCount\":");
  line.integer(usage.reasoning.count);
  line.text(",\"cachedContentTokenCount\":");
  line.integer(usage.cached.count);
  line.text(",\"totalTokenCount\":");
  line.integer(usage.prompt.count + usage.output.count);
  line.text(own_members);
  line.text("}");
}

bool GeminiCalls::take(const AnswerEvent& event) {
  if (event.kind == Kind::signature) {
    if (event.format == gemini_thinking_format) signature_.append(event.text.raw);
    return true;
  }
  if (event.kind == Kind::tool_call) {
    calls_.push_back({event.index,
                      std::string(event.id.raw),
                      std::string(event.name.raw),
                      {},
                      std::exchange(signature_, {})});
    return true;
  }
  if (event.kind != Kind::arguments) return false;
  for (Call& call : calls_) {
    if (call.index == event.index) call.arguments.append(event.text.raw);
  }
  return true;
}

std::string GeminiCalls::take_parts() {
  std::string parts;
  for (const Call& call : std::exchange(calls_, {})) {
    parts.append(parts.empty() ? "" : ",").append("{\"functionCall\":{");
    if (!call.id.empty()) parts.append("\"id\":\"").append(call.id).append("\",");
    parts.append("\"name\":\"").append(call.name).append("\",\"args\":");
    parts.append(arguments_of(call.arguments)).append("}");
    if (!call.signature.empty()) parts.append(",\"thoughtSignature\":\"").append(call.signature).append("\"");
    parts.append("}");
  }
  return parts;
}

void GeminiSources::take(const AnswerEvent& citation) {
  if (citation.format != providers::page_citation) {
    left_out_ = citations_left_out;
    return;
  }
  std::string padded(citation.json);
  padded.reserve(padded.size() + 64);
  providers::JsonTokens tokens;
  providers::JsonWalk walk(tokens, padded);
  std::string_view uri, title;
  const auto text = [&](std::string_view& found) {
    if (walk.type() != providers::JsonType::string) return walk.skip();
    const auto string = walk.string();
    if (string) found = string->raw;
    return string.has_value();
  };
  const bool is_read = walk.ok() && walk.type() == providers::JsonType::object &&
                       walk.object([&](const providers::JsonString& key) {
                         if (key.is("url")) return text(uri);
                         return key.is("title") ? text(title) : walk.skip();
                       });
  if (!is_read || uri.empty()) return;
  std::string chunk = R"({"web":{"uri":")";
  chunk.append(uri).append("\"");
  if (!title.empty()) chunk.append(",\"title\":\"").append(title).append("\"");
  chunk += "}}";
  if (std::ranges::find(chunks_, chunk) == chunks_.end()) chunks_.push_back(std::move(chunk));
}

std::string GeminiSources::member() const {
  std::string all;
  for (const std::string& chunk : chunks_) all.append(all.empty() ? "" : ",").append(chunk);
  return all.empty() ? all : ",\"groundingMetadata\":{\"groundingChunks\":[" + all + "]}";
}

std::string gemini_part(GeminiFraming framing, std::string_view object) {
  const bool is_event = framing == GeminiFraming::events;
  return std::string(is_event ? "data: " : "").append(object).append(is_event ? "\n\n" : "\n,");
}

GeminiEvents::GeminiEvents(const StreamIdentity& stream, ThoughtsShown thoughts, GeminiFraming framing,
                           std::string& out)
    : out_(out), thoughts_(thoughts), framing_(framing) {
  append_identity(identity_, stream);
}

std::string GeminiEvents::object(std::string_view parts, std::string_view behind) const {
  std::string text = "{\"candidates\":[{\"content\":{\"parts\":[";
  text.append(parts).append("],\"role\":\"model\"},\"index\":0").append(behind);
  return text.append(identity_).append("}");
}

void GeminiEvents::tell(std::string_view parts) {
  out_.append(gemini_part(framing_, object(parts, "}]")));
}

// All that are there: they come when they are complete, and so before what follows them.
void GeminiEvents::tell_calls() {
  if (!calls_.empty()) tell(calls_.take_parts());
}

void GeminiEvents::take(const AnswerEvent& event) {
  if (calls_.take(event)) return;
  switch (event.kind) {
    case Kind::text:
    case Kind::refusal:
      if (event.text.raw.empty()) return;
      tell_calls();
      return tell(text_part(event.text.raw));
    case Kind::image:
      tell_calls();
      return tell(image_part(event));
    case Kind::thinking:
      if (thoughts_ == ThoughtsShown::no || event.text.raw.empty()) return;
      tell_calls();
      return tell(thought_part(event.text.raw));
    case Kind::end:
      reason_ = event.reason;
      return;
    case Kind::usage:
      usage_ = event.usage;
      return;
    case Kind::citation:
      return sources_.take(event);
    default:
      return;
  }
}

void GeminiEvents::finish(std::string_view own_members) {
  std::string parts = calls_.take_parts();
  if (parts.empty()) parts = text_part("");
  std::string behind = ",\"finishReason\":\"";
  behind.append(word_of_end(reason_.value_or(EndReason::stop))).append("\"").append(sources_.member());
  behind += "}],\"usageMetadata\":";
  append_gemini_usage(behind, usage_.value_or(routing::Usage{}), own_members);
  const std::string last = object(parts, behind);
  out_.append(framing_ == GeminiFraming::events ? gemini_part(framing_, last) : last);
}

void GeminiWhole::take(const AnswerEvent& event) {
  if (calls_.take(event)) return;
  if (event.kind == Kind::text || event.kind == Kind::refusal) text_.append(event.text.raw);
  if (event.kind == Kind::image) images_.append(images_.empty() ? "" : ",").append(image_part(event));
  if (event.kind == Kind::thinking && thoughts_ == ThoughtsShown::yes) thinking_.append(event.text.raw);
  if (event.kind == Kind::end) reason_ = event.reason;
  if (event.kind == Kind::usage) usage_ = event.usage;
  if (event.kind == Kind::citation) sources_.take(event);
}

std::string GeminiWhole::body(const StreamIdentity& reply, std::string_view own_members) const {
  std::string parts;
  const auto add = [&](const std::string& part) { parts.append(parts.empty() ? "" : ",").append(part); };
  if (!thinking_.empty()) add(thought_part(thinking_));
  if (!text_.empty() || (calls_.empty() && images_.empty())) add(text_part(text_));
  if (!images_.empty()) add(images_);
  if (!calls_.empty()) add(GeminiCalls(calls_).take_parts());
  std::string out = "{\"candidates\":[{\"content\":{\"parts\":[";
  out.append(parts).append("],\"role\":\"model\"},\"finishReason\":\"");
  out.append(word_of_end(reason_.value_or(EndReason::stop)))
      .append("\",\"index\":0")
      .append(sources_.member());
  out += "}],\"usageMetadata\":";
  append_gemini_usage(out, usage_.value_or(routing::Usage{}), own_members);
  append_identity(out, reply);
  return out += '}';
}

}  // namespace gateway
