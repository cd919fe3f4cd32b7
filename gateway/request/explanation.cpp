#include "gateway/request/explanation.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/explain/decision_page.hpp"
#include "gateway/explain/decision_table.hpp"
#include "gateway/request/key_room.hpp"
#include "gateway/request/standpoint.hpp"
#include "providers/http/outgoing_field.hpp"

namespace gateway {
namespace {

std::string fields_of(const InferenceRequest& request, const Decided& decided) {
  std::string fields;
  // A policy's name comes from the configuration: one that no header may carry is left out.
  const auto add = [&](std::string_view name, std::string_view value) {
    (void)providers::append_field(fields, name, value);
  };
  add("x-request-id", request.id);
  add("x-isocost-policy", request.policy->name.text);
  add("x-isocost-priority", config::priority_names[static_cast<std::size_t>(request.demand.priority)]);
  add("x-isocost-decision", decision_header(decided));
  return fields;
}

}  // namespace

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

std::vector<std::string_view> passed_over(const InferenceRequest& request) {
  if (request.policy_by == routing::Choice::By::itself) return {};
  return request.hosts->generation->policies.passed_over(request.demand);
}

Explanation explained(DecidingServices& services, const InferenceRequest& request,
                      const std::optional<Screen>& screen, std::string_view kept_out) {
  const config::TimePoint now = services.timer.now();
  const Generation& generation = *request.hosts->generation;
  const Standpoint from = standpoint(services, request);
  const routing::Moment moment = moment_of(services, request, from.snapshot, from.withdrawn, now);
  routing::plan(from.snapshot, *request.policy, request.demand, {}, generation.in_flight, services.purse,
                moment, services.decision);
  const Decided decided{.decision = services.decision,
                        .catalogue = *generation.catalogue,
                        .policy = *request.policy,
                        .demand = request.demand,
                        .now = now,
                        .why = request.why_policy,
                        .passed_over = passed_over(request),
                        .kept_out = kept_out,
                        .snapshot = services.snapshot.get()};
  Explanation result{.page = {}, .fields = fields_of(request, decided)};
  if (!screen) {
    result.page = decision_page(decided);
  } else {
    for (const std::string& line : decision_table(decided, *screen)) result.page += line + "\n";
  }
  return result;
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
