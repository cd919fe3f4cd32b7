#include "providers/dialect/host_model.hpp"

#include "providers/dialect/host_facts.hpp"

namespace providers {

HostModel host_model_of(const routing::Endpoint& endpoint) {
  const config::EndpointSettings& settings = *endpoint.settings;
  const auto has = [&](config::Feature feature) {
    return settings.features.test(static_cast<std::size_t>(feature));
  };
  const auto usual = has(config::Feature::reasoning) ? config::Thinking::adaptive : config::Thinking::none;
  HostModel model{.name = settings.host_model,
                  .thinking = settings.thinking.value_or(usual),
                  .takes_sampling = settings.takes_sampling,
                  .takes_schemas = has(config::Feature::json_schema),
                  .reasoning_switch = settings.reasoning_switch};
  if (endpoint.provider) {
    model.azure_version = endpoint.provider->access.api_version;
    model.inference_geo = endpoint.provider->inference_geo;
    model.takes_max_tokens = takes_max_tokens(*endpoint.provider);
    model.refuses_unknown_members = refuses_unknown_members(*endpoint.provider);
    model.earlier_thinking = endpoint.provider->earlier_thinking;
    model.thinks_in_levels = thinks_in_levels(*endpoint.provider);
  }
  if (endpoint.model) model.think_tags = endpoint.model->think_tags;
  if (settings.max_output) model.max_output = settings.max_output->count;
  return model;
}

}  // namespace providers
