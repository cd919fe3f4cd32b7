#include "gateway/keys/known_names.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/keys/stored_key.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {

std::optional<std::string> unknown_name(const std::string& body, const Generation& generation) {
  boost::system::error_code error;
  const boost::json::value said = boost::json::parse(body, error);
  config::KeySettings key;
  if (error || !said.is_object() || read_key(said.get_object(), key)) return std::nullopt;  // told elsewhere
  const config::Settings& settings = generation.catalogue->settings();
  for (const config::ModelName& model : key.models) {
    if (!generation.catalogue->find(model.text)) return "there is no model or route " + in_quotes(model.text);
  }
  for (const config::PolicyName& policy : key.policies) {
    if (!generation.policies.find(policy.text)) return "there is no policy " + in_quotes(policy.text);
  }
  if (key.policy && !generation.policies.find(key.policy->text))
    return "there is no policy " + in_quotes(key.policy->text);
  const bool has_team =
      settings.teams.empty() || key.team.empty() ||
      std::ranges::any_of(settings.teams, [&](const auto& team) { return team.name.text == key.team; });
  return has_team ? std::nullopt : std::optional("there is no team " + in_quotes(key.team));
}

}  // namespace gateway
