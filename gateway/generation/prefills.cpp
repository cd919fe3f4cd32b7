#include "gateway/generation/prefills.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace gateway {
namespace {

namespace json = boost::json;

std::int64_t seconds_of(config::WallTime at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

bool holds(const Prefill& prefill, config::WallTime now) {
  return now < prefill.until();
}

const std::string* prefill_text(const json::object& object, std::string_view name, std::string& into) {
  const json::value* const found = object.if_contains(name);
  if (!found || !found->is_string()) return nullptr;
  into = std::string(found->get_string());
  return &into;
}

// Whether it is one.
bool is_read_into(Prefills& all, const json::value& value) {
  if (!value.is_object()) return false;
  const json::object& object = value.get_object();
  std::pair<std::string, std::string> name;
  Prefill prefill;
  const json::value* const goes_on = object.if_contains("goes_on");
  const json::value* const at = object.if_contains("at");
  const bool is_one = prefill_text(object, "model", name.first) &&
                      prefill_text(object, "endpoint", name.second) &&
                      prefill_text(object, "asked", prefill.asked) && goes_on && goes_on->is_bool() && at &&
                      at->is_int64() && at->get_int64() >= 0 && at->get_int64() < (std::int64_t{1} << 33);
  if (!is_one) return false;
  prefill.goes_on = goes_on->get_bool();
  prefill.at = config::WallTime(std::chrono::seconds(at->get_int64()));
  all.insert_or_assign(std::move(name), std::move(prefill));
  return true;
}

}  // namespace

std::string asked_there(const config::ProviderSettings& provider, const config::EndpointSettings& endpoint) {
  const config::BaseUrl& url = provider.base_url;
  std::string text = endpoint.host_model + " at ";
  text += url.scheme == config::BaseUrl::Scheme::https ? "https://" : "http://";
  text += url.host + ":" + std::to_string(url.port) + url.path;
  if (!provider.address.empty()) text += " (" + provider.address + ")";
  // What it is told, and so what it showed, differs by these.
  text += ", API " + std::to_string(static_cast<int>(provider.dialect));
  if (provider.engine) text += ", engine " + std::to_string(static_cast<int>(provider.engine->kind));
  return text;
}

Prefills join(const Prefills& known, config::Settings& settings, config::WallTime now) {
  Prefills held;
  if (known.empty()) return held;
  constexpr auto feature = static_cast<std::size_t>(config::Feature::prefill);
  for (config::ModelSettings& model : settings.models) {
    for (config::EndpointSettings& endpoint : model.endpoints) {
      const auto found = known.find({model.name.text, endpoint.name.text});
      if (found == known.end() || !holds(found->second, now)) continue;
      const config::ProviderSettings& provider = settings.providers[endpoint.provider_index];
      if (found->second.asked != asked_there(provider, endpoint)) continue;
      Prefill& prefill = held[found->first] = found->second;
      prefill.is_said = endpoint.features.test(feature);
      if (prefill.goes_on) endpoint.features.set(feature);
    }
  }
  return held;
}

void part(const Prefills& joined, config::Settings& settings) {
  for (config::ModelSettings& model : settings.models) {
    for (config::EndpointSettings& endpoint : model.endpoints) {
      const auto found = joined.find({model.name.text, endpoint.name.text});
      if (found == joined.end() || found->second.is_said) continue;
      endpoint.features.reset(static_cast<std::size_t>(config::Feature::prefill));
    }
  }
}

config::WallTime first_end(const Prefills& prefills) {
  config::WallTime first = config::WallTime::max();
  for (const auto& [name, prefill] : prefills) first = std::min(first, prefill.until());
  return first;
}

void add(const Prefills& found, Prefills& known, config::WallTime now) {
  for (const auto& [name, prefill] : found) {
    Prefill& kept = known[name];
    // Of a clock that was wrong nothing stays for longer than of a right one.
    if (kept.asked.empty() || kept.at <= prefill.at || kept.at > now) kept = prefill;
    kept.at = std::min(kept.at, now);
    kept.is_said = false;
  }
  std::erase_if(known, [&](const auto& each) { return !holds(each.second, now); });
}

std::string to_text(const Prefills& prefills) {
  json::array all;
  for (const auto& [name, prefill] : prefills) {
    all.push_back(json::object{{"model", name.first},
                               {"endpoint", name.second},
                               {"asked", prefill.asked},
                               {"goes_on", prefill.goes_on},
                               {"at", seconds_of(prefill.at)}});
  }
  return json::serialize(json::object{{"version", 1}, {"prefills", std::move(all)}}) + "\n";
}

Prefills prefills_in(std::string_view text, bool& is_whole) {
  Prefills all;
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  const json::object* const object = error ? nullptr : document.if_object();
  const json::value* const version = object ? object->if_contains("version") : nullptr;
  const json::value* const list = object ? object->if_contains("prefills") : nullptr;
  is_whole = version && version->is_int64() && version->get_int64() == 1 && list && list->is_array();
  if (!is_whole) return all;
  for (const json::value& each : list->get_array()) is_whole = is_read_into(all, each) && is_whole;
  return all;
}

}  // namespace gateway
