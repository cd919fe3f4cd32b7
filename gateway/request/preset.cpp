#include "gateway/request/preset.hpp"

#include <algorithm>
#include <variant>

#include "gateway/text/in_quotes.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {
namespace {

constexpr std::string_view mark = "@preset/";

ErrorReply refused(std::string_view code, std::string_view param, std::string message) {
  ErrorReply error = plain_error(400, "invalid_request_error", code, std::move(message));
  error.param = param;
  error.should_retry = ShouldRetry::no;
  return error;
}

const config::PresetSettings* find(const config::Settings& settings, std::string_view name) {
  const auto found = std::ranges::find_if(
      settings.presets, [&](const config::PresetSettings& each) { return each.name.text == name; });
  return found == settings.presets.end() ? nullptr : &*found;
}

ErrorReply unknown(const config::Settings& settings, std::string_view name, std::string_view param) {
  std::string message = "There is no preset " + in_quotes(name) + " here.";
  std::string names;
  for (const config::PresetSettings& each : settings.presets) {
    names += (names.empty() ? " The presets are `" : "`, `") + each.name.text;
  }
  message += names.empty() ? " `presets` in the configuration makes them." : names + "`.";
  return refused("preset_not_found", param, std::move(message));
}

// The call's own members, and the one that holds what is said before everything else.
struct Members {
  std::vector<std::string> keys;
  providers::ByteRange system{};  // its value; empty: it is not there
  providers::JsonType type = providers::JsonType::null;

  bool has(std::string_view key) const { return std::ranges::find(keys, key) != keys.end(); }
};

Members members_of(std::string_view body, std::string_view system, providers::JsonTokens& tokens) {
  Members members;
  providers::JsonWalk walk(tokens, body);
  walk.object([&](const providers::JsonString& key) {
    members.keys.push_back(key.text());
    const std::size_t begin = walk.position();
    const providers::JsonType type = walk.type();
    if (!walk.skip()) return false;
    if (!system.empty() && key.is(system)) {
      members.system = {begin, walk.end()};
      members.type = type;
    }
    return true;
  });
  return members;
}

bool is_said(const Members& members, std::string_view member) {
  if (member == "max_tokens") return members.has(member) || members.has("max_completion_tokens");
  if (member == "reasoning_effort") return members.has(member) || members.has("reasoning");
  return members.has(member);
}

ErrorReply cannot_be_said(const config::PresetSettings& preset, std::string_view what,
                          std::string_view param) {
  return refused("preset_not_supported", param,
                 "The preset " + in_quotes(preset.name.text) + " has `" + std::string(what) +
                     "`, for which this API has no word. Presets of a model and a policy alone work with "
                     "every API.");
}

// What the model is told first, put into the value that says it.
std::string with_system(std::string_view value, const Members& members, const Surface& surface,
                        std::string_view system) {
  using providers::JsonType;
  std::string text;
  providers::append_escaped(text, system);
  if (members.type == JsonType::string) {
    return std::string("\"").append(text).append("\\n\\n").append(value.substr(1));
  }
  if (members.type != JsonType::array) return "\"" + text + "\"";
  const bool is_alone = value[value.find_first_not_of(" \t\r\n", 1)] == ']';
  return "[" + surface.system_entry(text).append(is_alone ? "" : ",").append(value.substr(1));
}

// The call with the preset's own words in it, or the first of them that its API cannot say.
std::variant<std::string, std::string_view> with_preset(const InferenceRequest& request,
                                                        const config::PresetSettings& preset,
                                                        providers::JsonTokens& tokens) {
  const Surface& surface = *request.surface;
  const std::string_view system = surface.system_member();
  if (!preset.system.empty() && system.empty()) return std::string_view("system");
  const Members members = members_of(request.body, system, tokens);
  const std::size_t inside = request.asked.object.begin + 1;
  std::string body(request.body, 0, inside);
  for (const auto& [name, value] : preset.defaults) {
    const auto said = surface.said_default(name, value);
    if (!said) return std::string_view(name);
    if (is_said(members, said->member)) continue;
    body.append("\"").append(said->member).append("\":").append(said->value).append(",");
  }
  const std::string_view rest = request.body;
  if (preset.system.empty()) return body.append(rest.substr(inside));
  const providers::ByteRange& place = members.system;
  const std::string told = with_system(place.of(rest), members, surface, preset.system);
  if (!place.empty()) {
    return body.append(rest.substr(inside, place.begin - inside)).append(told).append(rest.substr(place.end));
  }
  body.append("\"").append(system).append("\":").append(told).append(",");
  return body.append(rest.substr(inside));
}

}  // namespace

std::optional<ErrorReply> apply_preset(InferenceRequest& request, providers::JsonTokens& tokens,
                                       std::string_view& policy) {
  std::string model = request.asked.model;
  std::string name = request.asked.preset;
  std::string_view param = "preset";
  const std::size_t at = model.find(mark);
  if (at != std::string::npos) {
    if (!name.empty() && name != model.substr(at + mark.size())) {
      return refused("preset_conflict", param, "`model` and `preset` name two presets; send one of them.");
    }
    name = model.substr(at + mark.size());
    model.resize(at);
    param = "model";
  }
  if (name.empty()) return std::nullopt;
  const config::Settings& settings = request.hosts->generation->catalogue->settings();
  const config::PresetSettings* preset = find(settings, name);
  if (!preset) return unknown(settings, name, param);
  if (model.empty() && !preset->model) {
    return refused("missing_member", "model",
                   "The preset " + in_quotes(name) + " has no model; send `MODEL@preset/" + name + "`.");
  }
  auto made = with_preset(request, *preset, tokens);
  if (const auto* what = std::get_if<std::string_view>(&made)) return cannot_be_said(*preset, *what, param);
  request.body = std::get<std::string>(std::move(made));
  give_slack(request.body);
  Inspected again = request.surface->inspect(request.body, tokens);
  if (!again) return of_body_fault(again.error());
  request.asked = std::move(*again);
  request.asked.model = model.empty() ? preset->model->text : std::move(model);
  if (preset->policy) policy = preset->policy->text;
  return std::nullopt;
}

}  // namespace gateway
