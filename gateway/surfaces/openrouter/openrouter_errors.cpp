#include "gateway/surfaces/openrouter/openrouter_errors.hpp"

#include <array>
#include <boost/json.hpp>
#include <cmath>

namespace gateway {
namespace {

namespace json = boost::json;

struct OfStatus {
  int status;
  std::string_view type;
};
constexpr std::array<OfStatus, 16> types{{{400, "invalid_request"},
                                          {401, "authentication"},
                                          {402, "payment_required"},
                                          {403, "permission_denied"},
                                          {404, "not_found"},
                                          {405, "invalid_request"},
                                          {408, "timeout"},
                                          {412, "precondition_failed"},
                                          {413, "payload_too_large"},
                                          {422, "unprocessable"},
                                          {429, "rate_limit_exceeded"},
                                          {500, "server"},
                                          {502, "provider_unavailable"},
                                          {503, "provider_overloaded"},
                                          {504, "timeout"},
                                          {529, "provider_overloaded"}}};

// Why nobody answers, where it is not the request's form.
struct Availability {
  std::string_view code;
  bool is_retryable = false;
};

Availability availability_of(const ErrorReply& error) {
  if (error.code == "model_not_found") return {"model_not_found"};
  if (error.code == "unsupported_api") return {"wrong_endpoint"};
  if (error.code == "no_eligible_endpoint")
    return {error.status == 404 ? "constraint_filtered" : "no_endpoints"};
  if (error.code == "endpoints_full" || error.code == "provider_rate_limited") {
    return {"capacity_exhausted", true};
  }
  const bool is_hosts = error.type == "upstream_error" || error.code == "provider_overloaded" ||
                        error.code == "no_endpoint_available";
  if (is_hosts) return {"temporarily_unavailable", error.should_retry != ShouldRetry::no};
  return {};
}

json::object availability(const ErrorReply& error, const Availability& why) {
  json::array models;
  for (const std::string& each : error.models) models.emplace_back(each);
  json::object object{
      {"code", why.code}, {"retryable", why.is_retryable}, {"requested_models", std::move(models)}};
  if (error.retry_after) {
    object["retry_after"] = std::ceil(config::Seconds(*error.retry_after).count());
  }
  return object;
}

json::object members(const ErrorReply& error) {
  json::object metadata{{"error_type", openrouter_error_type(error)}, {"isocost_code", error.code}};
  if (!error.host_code.empty()) metadata["provider_code"] = error.host_code;
  if (!error.param.empty()) metadata["param"] = error.param;
  if (!error.failed_generation.empty()) metadata["failed_generation"] = error.failed_generation;
  for (const auto& [name, value] : error.metadata) metadata[name] = value;
  json::object object{{"code", error.status}, {"message", error.message}, {"metadata", std::move(metadata)}};
  if (const Availability why = availability_of(error); !why.code.empty()) {
    object["availability"] = availability(error, why);
  }
  return object;
}

}  // namespace

std::string_view openrouter_error_type(const ErrorReply& error) {
  if (error.code == "context_length_exceeded") return error.code;
  // Nothing but the name of a model that is not there is a 400 here and a 404 elsewhere.
  if (error.code == "model_not_found") return "not_found";
  if (error.host_code == "content_policy_violation" || error.host_code == "content_filter") {
    return "content_policy_violation";
  }
  for (const OfStatus& each : types) {
    if (each.status == error.status) return each.type;
  }
  return error.status < 500 ? "invalid_request" : "unmapped";
}

std::string openrouter_envelope(const ErrorReply& error) {
  return json::serialize(json::object{{"error", members(error)}});
}

std::string openrouter_responses_envelope(const ErrorReply& error) {
  return json::serialize(
      json::object{{"error", members(error)}, {"error_type", openrouter_error_type(error)}});
}

std::string openrouter_messages_envelope(const ErrorReply& error, std::string_view body) {
  json::value envelope = json::parse(body);
  envelope.at("error").as_object()["error_type"] = openrouter_error_type(error);
  return json::serialize(envelope);
}

std::string openrouter_error_event(const ErrorReply& error, const StreamIdentity& stream) {
  const json::object choice{{"index", 0},
                            {"delta", {{"role", "assistant"}, {"content", ""}}},
                            {"finish_reason", "error"},
                            {"native_finish_reason", "error"}};
  json::object chunk{{"id", stream.id},
                     {"object", "chat.completion.chunk"},
                     {"created", stream.created},
                     {"model", stream.model}};
  if (!stream.provider.empty()) chunk["provider"] = stream.provider;
  chunk["error"] = members(error);
  chunk["choices"] = json::array{choice};
  return "data: " + json::serialize(chunk) + "\n\n";
}

}  // namespace gateway
