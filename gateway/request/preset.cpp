#include "gateway/request/preset.hpp"

#include <algorithm>

#include "gateway/text/quoted.hpp"
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
  std::string message = "There is no preset " + quoted(name) + " here.";
  std::string names;
  for (const config::PresetSettings& each : settings.presets) {
    names += (names.empty() ? " The presets are `" : "`, `") + each.name.text;
  }
  message += names.empty() ? " `presets` in the configuration makes them." : names + "`.";
  return refused("preset_not_found", param, std::move(message));
}

// Where the call's own members end, and which they are.
struct Members {
  std::vector<std::string> keys;
  std::size_t messages = 0;  // of the list, behind its bracket
  bool has_messages = false;

  bool has(std::string_view key) const { return std::ranges::find(keys, key) != keys.end(); }
};

Members members_of(std::string_view body, providers::JsonTokens& tokens) {
  Members members;
  providers::JsonWalk walk(tokens, body);
  walk.object([&](const providers::JsonString& key) {
    members.keys.push_back(key.text());
    if (key.is("messages") && walk.type() == providers::JsonType::array) {
      members.messages = walk.position() + 1;
      members.has_messages = true;
    }
    return walk.skip();
  });
  return members;
}

bool is_said(const Members& members, std::string_view key) {
  if (key == "max_tokens") return members.has(key) || members.has("max_completion_tokens");
  if (key == "reasoning_effort") return members.has(key) || members.has("reasoning");
  return members.has(key);
}

// The call with the preset's own words in it.
std::string with_preset(const InferenceRequest& request, const config::PresetSettings& preset,
                        const Members& members) {
  const std::size_t inside = request.asked.object.begin + 1;
  std::string body(request.body, 0, inside);
  for (const auto& [key, value] : preset.defaults) {
    if (!is_said(members, key)) body.append("\"").append(key).append("\":").append(value).append(",");
  }
  const std::string_view rest = request.body;
  if (preset.system.empty() || !members.has_messages) return body.append(rest.substr(inside));
  body.append(rest.substr(inside, members.messages - inside)).append(R"({"role":"system","content":")");
  providers::append_escaped(body, preset.system);
  return body.append("\"},").append(rest.substr(members.messages));
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
  if (request.surface->format() != config::Format::chat) {
    return refused("preset_not_supported", param, "Presets are for chat completions alone.");
  }
  if (model.empty() && !preset->model) {
    return refused("missing_member", "model",
                   "The preset " + quoted(name) + " has no model; send `MODEL@preset/" + name + "`.");
  }
  request.body = with_preset(request, *preset, members_of(request.body, tokens));
  Inspected again = request.surface->inspect(request.body, tokens);
  if (!again) return of_body_fault(again.error());
  request.asked = std::move(*again);
  request.asked.model = model.empty() ? preset->model->text : std::move(model);
  if (preset->policy) policy = preset->policy->text;
  return std::nullopt;
}

}  // namespace gateway
