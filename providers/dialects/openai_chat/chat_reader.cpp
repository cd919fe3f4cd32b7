#include "providers/dialects/openai_chat/chat_reader.hpp"

#include <utility>

namespace providers {

bool ChatReader::read() {
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

bool ChatReader::member(const JsonString& key) {
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

bool ChatReader::name(ByteRange& place) {
  const std::size_t begin = walk_.position();
  if (!walk_.skip()) return false;
  place = {begin, walk_.end()};
  return true;
}

bool ChatReader::choices() {
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

void ChatReader::end_choice() {
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

bool ChatReader::choice_member(const JsonString& key) {
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

bool ChatReader::delta_member(const JsonString& key) {
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
bool ChatReader::parts() {
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

bool ChatReader::text(bool& found) {
  if (walk_.type() != JsonType::string) return walk_.skip();
  const auto read = walk_.string();
  if (read && !read->raw.empty()) {
    found = true;
    content.bytes += read->raw.size();
  }
  return read.has_value();
}

// A container that is not empty.
bool ChatReader::present(JsonType type, bool& found) {
  if (walk_.type() != type) return walk_.skip();
  if (type == JsonType::array) return walk_.array([&] { return found = true, walk_.skip(); });
  return walk_.object([&](const JsonString&) { return found = true, walk_.skip(); });
}

bool ChatReader::tool_calls() {
  const std::size_t begin = walk_.position();
  if (!present(JsonType::array, content.tool_call)) return false;
  if (content.tool_call) content.bytes += walk_.end() - begin;
  return true;
}

bool ChatReader::reason(std::string_view& found) {
  if (walk_.type() != JsonType::string) return walk_.skip();
  const auto read = walk_.string();
  if (read && read->raw.empty()) content.is_odd = true;
  if (read && !read->raw.empty()) found = read->raw;
  return read.has_value();
}

// What is no place for a choice counts as none of them.
bool ChatReader::index() {
  if (walk_.type() != JsonType::number) return walk_.skip();
  const auto number = walk_.number();
  if (!number) return false;
  const auto value = number->integer();
  choice_.index = value && *value >= 0 ? static_cast<std::size_t>(*value) : content.seen.size();
  return true;
}

bool ChatReader::top_usage() {
  const std::size_t begin = walk_.position();
  const bool is_null = walk_.type() == JsonType::null;
  const bool again = !usage_value.empty();
  usage = read_usage(walk_);
  if (again) usage.anomaly = true;
  if (!is_null) usage_value = {begin, walk_.end()};
  return walk_.ok();
}

bool ChatReader::groq() {
  if (walk_.type() != JsonType::object) return walk_.skip();
  return walk_.object([this](const JsonString& key) {
    if (!key.is("usage")) return walk_.skip();
    groq_usage_ = read_usage(walk_);
    return walk_.ok();
  });
}

bool ChatReader::error_value() {
  if (walk_.type() == JsonType::null) return walk_.skip();
  error = read_error_value(walk_);
  return walk_.ok();
}

bool ChatReader::base_resp() {
  auto found = read_base_resp(walk_);
  if (found && !error) error = std::move(found);
  return walk_.ok();
}

bool ChatReader::object_name() {
  if (walk_.type() != JsonType::string) return walk_.skip();
  const auto name = walk_.string();
  is_error_object_ = name && name->is("error");
  return name.has_value();
}

}  // namespace providers
