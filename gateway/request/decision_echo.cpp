#include "gateway/request/decision_echo.hpp"

#include <chrono>

namespace gateway {
Echo echo_of(const InferenceRequest& request, const Decided& decided, const routing::Attempts& made) {
  Echo echo;
  if (request.asked.echo_decision) echo.members = "\"isocost\":" + decision_page(decided);
  if (request.shows_openrouter_metadata) {
    routing::Attempts attempts = made;
    if (decided.decision.chosen) attempts.push_back({.endpoint = *decided.decision.chosen});
    if (!echo.members.empty()) echo.members += ',';
    echo.members += "\"openrouter_metadata\":" + openrouter_metadata(decided, attempts);
  }
  const bool streamed = request.demand.delivery == routing::Delivery::streamed;
  if (!echo.members.empty() && streamed) {
    echo.event = request.surface->note_event(
        echo.members, {.id = request.id,
                       .created = std::chrono::system_clock::to_time_t(request.demand.wall),
                       .model = request.demand.model_requested});
  }
  return echo;
}

}  // namespace gateway
