#include "gateway/surfaces/gemini/gemini_errors.hpp"

#include <boost/json.hpp>

namespace gateway {

namespace json = boost::json;

namespace {

std::string_view status_of(int status) {
  switch (status) {
    case 400:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 402:
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 499:
      return "CANCELLED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

}  // namespace

std::string gemini_error(const ErrorReply& error) {
  json::object metadata;
  if (!error.param.empty()) metadata["param"] = error.param;
  for (const auto& [name, value] : error.metadata) metadata[name] = value;
  json::array details{{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                       {"reason", shown_code(error)},
                       {"domain", "isocost"},
                       {"metadata", std::move(metadata)}}};
  if (error.code == "invalid_type" || error.code == "invalid_value" || error.code == "missing_member") {
    const json::object violation{{"field", error.param}, {"description", error.message}};
    details.push_back({{"@type", "type.googleapis.com/google.rpc.BadRequest"},
                       {"fieldViolations", json::array{violation}}});
  }
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after);
    details.push_back({{"@type", "type.googleapis.com/google.rpc.RetryInfo"},
                       {"retryDelay", std::to_string(seconds.count()) + "s"}});
  }
  return json::serialize(json::object{{"error",
                                       {{"code", error.status},
                                        {"message", error.message},
                                        {"status", status_of(error.status)},
                                        {"details", std::move(details)}}}});
}

}  // namespace gateway
