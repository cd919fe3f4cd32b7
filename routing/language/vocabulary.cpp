#include "routing/language/vocabulary.hpp"

#include <algorithm>
#include <array>

#include "config/values/country.hpp"

namespace routing {

namespace {

// In the order of the enumerations.
constexpr auto& quantizations = config::quantization_names;
constexpr auto& features = config::feature_names;
constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

const std::vector<std::string> no_words;

}  // namespace

Vocabulary::Vocabulary(const config::Settings& settings) {
  for (const config::ProviderSettings& provider : settings.providers)
    providers_.push_back(provider.name.text);
  for (const config::ModelSettings& model : settings.models) {
    models_.push_back(model.name.text);
    public_models_.push_back(model.name.text);
    for (const config::ModelName& alias : model.aliases) public_models_.push_back(alias.text);
    for (const config::EndpointSettings& endpoint : model.endpoints) {
      endpoints_.push_back(endpoint.name.text);
      tags_.insert(tags_.end(), endpoint.tags.begin(), endpoint.tags.end());
    }
  }
  for (const config::RouteSettings& route : settings.routes) public_models_.push_back(route.name.text);
  for (const config::TeamSettings& team : settings.teams) teams_.push_back(team.name.text);
  for (const config::KeySettings& key : settings.keys) {
    keys_.push_back(key.name.text);
    if (!key.team.empty()) teams_.push_back(key.team);
  }
  providers_.erase(std::unique(providers_.begin(), providers_.end()),
                   providers_.end());  // of several addresses
  for (auto* words : {&endpoints_, &tags_, &teams_}) {
    std::ranges::sort(*words);
    words->erase(std::unique(words->begin(), words->end()), words->end());
  }
}

const std::vector<std::string>& Vocabulary::words(Domain domain) const {
  static const std::vector<std::string> formats(quantizations.begin(), quantizations.end());
  static const std::vector<std::string> days(weekdays.begin(), weekdays.end());
  switch (domain) {
    case Domain::quantization:
      return formats;
    case Domain::weekday:
      return days;
    case Domain::provider:
      return providers_;
    case Domain::model:
      return models_;
    case Domain::public_model:
      return public_models_;
    case Domain::endpoint:
      return endpoints_;
    case Domain::tag:
      return tags_;
    case Domain::team:
      return teams_;
    case Domain::key:
      return keys_;
    case Domain::country:
    case Domain::any:
      break;
  }
  return no_words;
}

bool Vocabulary::knows(Domain domain, const std::string& text) const {
  if (domain == Domain::any) return true;
  if (domain == Domain::country) return config::find_countries(text).has_value();
  // A name of what is not configured at all, or the empty text of an absent key, is no misspelling.
  if (!is_fixed(domain) && (text.empty() || words(domain).empty())) return true;
  return std::ranges::find(words(domain), text) != words(domain).end();
}

bool Vocabulary::is_fixed(Domain domain) {
  return domain == Domain::country || domain == Domain::quantization || domain == Domain::weekday;
}

std::string_view to_text(config::Quantization quantization) {
  return quantizations[static_cast<std::size_t>(quantization)];
}
std::string_view to_text(config::Feature feature) {
  return features[static_cast<std::size_t>(feature)];
}

std::string_view weekday_name(std::size_t position) {
  return weekdays[position];
}

}  // namespace routing
