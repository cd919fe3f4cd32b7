#include "providers/dialects/anthropic/errors.hpp"

#include <array>
#include <utility>

#include "routing/terms/failure_of_status.hpp"

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

routing::FailureKind failure_of_anthropic(int status, const ReportedError& error) {
  // Want of money is told as a request that is wrong; every other request would be refused as well.
  const bool is_unpaid =
      error.type == "billing_error" ||
      (status == 400 && error.message.find("credit balance is too low") != std::string::npos);
  if (is_unpaid) return routing::FailureKind::credential;
  if (error.type == "overloaded_error") return routing::FailureKind::overloaded;
  return routing::failure_of_status(status);
}

}  // namespace providers
