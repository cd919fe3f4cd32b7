#include "providers/dialects/openai_chat/chat_events.hpp"

#include <utility>

#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

// Reads a chunk, or a whole reply: they differ in `delta` and `message` only.
class ChatReader {
 public:
  explicit ChatReader(JsonWalk& walk) : walk_(walk) {}

  bool read() {
    if (!walk_.ok() || walk_.type() != JsonType::object) return false;
    if (!walk_.object([this](const JsonString& key) { return member(key); }) || !walk_.finish()) return false;
    if (!usage.usage && groq_usage_.usage) usage = groq_usage_;
    if (usage.usage && tier_) usage.usage->tier = tier_;
    // Mistral's and older servers' shape: the error's members at the top.
    const bool is_flat = is_error_object_ || (flat_error_.status != 0 && content.no_choices);
    if (is_flat && !error) error = std::move(flat_error_);
    if (!error && content.finish_reason == "error") error.emplace();
    return true;
  }

  PassedContent content;
  ReportedUsage usage;
  ByteRange usage_value;
  ByteRange fingerprint;
  NamePlaces names;
  std::optional<ReportedError> error;
  // The message, code and type at the top, for events that are errors by their name.
  ReportedError take_flat_error() { return std::move(flat_error_); }

 private:
  bool member(const JsonString& key) {
    if (key.is("id")) return name(names.id);
    if (key.is("created")) return name(names.created);
    if (key.is("model")) return name(names.model);
    if (key.is("choices")) return choices();
    if (key.is("usage")) return top_usage();
    if (key.is("error")) return error_value();
    if (key.is("x_groq")) return groq();
    if (key.is("object")) return object_name();
    if (key.is("base_resp")) return base_resp();
    if (key.is("system_fingerprint")) return name(fingerprint);
    if (key.is("service_tier")) return take_service_tier(walk_, tier_);
    if (key.is("message") || key.is("code") || key.is("type") || key.is("status_code") || key.is("param") ||
        key.is("failed_generation")) {
      return read_error_member(walk_, key, flat_error_);
    }
    return walk_.skip();
  }

  bool name(ByteRange& place) {
    const std::size_t begin = walk_.position();
    if (!walk_.skip()) return false;
    place = {begin, walk_.end()};
    return true;
  }

  bool choices() {
    if (walk_.type() != JsonType::array) return walk_.skip();
    content.names_choices = true;
    std::size_t place = 0;
    return walk_.array([&] {
      content.no_choices = false;
      choice_ = Choice();
      choice_.index = place++;
      if (walk_.type() != JsonType::object) return walk_.skip();
      if (!walk_.object([this](const JsonString& key) { return choice_member(key); })) return false;
      end_choice();
      return true;
    });
  }

  void end_choice() {
    // An answer that comes whole has ended.
    content.is_odd |= choice_.is_whole && choice_.finish_reason.empty();
    const bool counted = choice_.index < content.seen.size();
    if (counted) content.seen.set(choice_.index);
    if (choice_.finish_reason.empty()) return;
    // OpenRouter passes a host's failure on as a "stop" without content, and says so here alone.
    if (choice_.native_finish_reason == "network_error" && !content.any()) return;
    if (counted) content.finished.set(choice_.index);
    content.finish_reason = choice_.finish_reason;
  }

  bool choice_member(const JsonString& key) {
    if (key.is("delta") || key.is("message")) {
      if (walk_.type() != JsonType::object) return walk_.skip();
      choice_.is_whole = key.is("message");
      return walk_.object([this](const JsonString& inner) { return delta_member(inner); });
    }
    if (key.is("index")) return index();
    if (key.is("finish_reason")) return reason(choice_.finish_reason);
    if (key.is("native_finish_reason")) return reason(choice_.native_finish_reason);
    if (key.is("text")) return text(content.text);
    if (key.is("error")) return error_value();
    return walk_.skip();
  }

  bool delta_member(const JsonString& key) {
    if (key.is("content")) return walk_.type() == JsonType::array ? parts() : text(content.text);
    if (key.is("refusal")) return text(content.text);
    if (key.is("reasoning_content") || key.is("reasoning")) return text(content.reasoning);
    if (key.is("reasoning_details")) return present(JsonType::array, content.reasoning);
    if (key.is("tool_calls")) return tool_calls();
    if (key.is("function_call")) return present(JsonType::object, content.tool_call);
    if (key.is("audio")) return present(JsonType::object, content.text);
    if (key.is("images")) return present(JsonType::array, content.text);
    return walk_.skip();
  }

  // Mistral's: [{"type":"thinking","thinking":[...]}], [{"type":"text","text":"..."}].
  bool parts() {
    content.is_odd = true;
    return walk_.array([this] {
      if (walk_.type() != JsonType::object) return walk_.skip();
      return walk_.object([this](const JsonString& key) {
        if (key.is("text")) return text(content.text);
        if (key.is("image_url")) return present(JsonType::object, content.text);
        if (key.is("thinking")) {
          return walk_.type() == JsonType::array ? present(JsonType::array, content.reasoning)
                                                 : text(content.reasoning);
        }
        return walk_.skip();
      });
    });
  }

  bool text(bool& found) {
    if (walk_.type() != JsonType::string) return walk_.skip();
    const auto read = walk_.string();
    if (read && !read->raw.empty()) {
      found = true;
      content.bytes += read->raw.size();
    }
    return read.has_value();
  }

