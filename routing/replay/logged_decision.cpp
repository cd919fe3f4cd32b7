#include "routing/replay/logged_decision.hpp"

namespace routing {

LoggedDemand logged(const Demand& demand) {
  std::vector<std::string> fallbacks;
  for (const PublicModel* model : demand.fallbacks) fallbacks.push_back(model->name.text);
  std::vector<EndpointIndex> unfit;
  std::vector<std::string> unfit_for;
  for (const Unfit& each : demand.unfit) {
    unfit.push_back(each.endpoint);
    unfit_for.push_back(std::string(1, static_cast<char>('0' + static_cast<int>(each.why))) + each.parameter);
  }
  const bool has_identity = !demand.user.empty() || !demand.headers.empty();
  const bool is_sized =
      !demand.prefix_blocks.empty() && demand.prefix_tokens.size() == demand.prefix_blocks.size();
  return {.model = demand.model ? demand.model->name.text : "",
          .fallbacks = std::move(fallbacks),
          .model_requested = demand.model_requested,
          .key = demand.key ? demand.key->name.text : "",
          .prompt = demand.prompt,
          .max_output = demand.max_output,
          .lowers_max_output = demand.lowers_max_output,
          .cache_marks = demand.cache_marks,
          .answers = demand.answers,
          .needs = demand.needs,
          .host_runs_tools = demand.host_runs_tools,
          .unfit = std::move(unfit),
          .unfit_for = std::move(unfit_for),
          .delivery = demand.delivery,
          .prefix_blocks = static_cast<std::uint32_t>(demand.prefix_blocks.size()),
          .blocks = is_sized ? LoggedDemand::Blocks::sized : LoggedDemand::Blocks::equal,
          .identity = has_identity ? LoggedDemand::Identity::left_out : LoggedDemand::Identity::none,
          .admitted = demand.admitted,
          .deadline = demand.deadline,
          .wall = demand.wall,
          .tier = demand.tier,
          .geo = demand.geo,
          .pictures = demand.pictures,
          .searches = demand.searches};
}

}  // namespace routing
