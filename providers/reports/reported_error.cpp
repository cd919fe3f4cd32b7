#include "providers/reports/reported_error.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

constexpr std::size_t most_kept = 8 * 1024;

void take_status(const JsonNumber& number, ReportedError& error) {
  const auto value = number.whole();
  if (value && *value >= 400 && *value <= 599) error.status = static_cast<int>(*value);
}

bool take_words(JsonWalk& walk, std::string& text) {
  if (walk.type() != JsonType::string) return walk.skip();
  const auto found = walk.string();
  if (found) text = found->text();
  return found.has_value();
}

// A number, or its digits as a text.
bool take_code(JsonWalk& walk, ReportedError& error) {
  if (walk.type() != JsonType::number) {
    if (!take_words(walk, error.code)) return false;
    if (error.code.size() == 3 && is_number(error.code)) take_status({error.code}, error);
    return true;
  }
  const auto number = walk.number();
  if (!number) return false;
  error.code = number->text;
  take_status(*number, error);
  return true;
}

// Google's is a word: "PERMISSION_DENIED".
bool take_status_member(JsonWalk& walk, ReportedError& error) {
  if (walk.type() == JsonType::string && error.type.empty()) return take_words(walk, error.type);
  if (walk.type() != JsonType::number) return walk.skip();
  const auto number = walk.number();
  if (number) take_status(*number, error);
  return number.has_value();
}

// Google's code is the status again; what it is about stands in its details: [{"reason":"API_KEY_INVALID"}].
bool take_details(JsonWalk& walk, ReportedError& error) {
  if (walk.type() != JsonType::array) return walk.skip();
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      const bool says_more = error.code.empty() || is_number(error.code);
      return key.is("reason") && says_more ? take_words(walk, error.code) : walk.skip();
    });
  });
}

}  // namespace

bool read_error_member(JsonWalk& walk, const JsonString& key, ReportedError& error) {
  if (key.is("message")) return take_plain(walk, error.message);
  if (key.is("code")) return take_code(walk, error);
  if (key.is("type")) return take_words(walk, error.type);
  if (key.is("error_type") && error.type.empty()) return take_words(walk, error.type);
  if (key.is("param")) return take_words(walk, error.param);
  if (key.is("failed_generation")) return take_words(walk, error.failed_generation);
  if (key.is("status_code") || key.is("http_status") || key.is("status")) {
    return take_status_member(walk, error);
  }
  const bool tells = key.is("detail") || key.is("errors") || key.is("error_msg") || key.is("msg");
  if (tells && error.message.empty()) return take_plain(walk, error.message);
  if (key.is("details")) return take_details(walk, error);
  if (key.is("metadata") && walk.type() == JsonType::object) {
    return walk.object([&](const JsonString& inner) {
      return inner.is("error_type") && error.type.empty() ? take_words(walk, error.type) : walk.skip();
    });
  }
  return walk.skip();
}

ReportedError read_error_value(JsonWalk& walk) {
  ReportedError error;
  if (walk.type() == JsonType::object) {
    walk.object([&](const JsonString& key) { return read_error_member(walk, key, error); });
  } else {
    take_plain(walk, error.message);
  }
  return error;
}

std::optional<ReportedError> read_base_resp(JsonWalk& walk) {
  constexpr std::array<std::pair<std::int64_t, int>, 8> statuses{{{1001, 504},
                                                                  {1002, 429},
                                                                  {1004, 401},
                                                                  {1008, 402},
                                                                  {1026, 400},
                                                                  {1039, 429},
                                                                  {2013, 400},
                                                                  {2049, 401}}};
  if (walk.type() != JsonType::object) {
    walk.skip();
    return std::nullopt;
  }
  ReportedError error;
  std::int64_t code = 0;
  walk.object([&](const JsonString& key) {
    if (key.is("status_msg")) return take_plain(walk, error.message);
    if (!key.is("status_code") || walk.type() != JsonType::number) return walk.skip();
    const auto number = walk.number();
    if (number) code = number->whole().value_or(0);
    return number.has_value();
  });
  if (code == 0) return std::nullopt;
  error.code = std::to_string(code);
  error.status = 500;
  for (const auto& [each, status] : statuses) {
    if (each == code) error.status = status;
  }
  return error;
}

ReportedError read_error(std::string_view body, JsonTokens& tokens) {
  JsonWalk walk(tokens, body, JsonWalk::Depth::any);
  ReportedError error;
  const auto object = [&] {
    return walk.object([&](const JsonString& key) {
      if (!key.is("error")) return read_error_member(walk, key, error);
      error = read_error_value(walk);
      return walk.ok();
    });
  };
  bool read = false;
  if (walk.ok() && walk.type() == JsonType::object) {
    read = object();
  } else if (walk.ok() && walk.type() == JsonType::array) {
    // Google's: the error in a list of one.
    read = walk.array([&] { return walk.type() == JsonType::object ? object() : walk.skip(); });
  }
  if (!read || error.message.empty()) error.message = body.substr(0, most_kept);
  error.message = plain_message(error.message, tokens);
  return error;
}

}  // namespace providers
