#include "providers/openai/reported_error.hpp"

namespace providers {
namespace {

constexpr std::size_t most_kept = 8 * 1024;

void take_status(const JsonNumber& number, ReportedError& error) {
  const auto value = number.whole();
  if (value && *value >= 400 && *value <= 599) error.status = static_cast<int>(*value);
}

bool take_text(JsonWalk& walk, std::string& text) {
  if (walk.type() != JsonType::string) return walk.skip();
  const auto found = walk.string();
  if (found) text = found->text();
  return found.has_value();
}

bool take_code(JsonWalk& walk, ReportedError& error) {
  if (walk.type() != JsonType::number) return take_text(walk, error.code);
  const auto number = walk.number();
  if (!number) return false;
  error.code = number->text;
  take_status(*number, error);
  return true;
}

bool take_status_member(JsonWalk& walk, ReportedError& error) {
  if (walk.type() != JsonType::number) return walk.skip();
  const auto number = walk.number();
  if (number) take_status(*number, error);
  return number.has_value();
}

}  // namespace

bool read_error_member(JsonWalk& walk, const JsonString& key, ReportedError& error) {
  if (key.is("message")) return take_text(walk, error.message);
  if (key.is("code")) return take_code(walk, error);
  if (key.is("type")) return take_text(walk, error.type);
  if (key.is("error_type") && error.type.empty()) return take_text(walk, error.type);
  if (key.is("status_code") || key.is("http_status")) return take_status_member(walk, error);
  if (key.is("detail") && error.message.empty()) return take_text(walk, error.message);
  if (key.is("metadata") && walk.type() == JsonType::object) {
    return walk.object([&](const JsonString& inner) {
      return inner.is("error_type") && error.type.empty() ? take_text(walk, error.type) : walk.skip();
    });
  }
  return walk.skip();
}

ReportedError read_error_value(JsonWalk& walk) {
  ReportedError error;
  if (walk.type() == JsonType::object) {
    walk.object([&](const JsonString& key) { return read_error_member(walk, key, error); });
  } else {
    take_text(walk, error.message);
  }
  return error;
}

ReportedError read_error(std::string_view body, JsonTokens& tokens) {
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  ReportedError error;
  const bool is_object = walk.ok() && walk.type() == JsonType::object;
  const bool read = is_object && walk.object([&](const JsonString& key) {
    if (!key.is("error")) return read_error_member(walk, key, error);
    error = read_error_value(walk);
    return walk.ok();
  });
  if (!read || error.message.empty()) error.message = body.substr(0, most_kept);
  return error;
}

}  // namespace providers
