#include "providers/dialects/anthropic/errors.hpp"

#include <array>
#include <utility>

namespace providers {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 11> statuses{{
    {"invalid_request_error", 400},
    {"authentication_error", 401},
    {"billing_error", 402},
    {"permission_error", 403},
    {"not_found_error", 404},
    {"conflict_error", 409},
    {"request_too_large", 413},
    {"rate_limit_error", 429},
    {"api_error", 500},
    {"timeout_error", 504},
    {"overloaded_error", 529},
}};

int status_of(std::string_view type) {
  for (const auto& [name, status] : statuses) {
    if (name == type) return status;
  }
  return 0;
}

void complete(ReportedError& error) {
  if (error.status == 0) error.status = status_of(error.type);
}

}  // namespace

ReportedError read_anthropic_error_value(JsonWalk& walk) {
  ReportedError error = read_error_value(walk);
  complete(error);
  return error;
}

ReportedError read_anthropic_error(std::string_view body, JsonTokens& tokens) {
  ReportedError error;
  {
    // Not the type of the envelope around it.
    JsonWalk walk(tokens, body);
    const bool is_object = walk.ok() && walk.type() == JsonType::object;
    if (is_object) {
      walk.object([&](const JsonString& key) {
        if (!key.is("error")) return walk.skip();
        error = read_anthropic_error_value(walk);
        return walk.ok();
      });
    }
  }
  if (!error.message.empty()) return error;
  error = read_error(body, tokens);
  if (error.type == "error") error.type.clear();
  complete(error);
  return error;
}

ReadFault fault_of_anthropic(int status, const ReportedError& error) {
  ReadFault fault = fault_of_reply(status, error);
  // Want of money is told as a request that is wrong; every other request would be refused as well.
  const bool is_unpaid =
      error.type == "billing_error" ||
      (fault.status == 400 && error.message.find("credit balance is too low") != std::string::npos);
  if (is_unpaid) return {.kind = routing::FailureKind::credential, .status = fault.status, .cause = {}};
  if (error.type == "overloaded_error") fault.kind = routing::FailureKind::overloaded;
  return fault;
}

}  // namespace providers