  // A container that is not empty.
  bool present(JsonType type, bool& found) {
    if (walk_.type() != type) return walk_.skip();
    if (type == JsonType::array) return walk_.array([&] { return found = true, walk_.skip(); });
    return walk_.object([&](const JsonString&) { return found = true, walk_.skip(); });
  }

  bool tool_calls() {
    const std::size_t begin = walk_.position();
    if (!present(JsonType::array, content.tool_call)) return false;
    if (content.tool_call) content.bytes += walk_.end() - begin;
    return true;
  }

  bool reason(std::string_view& found) {
    if (walk_.type() != JsonType::string) return walk_.skip();
    const auto read = walk_.string();
    if (read && read->raw.empty()) content.is_odd = true;
    if (read && !read->raw.empty()) found = read->raw;
    return read.has_value();
  }

  // What is no place for a choice counts as none of them.
  bool index() {
    if (walk_.type() != JsonType::number) return walk_.skip();
    const auto number = walk_.number();
    if (!number) return false;
    const auto value = number->integer();
    choice_.index = value && *value >= 0 ? static_cast<std::size_t>(*value) : content.seen.size();
    return true;
  }

  bool top_usage() {
    const std::size_t begin = walk_.position();
    const bool is_null = walk_.type() == JsonType::null;
    const bool again = !usage_value.empty();
    usage = read_usage(walk_);
    if (again) usage.anomaly = true;
    if (!is_null) usage_value = {begin, walk_.end()};
    return walk_.ok();
  }

  bool groq() {
    if (walk_.type() != JsonType::object) return walk_.skip();
    return walk_.object([this](const JsonString& key) {
      if (!key.is("usage")) return walk_.skip();
      groq_usage_ = read_usage(walk_);
      return walk_.ok();
    });
  }

  bool error_value() {
    if (walk_.type() == JsonType::null) return walk_.skip();
    error = read_error_value(walk_);
    return walk_.ok();
  }

  bool base_resp() {
    auto found = read_base_resp(walk_);
    if (found && !error) error = std::move(found);
    return walk_.ok();
  }

  bool object_name() {
    if (walk_.type() != JsonType::string) return walk_.skip();
    const auto name = walk_.string();
    is_error_object_ = name && name->is("error");
    return name.has_value();
  }

  // The one that is read.
  struct Choice {
    std::size_t index = 0;
    bool is_whole = false;
    std::string_view finish_reason;
    std::string_view native_finish_reason;
  };

  JsonWalk& walk_;
  Choice choice_;
  ReportedUsage groq_usage_;
  std::optional<config::ServiceTier> tier_{};
  ReportedError flat_error_;
  bool is_error_object_ = false;
};

bool is_done(std::string_view data) {
  while (data.ends_with(' ')) data.remove_suffix(1);
  return data == "[DONE]";
}

}  // namespace

PassedEvent classify(const SseEvent& event, JsonTokens& tokens) {
  PassedEvent result;
  if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    result.kind = PassedEvent::Kind::empty;
    return result;
  }
  if (is_done(event.data)) {
    result.kind = PassedEvent::Kind::done;
    return result;
  }
  JsonWalk walk(tokens, event.data, JsonWalk::Depth::any);
  ChatReader reader(walk);
  const bool read = reader.read();
  const bool named_error = event.name == "error";
  if (named_error && !read) {
    result.kind = PassedEvent::Kind::error;
    result.error.emplace().message = plain_message(event.data.substr(0, 8 * 1024), tokens);
    return result;
  }
  if (!read) return result;
  result.content = reader.content;
  result.usage = reader.usage;
  result.usage_value = reader.usage_value;
  result.names = reader.names;
  result.fingerprint = reader.fingerprint;
  result.error = std::move(reader.error);
  if (named_error && !result.error) result.error = reader.take_flat_error();
  if (result.error) result.error->message = plain_message(result.error->message, tokens);
  result.kind = result.error ? PassedEvent::Kind::error : PassedEvent::Kind::delta;
  return result;
}

PassedReply classify_whole(std::string_view body, JsonTokens& tokens) {
  PassedReply result;
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  ChatReader reader(walk);
  if (reader.read()) {
    result.content = reader.content;
    result.usage = reader.usage;
    result.usage_value = reader.usage_value;
    result.names = reader.names;
    result.fingerprint = reader.fingerprint;
    result.error = std::move(reader.error);
    if (result.error) result.error->message = plain_message(result.error->message, tokens);
    const bool answers = result.content.any() || !result.content.finish_reason.empty();
    result.kind = result.error ? PassedReply::Kind::error
                  : answers    ? PassedReply::Kind::answer
                               : PassedReply::Kind::empty;
  }
  tokens.shrink();
  return result;
}

std::optional<JsonString> text_of_delta(std::string_view data, JsonTokens& tokens) {
  std::optional<JsonString> text;
  std::size_t choices = 0;
  JsonWalk walk(tokens, data);
  const auto delta = [&](const JsonString& key) {
    if (!key.is("content") || walk.type() != JsonType::string) return walk.skip();
    text = walk.string();
    return text.has_value();
  };
  const auto choice = [&](const JsonString& key) {
    const bool is_delta = key.is("delta") && walk.type() == JsonType::object;
    return is_delta ? walk.object(delta) : walk.skip();
  };
  walk.object([&](const JsonString& key) {
    if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
    return walk.array([&] {
      ++choices;
      return walk.type() == JsonType::object ? walk.object(choice) : walk.skip();
    });
  });
  return choices == 1 ? text : std::nullopt;
}

}  // namespace providers
