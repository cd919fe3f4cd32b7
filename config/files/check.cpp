#include "config/files/check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "config/values/timestamp.hpp"

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

std::string per_million(PricePerMillionTokens price) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), price.price.dollars(),
                                 std::chars_format::general, 3);
  return std::string(text.data(), end.ptr) + " $/Mtok";
}

// "`gpu` of `m`: 2.5 $/h, 0.0694 $/Mtok of prompts and 0.347 $/Mtok of answers", a line each.
std::string machine_lines(const Settings& settings) {
  std::string lines;
  for (const ModelSettings& model : settings.models) {
    for (const EndpointSettings& endpoint : model.endpoints) {
      if (!endpoint.machine) continue;
      std::array<char, 32> hour{};
      const auto end =
          std::to_chars(hour.data(), hour.data() + hour.size(), endpoint.machine->hour.dollars());
      lines += "`" + endpoint.name.text + "` of `" + model.name.text +
               "`: " + std::string(hour.data(), end.ptr) + " $/h is " + per_million(endpoint.prices.input) +
               " of prompts and " + per_million(endpoint.prices.output) + " of answers\n";
    }
  }
  return lines;
}

// "`p` of `m`: its prices until 2026-12-01 are over", "the key `k` expired on 2026-12-01", a line each.
std::string ended_lines(const Settings& settings, WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string lines;
  for (const KeySettings& key : settings.keys) {
    if (!key.expires || *key.expires > seconds) continue;
    lines += "the key `" + key.name.text + "` expired on " +
             day_text(std::chrono::sys_seconds(std::chrono::seconds(*key.expires))) + "\n";
  }
  for (const ModelSettings& model : settings.models) {
    for (const EndpointSettings& endpoint : model.endpoints) {
      for (const PriceRule& rule : endpoint.price_rules) {
        if (!rule.when.until || *rule.when.until > seconds) continue;
        lines += "`" + endpoint.name.text + "` of `" + model.name.text + "`: its prices " +
                 to_text(rule.when) + " are over\n";
      }
    }
  }
  return lines;
}

}  // namespace

Checked checked(const Loaded& loaded, const std::string& file, WallTime now) {
  std::string text;
  for (const Problem& problem : loaded.problems) text += to_text(problem) + "\n\n";
  const auto errors =
      static_cast<std::size_t>(std::ranges::count(loaded.problems, Severity::error, &Problem::severity));
  const std::size_t warnings = loaded.problems.size() - errors;
  const bool good = errors == 0 && loaded.settings.has_value();
  if (good) {
    text +=
        always_lines(*loaded.settings) + machine_lines(*loaded.settings) + ended_lines(*loaded.settings, now);
  }
  text += file + ": ";
  if (good) text += "good: " + contents(*loaded.settings);
  if (!good) text += counted(errors, "error", "errors");
  if (warnings > 0) text += ", " + counted(warnings, "warning", "warnings");
  return {.exit_code = good ? 0 : 1, .text = text + "\n"};
}

}  // namespace config
