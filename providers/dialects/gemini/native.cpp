#include "providers/dialects/gemini/native.hpp"

#include <algorithm>

#include "providers/dialect/relayed_event.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/dialects/gemini/end.hpp"
#include "providers/dialects/gemini/usage.hpp"

namespace providers {
namespace {

// A whole reply, or one event, which is one, too, with the next part of the answer.
class ReplyReader {
 public:
  ReplyReader(std::string_view text, JsonTokens& tokens) : walk_(tokens, text) {}

  bool read() {
    return walk_.ok() && walk_.type() == JsonType::object &&
           walk_.object([this](const JsonString& key) { return member(key); }) && walk_.finish();
  }

  PassedContent content;
  ReportedUsage usage;
  ByteRange usage_value;
  NamePlaces names;
  std::optional<ReportedError> error{};

 private:
  bool member(const JsonString& key) {
    if (key.is("candidates") && walk_.type() == JsonType::array) {
      content.names_choices = true;
      return walk_.array([this] { return candidate(); });
    }
    if (key.is("promptFeedback")) {
      return object([this](const JsonString& inner) { return feedback(inner); });
    }
    if (key.is("usageMetadata")) return told_usage();
    if (key.is("responseId")) return range(names.id);
    if (key.is("modelVersion")) return range(names.model);
    if (key.is("error") && walk_.type() != JsonType::null) {
      error = read_error_value(walk_);
      return walk_.ok();
    }
    return walk_.skip();
  }

  bool candidate() {
    JsonString word, message;
    std::optional<std::int64_t> index;
    bool is_odd = false;
    const bool is_read = object([&](const JsonString& key) {
      if (key.is("content")) return object([this](const JsonString& inner) { return parts(inner); });
      if (key.is("finishReason")) return take_text(walk_, word);
      if (key.is("finishMessage")) return take_text(walk_, message);
      return key.is("index") ? take_count(walk_, index, is_odd) : walk_.skip();
    });
    if (!is_read) return false;
    const auto number = static_cast<std::size_t>(index.value_or(0));
    content.no_choices = false;
    if (number >= content.seen.size()) return true;
    content.seen.set(number);
    if (word.raw.empty() || word.is("FINISH_REASON_UNSPECIFIED")) return true;
    if (gemini_end(word) == GeminiEnd::broken) {
      error = broken_off(word, message);
      return true;
    }
    content.finish_reason = word.raw;
    content.finished.set(number);
    return true;
  }

  bool parts(const JsonString& key) {
    if (!key.is("parts") || walk_.type() != JsonType::array) return walk_.skip();
    return walk_.array([this] { return part(); });
  }

  // Whatever is no text is something to see, or done by the host itself.
  bool part() {
    JsonString text;
    bool is_thought = false, is_call = false, is_more = false;
    const bool is_read = object([&](const JsonString& key) {
      if (key.is("text")) return take_text(walk_, text);
      if (key.is("thought") && walk_.type() == JsonType::boolean) {
        is_thought = walk_.boolean().value_or(false);
        return true;
      }
      if (key.is("thoughtSignature")) return walk_.skip();
      if (key.is("functionCall")) {
        is_call = true;
        const std::size_t begin = walk_.position();
        if (!walk_.skip()) return false;
        content.bytes += walk_.end() - begin;
        return true;
      }
      is_more |= walk_.type() == JsonType::object;
      return walk_.skip();
    });
    content.bytes += text.raw.size();
    content.tool_call |= is_call;
    content.reasoning |= is_thought && !text.raw.empty();
    content.text |= is_more || (!is_thought && !text.raw.empty());
    return is_read;
  }

  // A prompt that was blocked is answered by that.
  bool feedback(const JsonString& key) {
    if (!key.is("blockReason")) return walk_.skip();
    JsonString word;
    if (!take_text(walk_, word)) return false;
    if (word.raw.empty()) return true;
    content.no_choices = false;
    // Blocked, for whatever reason.
    content.finish_reason = gemini_end(word) == GeminiEnd::filtered ? word.raw : std::string_view("BLOCKED");
    content.seen.set(0);
    content.finished.set();
    return true;
  }

