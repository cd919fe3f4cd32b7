#include "providers/dialects/bedrock_converse/errors.hpp"

#include <array>
#include <utility>

#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

// By what a name begins with, in lower case: services spell the first letter both ways.
constexpr std::array<std::pair<std::string_view, int>, 10> statuses{{
    {"validation", 400},
    {"accessdenied", 403},
    {"resourcenotfound", 404},
    {"modeltimeout", 408},
    {"modelstreamerror", 424},
    {"modelerror", 424},
    {"throttling", 429},
    {"modelnotready", 429},
    {"internalserver", 500},
    {"serviceunavailable", 503},
}};

int status_of(std::string_view type) {
  std::string lower(type);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  for (const auto& [name, status] : statuses) {
    if (lower.starts_with(name)) return status;
  }
  return 0;
}

}  // namespace

ReportedError read_bedrock_error(std::string_view body, JsonTokens& tokens) {
  ReportedError error;
  JsonWalk walk(tokens, body);
  if (walk.ok() && walk.type() == JsonType::object) {
    walk.object([&](const JsonString& key) {
      const bool is_text = walk.type() == JsonType::string;
      if (is_text && (key.is("message") || key.is("Message") || key.is("originalMessage"))) {
        const auto text = walk.string();
        if (text && error.message.empty()) error.message = text->text();
        return walk.ok();
      }
      if (is_text && key.is("__type")) {
        const auto text = walk.string();
        if (text) error.type = text->text();
        return walk.ok();
      }
      return walk.skip();
    });
  }
  if (error.message.empty()) return read_error(body, tokens);
  error.status = status_of(error.type);
  return error;
}

ReportedError read_bedrock_exception(const EventFrame& frame, JsonTokens& tokens) {
  ReportedError error;
  if (!frame.payload.empty()) error = read_bedrock_error(frame.payload, tokens);
  const std::string_view type = frame.exception_type.empty() ? frame.error_code : frame.exception_type;
  error.type = std::string(type);
  if (error.message.empty()) error.message = std::string(frame.error_message);
  if (error.message.empty()) error.message = error.type;
  error.status = status_of(type);
  return error;
}

ReadFault fault_of_bedrock(int status, const ReportedError& error) {
  ReadFault fault = fault_of_reply(status, error);
  // The model broke down, or took too long, after the request was accepted.
  if (fault.status == 424 || fault.status == 408) {
    const bool came_as_status = status != 0 && status != 200;
    fault.kind = came_as_status ? routing::FailureKind::server_error : routing::FailureKind::error_in_reply;
    fault.cause = {};
  }
  return fault;
}

}  // namespace providers
