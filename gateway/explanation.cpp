#include "gateway/explanation.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/decision_page.hpp"
#include "gateway/decision_table.hpp"

namespace gateway {
namespace {

// The value of one parameter; empty when it is not there.
std::string_view parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') {
      return part.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace

std::string explained(Services& services, const InferenceRequest& request,
                      const std::optional<Screen>& screen) {
  const config::TimePoint now = services.timer.now();
  const Generation& generation = *request.hosts->generation;
  routing::plan(*services.snapshot, *request.policy, request.demand, {}, generation.in_flight, services.purse,
                {.now = now, .seed = services.dice.roll()}, services.decision);
  const Decided decided{.decision = services.decision,
                        .catalogue = *generation.catalogue,
                        .policy = *request.policy,
                        .demand = request.demand,
                        .now = now,
                        .why = request.why_policy,
                        .snapshot = services.snapshot.get()};
  if (!screen) return decision_page(decided);
  std::string text;
  for (const std::string& line : decision_table(decided, *screen)) text += line + "\n";
  return text;
}

std::optional<Screen> screen_of(std::string_view query) {
  if (parameter(query, "format") != "table") return std::nullopt;
  Screen screen{.columns = 120, .rows = 0, .paint = Paint::none};
  const std::string_view columns = parameter(query, "columns");
  std::from_chars(columns.data(), columns.data() + columns.size(), screen.columns);
  screen.columns = std::clamp(screen.columns, 40, 400);
  if (parameter(query, "paint") == "colours") screen.paint = Paint::colours;
  return screen;
}

}  // namespace gateway