  bool told_usage() {
    const std::size_t begin = walk_.position();
    const bool is_null = walk_.type() == JsonType::null;
    GeminiUsage told;
    if (!told.read(walk_)) return false;
    if (is_null) return true;
    usage_value = {begin, walk_.end()};
    if (told.is_known()) usage = {.usage = told.usage(), .anomaly = told.is_odd()};
    return true;
  }

  bool range(ByteRange& place) {
    const std::size_t begin = walk_.position();
    const bool is_text = walk_.type() == JsonType::string;
    if (!walk_.skip()) return false;
    if (is_text) place = {begin, walk_.end()};
    return true;
  }

  template <class Member>
  bool object(Member read_member) {
    return walk_.type() == JsonType::object ? walk_.object(read_member) : walk_.skip();
  }

  JsonWalk walk_;
};

// What an event does not tell stays as it was. A prompt only grows, by what tools of the host read.
routing::Usage joined_gemini_usage(const routing::Usage& before, const routing::Usage& next) {
  const auto newest = [](config::Tokens a, config::Tokens b) { return b.count > 0 ? b : a; };
  const auto said = [](const routing::Usage& each) {
    return config::Tokens{each.output.count - each.reasoning.count};
  };
  routing::Usage usage = next;
  usage.prompt = std::max(before.prompt, next.prompt);
  usage.cached = std::min(newest(before.cached, next.cached), usage.prompt);
  usage.reasoning = newest(before.reasoning, next.reasoning);
  usage.output = {newest(said(before), said(next)).count + usage.reasoning.count};
  usage.audio_prompt = std::min(newest(before.audio_prompt, next.audio_prompt), usage.prompt);
  usage.cached_audio = std::min(newest(before.cached_audio, next.cached_audio), usage.cached);
  usage.image_prompt = std::min(newest(before.image_prompt, next.image_prompt), usage.prompt);
  usage.audio_output = std::min(newest(before.audio_output, next.audio_output), usage.output);
  usage.image_output = std::min(newest(before.image_output, next.image_output), usage.output);
  if (!next.tier) usage.tier = before.tier;
  return usage;
}

class GeminiReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override {
    PassedEvent passed;
    if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      passed.kind = PassedEvent::Kind::empty;
      return passed;
    }
    ReplyReader reader(event.data, tokens);
    if (!reader.read()) return passed;
    passed.kind = reader.error ? PassedEvent::Kind::error : PassedEvent::Kind::delta;
    passed.content = reader.content;
    passed.usage = reader.usage;
    passed.usage_value = reader.usage_value;
    passed.names = reader.names;
    passed.error = std::move(reader.error);
    return passed;
  }

  // Each event tells all of the usage so far. What a reply costs is known at its end.
  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown, std::string& scratch,
                  std::string_view cost) const override {
    if (passed.kind != PassedEvent::Kind::delta) return {};
    const bool is_end = !passed.content.finish_reason.empty();
    return relayed_event(event, passed, Kept::plain_and_named, is_end ? cost : std::string_view(), scratch);
  }

  ReportedUsage joined(const ReportedUsage& before, const ReportedUsage& next) const override {
    if (!before.usage || !next.usage) return next;
    return {.usage = joined_gemini_usage(*before.usage, *next.usage),
            .anomaly = before.anomaly || next.anomaly};
  }

  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    PassedReply reply;
    ReplyReader reader(body, tokens);
    const bool is_read = reader.read();
    tokens.shrink();
    if (!is_read) return reply;
    reply.content = reader.content;
    reply.usage = reader.usage;
    reply.usage_value = reader.usage_value;
    reply.names = reader.names;
    reply.kind = reader.content.decisive() ? PassedReply::Kind::answer : PassedReply::Kind::empty;
    if (reader.error) reply.kind = PassedReply::Kind::error;
    reply.error = std::move(reader.error);
    return reply;
  }
};

}  // namespace

const NativeReplies& gemini_native_replies() {
  static const GeminiReplies replies;
  return replies;
}

}  // namespace providers
