#include "config/files/check.hpp"

#include <algorithm>

namespace config {
namespace {

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string contents(const Settings& settings) {
  std::size_t endpoints = 0;
  for (const ModelSettings& model : settings.models) endpoints += model.endpoints.size();
  return counted(settings.models.size(), "model", "models") + ", " +
         counted(endpoints, "endpoint", "endpoints") + ", " +
         counted(settings.providers.size(), "provider", "providers") + ", " +
         counted(settings.policies.size(), "policy", "policies") + " of your own, " +
         counted(settings.keys.size(), "key", "keys");
}

// "for the team `search` always: `zdr`", a line each; nothing where nothing always holds.
std::string always_lines(const Settings& settings) {
  std::string lines;
  const auto add = [&](const AlwaysSettings& always, const std::string& whom) {
    std::string rules = always.allow ? "`" + always.allow->text + "`" : "";
    for (const SourceText& rule : always.require) rules += (rules.empty() ? "`" : ", `") + rule.text + "`";
    if (!rules.empty()) lines += "for " + whom + " always: " + rules + "\n";
  };
  add(settings.always, "everybody");
  for (const TeamSettings& team : settings.teams) add(team.always, "the team `" + team.name.text + "`");
  for (const KeySettings& key : settings.keys) add(key.always, "the key `" + key.name.text + "`");
  return lines;
}

}  // namespace

Checked checked(const Loaded& loaded, const std::string& file) {
  std::string text;
  for (const Problem& problem : loaded.problems) text += to_text(problem) + "\n\n";
  const auto errors =
      static_cast<std::size_t>(std::ranges::count(loaded.problems, Severity::error, &Problem::severity));
  const std::size_t warnings = loaded.problems.size() - errors;
  const bool good = errors == 0 && loaded.settings.has_value();
  if (good) text += always_lines(*loaded.settings);
  text += file + ": ";
  if (good) text += "good: " + contents(*loaded.settings);
  if (!good) text += counted(errors, "error", "errors");
  if (warnings > 0) text += ", " + counted(warnings, "warning", "warnings");
  return {.exit_code = good ? 0 : 1, .text = text + "\n"};
}

}  // namespace config
