#include "providers/dialects/gemini/reply.hpp"

#include <optional>
#include <utility>

#include "providers/conversation/answer.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/dialects/gemini/contents.hpp"
#include "providers/dialects/gemini/end.hpp"

namespace providers {

using Kind = AnswerEvent::Kind;

namespace {

std::string prefix_of(const Text& id) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : id.raw) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string prefix = "call_";
  for (int shift = 60; shift >= 0; shift -= 4) prefix += "0123456789abcdef"[(hash >> shift) & 15];
  return prefix + "_";
}

}  // namespace

struct GeminiAnswer::Reply {
  Text id, model, finish_reason, finish_message, block_reason, block_message;
  std::string_view parts;               // an array; empty: none
  std::string_view grounding, recited;  // objects; empty: none
  std::optional<ReportedError> error{};
};

bool GeminiAnswer::read(std::string_view text, Reply& reply) {
  JsonWalk walk(tokens_, text);
  const auto content = [&](const JsonString& key) {
    if (!key.is("parts") || walk.type() != JsonType::array) return walk.skip();
    return take_range(walk, text, reply.parts);
  };
  const auto candidate = [&](const JsonString& key) {
    if (key.is("content") && walk.type() == JsonType::object) return walk.object(content);
    if (key.is("finishReason")) return take_text(walk, reply.finish_reason);
    if (key.is("finishMessage")) return take_text(walk, reply.finish_message);
    if (walk.type() == JsonType::object) {
      if (key.is("groundingMetadata")) return take_range(walk, text, reply.grounding);
      if (key.is("citationMetadata")) return take_range(walk, text, reply.recited);
    }
    return walk.skip();
  };
  const auto feedback = [&](const JsonString& key) {
    if (key.is("blockReason")) return take_text(walk, reply.block_reason);
    if (key.is("blockReasonMessage")) return take_text(walk, reply.block_message);
    return walk.skip();
  };
  const auto member = [&](const JsonString& key) {
    if (key.is("candidates") && walk.type() == JsonType::array) {
      bool is_first = true;
      return walk.array([&] {
        if (!std::exchange(is_first, false) || walk.type() != JsonType::object) return walk.skip();
        return walk.object(candidate);
      });
    }
    if (key.is("promptFeedback") && walk.type() == JsonType::object) return walk.object(feedback);
    if (key.is("usageMetadata")) return usage_.read(walk);
    if (key.is("responseId")) return take_text(walk, reply.id);
    if (key.is("modelVersion")) return take_text(walk, reply.model);
    if (key.is("error") && walk.type() != JsonType::null) {
      reply.error = read_error_value(walk);
      return walk.ok();
    }
    return walk.skip();
  };
  return walk.ok() && walk.type() == JsonType::object && walk.object(member) && walk.finish();
}

Reading GeminiAnswer::take(std::string_view text, AnswerSink& sink) {
  Reply reply;
  if (!read(text, reply)) return Reading::bad;
  if (reply.error) {
    sink.take({.kind = Kind::error, .error = &*reply.error});
    return Reading::failed;
  }
  if (!std::exchange(has_begun_, true)) {
    call_prefix_ = prefix_of(reply.id);
    sink.take({.kind = Kind::begin, .id = reply.id, .name = reply.model});
  }
  if (!reply.parts.empty()) tell_parts(reply.parts, sink);
  citations_.take(reply.grounding, reply.recited, tokens_);
  const Reading reading = tell_end(reply, sink);
  if (usage_.is_known()) {
    sink.take({.kind = Kind::usage, .usage = usage_.usage(), .usage_is_odd = usage_.is_odd()});
  }
  return reading;
}

Reading GeminiAnswer::tell_end(const Reply& reply, AnswerSink& sink) {
  // A prompt that was blocked is told with a 200, and is nobody's fault but the request's.
  if (!reply.block_reason.raw.empty()) {
    std::string message = "The prompt was blocked: " + reply.block_reason.text();
    if (!reply.block_message.raw.empty()) message += ". " + reply.block_message.text();
    return fail(std::move(message), "content_filter", 400, sink);
  }
  if (reply.finish_reason.raw.empty() || reply.finish_reason.is("FINISH_REASON_UNSPECIFIED")) {
    return Reading::goes_on;
  }
  const GeminiEnd what = gemini_end(reply.finish_reason);
  if (what == GeminiEnd::broken) {
    const ReportedError error = broken_off(reply.finish_reason, reply.finish_message);
    sink.take({.kind = Kind::error, .error = &error});
    return Reading::failed;
  }
  citations_.tell(tokens_, sink);
  EndReason reason = calls_ > 0 ? EndReason::tool_calls : EndReason::stop;
  if (what == GeminiEnd::cut) reason = EndReason::length;
  if (what == GeminiEnd::filtered) reason = EndReason::content_filter;
  sink.take({.kind = Kind::end, .name = reply.finish_reason, .reason = reason});
  return Reading::goes_on;
}

