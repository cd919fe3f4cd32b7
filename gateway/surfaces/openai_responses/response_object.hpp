// The response object of OpenAI's Responses, around its output. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/surface/error_reply.hpp"
#include "providers/conversation/answer.hpp"

namespace gateway {

// The id of a response, and the beginning of the ids of its items, out of the request's own.
std::string response_id(std::string_view request_id);
// How the ids of pictures begin that no host of OpenAI's knows: others made them.
inline constexpr std::string_view own_picture_prefix = "ig_isocost";
std::string item_id(std::string_view prefix, std::string_view request_id, std::size_t index);

enum class ResponseStatus { in_progress, completed, incomplete, failed };

struct ResponseSeen {
  ResponseStatus status = ResponseStatus::in_progress;
  std::string_view incomplete_reason{};  // where it is incomplete
  std::string_view output{};             // items with commas between them, JSON
  const routing::Usage* usage = nullptr;
  std::string_view usage_members{};   // of our own, like `,"cost":0.1`
  const ErrorReply* error = nullptr;  // where it failed
};

// The object as JSON; `said_back` is what it repeats of the request: members without braces.
void append_response(std::string& out, const StreamIdentity& reply, std::string_view said_back,
                     const ResponseSeen& seen);
// The value of `usage`.
void append_response_usage(std::string& out, const routing::Usage& usage, std::string_view own_members);

// One of the codes that clients of this API know: "server_error", "rate_limit_exceeded", ...
std::string_view response_error_code(const ErrorReply& error);
// What clients that wait as long as they are told look for in it.
std::string response_error_message(const ErrorReply& error);

}  // namespace gateway
