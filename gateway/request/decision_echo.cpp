#include "gateway/request/decision_echo.hpp"

#include <chrono>

#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

// A chunk without choices: clients that do not know its members skip it.
std::string event_of(const InferenceRequest& request, std::string_view members) {
  const auto since_1970 = request.demand.wall.time_since_epoch();
  std::string event = "data: {\"id\":";
  append_json_string(request.id, event);
  event += ",\"object\":\"chat.completion.chunk\",\"created\":";
  event += std::to_string(std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
  event += ",\"model\":";
  append_json_string(request.demand.model_requested, event);
  event += ",\"choices\":[],";
  event += members;
  return event + "}\n\n";
}

}  // namespace

Echo echo_of(const InferenceRequest& request, const Decided& decided, const routing::Attempts& made) {
  Echo echo;
  if (request.chat.echo_decision) echo.members = "\"isocost\":" + decision_page(decided);
  if (request.shows_openrouter_metadata) {
    routing::Attempts attempts = made;
    if (decided.decision.chosen) attempts.push_back({.endpoint = *decided.decision.chosen});
    if (!echo.members.empty()) echo.members += ',';
    echo.members += "\"openrouter_metadata\":" + openrouter_metadata(decided, attempts);
  }
  const bool streamed = request.demand.delivery == routing::Delivery::streamed;
  if (!echo.members.empty() && streamed) echo.event = event_of(request, echo.members);
  return echo;
}

}  // namespace gateway
