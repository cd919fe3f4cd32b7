#include "routing/language/membership.hpp"

#include <algorithm>
#include <optional>

namespace routing {

Truth country_in(const LiteralSet& set, const View& view) {
  const TextValue value = text_of(Fact::jurisdiction, view);
  const std::optional<std::size_t> position =
      value.is_known() ? config::country_position(value.view()) : std::nullopt;
  return position ? as_truth(set.countries.test(*position)) : Truth::undeclared;
}

Truth quantization_in(const LiteralSet& set, const View& view) {
  if (view.endpoint == nullptr) return Truth::undeclared;
  const config::Quantization found = view.endpoint->settings->quantization;
  const bool member = (set.quantizations >> static_cast<unsigned>(found) & 1u) != 0;
  return found == config::Quantization::unknown && !member ? Truth::undeclared : as_truth(member);
}

Truth regions_in(const LiteralSet& set, const View& view) {
  if (view.endpoint == nullptr || view.endpoint->provider->regions.empty()) return Truth::undeclared;
  return as_truth(std::ranges::all_of(view.endpoint->provider->regions, [&](const std::string& region) {
    const std::optional<std::size_t> position = config::country_position(region);
    return position && set.countries.test(*position);
  }));
}

Truth in_regions(TextValue text, const View& view) {
  if (view.endpoint == nullptr || view.endpoint->provider->regions.empty()) return Truth::undeclared;
  if (!text.is_known()) return Truth::no_evidence;
  const std::optional<config::Countries> wanted = config::find_countries(text.view());
  return as_truth(wanted &&
                  std::ranges::any_of(view.endpoint->provider->regions, [&](const std::string& region) {
                    const std::optional<std::size_t> position = config::country_position(region);
                    return position && wanted->test(*position);
                  }));
}

Truth tags_in(const LiteralSet& set, const View& view) {
  if (view.endpoint == nullptr) return Truth::undeclared;
  return as_truth(std::ranges::all_of(view.endpoint->settings->tags, [&](const std::string& tag) {
    return std::ranges::find(set.texts, tag) != set.texts.end();
  }));
}

Truth in_tags(TextValue text, const View& view) {
  if (view.endpoint == nullptr) return Truth::undeclared;
  if (!text.is_known()) return Truth::no_evidence;
  const std::vector<std::string>& tags = view.endpoint->settings->tags;
  return as_truth(std::ranges::find(tags, text.view()) != tags.end());
}

Truth supports(std::uint16_t feature, const View& view) {
  if (view.endpoint == nullptr) return Truth::undeclared;
  return as_truth(view.endpoint->settings->features.test(feature));
}

}  // namespace routing
