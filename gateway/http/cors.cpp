#include "gateway/http/cors.hpp"

#include <algorithm>

#include "providers/http/http_fields.hpp"

namespace gateway {
namespace {

// What of a reply's head a page's script can read.
constexpr std::string_view exposed =
    "Access-Control-Expose-Headers: x-request-id, request-id, retry-after, x-should-retry, "
    "x-isocost-endpoint, "
    "x-isocost-model, x-isocost-policy, x-isocost-attempts, x-isocost-cost, x-isocost-decision, "
    "x-isocost-dropped, x-isocost-estimate, x-isocost-hedge, x-isocost-host-model, x-generation-id\r\n";

}  // namespace

bool is_named(const config::CorsSettings& cors, std::string_view origin) {
  return !origin.empty() && std::ranges::find(cors.origins, origin) != cors.origins.end();
}

std::string cors_fields(const config::CorsSettings& cors, std::string_view origin) {
  if (cors.origins.empty()) return {};
  const bool is_for_all = std::ranges::find(cors.origins, "*") != cors.origins.end();
  // What a cache keeps for one page, or for none, is none of the others'.
  const std::string vary = is_for_all ? "" : "Vary: Origin\r\n";
  if (origin.empty() || (!is_for_all && !is_named(cors, origin))) return vary;
  std::string fields = "Access-Control-Allow-Origin: ";
  fields.append(is_for_all ? std::string_view("*") : origin).append("\r\n").append(vary).append(exposed);
  return fields;
}

// SDKs send many fields of their own, and none of them does more here than without a browser.
std::string preflight_fields(std::string_view wanted) {
  std::string fields =
      "Access-Control-Allow-Methods: GET, HEAD, POST, DELETE\r\n"
      "Access-Control-Max-Age: 7200\r\n";
  if (!wanted.empty() && providers::is_field_value(wanted)) {
    fields.append("Access-Control-Allow-Headers: ").append(wanted).append("\r\n");
  }
  return fields;
}

}  // namespace gateway
