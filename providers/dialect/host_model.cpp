#include "providers/dialect/host_model.hpp"

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
    const std::string_view host = endpoint.provider->base_url.host;
    model.thinks_in_levels = host == "deepseek.com" || host.ends_with(".deepseek.com");
  }
  if (endpoint.model) model.think_tags = endpoint.model->think_tags;
  if (settings.max_output) model.max_output = settings.max_output->count;
  return model;
}

}  // namespace providers