Reading GeminiAnswer::fail(std::string message, std::string code, int status, AnswerSink& sink) {
  ReportedError error;
  error.message = std::move(message);
  error.code = std::move(code);
  error.status = status;
  sink.take({.kind = Kind::error, .error = &error});
  return Reading::failed;
}

void GeminiAnswer::tell_parts(std::string_view parts, AnswerSink& sink) {
  JsonWalk walk(tokens_, parts);
  parts_.clear();
  const auto note = [&] { return take_range(walk, parts, parts_.emplace_back()); };
  if (walk.type() != JsonType::array || !walk.array(note)) return;
  for (const std::string_view part : parts_) {
    Text text, signature, data, data_type;
    bool has_text = false, is_thought = false;
    std::string_view call;
    JsonWalk inner(tokens_, part);
    if (inner.type() != JsonType::object) continue;
    inner.object([&](const JsonString& key) {
      if (key.is("text")) return has_text = true, take_text(inner, text);
      if (key.is("thoughtSignature")) return take_text(inner, signature);
      if (key.is("thought") && inner.type() == JsonType::boolean) {
        is_thought = inner.boolean().value_or(false);
        return true;
      }
      if (key.is("functionCall") && inner.type() == JsonType::object) return take_range(inner, part, call);
      if (!key.is("inlineData") || inner.type() != JsonType::object) return inner.skip();
      return inner.object([&](const JsonString& of_data) {
        if (of_data.is("mimeType")) return take_text(inner, data_type);
        return of_data.is("data") ? take_text(inner, data) : inner.skip();
      });
    });
    if (has_text && is_thought) {
      if (!std::exchange(is_thinking_, true)) ++thoughts_;
      if (!text.raw.empty()) {
        sink.take(
            {.kind = Kind::thinking, .index = thoughts_ - 1, .text = text, .format = gemini_thinking_format});
      }
    } else if (has_text && !text.raw.empty()) {
      is_thinking_ = false;
      citations_.hears(text);
      sink.take({.kind = Kind::text, .text = text});
    }
    // Drafts of a picture are thoughts, too.
    if (!is_thought && !data.raw.empty() && data_type.raw.starts_with("image/")) {
      is_thinking_ = false;
      sink.take({.kind = Kind::image, .text = data, .name = data_type});
    }
    if (call.empty()) continue;
    // It must come back with the call: clients that keep thinking keep it.
    if (!signature.raw.empty()) tell_signature(signature, sink);
    is_thinking_ = false;
    JsonWalk called(tokens_, call);
    tell_call(called, call, sink);
  }
}

void GeminiAnswer::tell_signature(const Text& signature, AnswerSink& sink) {
  if (!is_thinking_) ++thoughts_;
  sink.take(
      {.kind = Kind::signature, .index = thoughts_ - 1, .text = signature, .format = gemini_thinking_format});
}

void GeminiAnswer::tell_call(JsonWalk& walk, std::string_view text, AnswerSink& sink) {
  Text id, name;
  std::string_view args;
  walk.object([&](const JsonString& key) {
    if (key.is("id")) return take_text(walk, id);
    if (key.is("name")) return take_text(walk, name);
    return key.is("args") ? take_range(walk, text, args) : walk.skip();
  });
  std::string own_id;
  if (id.raw.empty()) {
    own_id = call_prefix_ + std::to_string(calls_);
    id = {own_id, false};
  }
  std::string arguments;
  append_escaped(arguments, args.starts_with('{') ? args : "{}");
  sink.take({.kind = Kind::tool_call, .index = calls_, .id = id, .name = name});
  sink.take({.kind = Kind::arguments, .index = calls_++, .text = {arguments, true}});
}

Reading read_gemini_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) {
  GeminiAnswer answer(tokens);
  const Reading reading = answer.take(body, sink);
  tokens.shrink();
  return reading == Reading::goes_on ? Reading::ended : reading;
}

}  // namespace providers
