#include "gateway/console/configuration_page.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "config/values/masked.hpp"
#include "gateway/state/read_whole.hpp"
#include "gateway/text/json_page.hpp"
#include "routing/language/name_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

// Whether a line gives one of the settings that may hold a secret; a reference to one, `${NAME}`, is none.
std::size_t secret_value(std::string_view line) {
  constexpr std::string_view names[] = {"credential",    "credentials", "seal_key", "sha256",
                                        "authorization", "api_key",     "password", "token"};
  for (const std::string_view name : names) {
    for (std::size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
      const std::size_t colon = line.find_first_not_of(" \"'", at + name.size());
      if (colon == std::string_view::npos || line[colon] != ':') continue;
      const std::size_t value = line.find_first_not_of(" \"'", colon + 1);
      if (value != std::string_view::npos && line[value] != '$' && line[value] != '#') return value;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::vector<std::string> masked_lines(std::string_view yaml) {
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(yaml)) {
    const std::size_t value = secret_value(line);
    if (value == std::string_view::npos) {
      lines.push_back(config::masked(line));
      continue;
    }
    const std::size_t end = std::min(line.find_first_of(",}# \"'", value), line.size());
    lines.push_back(config::masked(line.substr(0, value)) + "•••" + config::masked(line.substr(end)));
  }
  return lines;
}

const std::vector<std::string_view>& policy_sections() {
  static const std::vector<std::string_view> names{"policies", "rules", "default_policy", "shadow"};
  return names;
}

std::optional<std::string_view> section_begun_by(std::string_view line) {
  if (line.empty() || line[0] == ' ' || line[0] == '#' || line[0] == '-' || line[0] == '\r')
    return std::nullopt;
  return line.substr(0, line.find(':'));
}

std::string sections_of(std::string_view yaml, const std::vector<std::string_view>& names) {
  std::string text;
  bool inside = false;
  for (const std::string_view line : lines_of(yaml)) {
    if (const auto name = section_begun_by(line)) inside = std::ranges::find(names, *name) != names.end();
    if (inside) text.append(line).append("\n");
  }
  return text;
}

std::string text_of_file(const std::string& path) {
  constexpr std::size_t most = 4u << 20;
  std::string text = read_whole(path).value_or("");
  if (text.size() > most) text.resize(most);
  return text;
}

namespace {

// Null where nothing is known.
json::value number(double value) {
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

json::object interval_of(const routing::Interval& interval) {
  return {{"mean", number(interval.mean)}, {"low", number(interval.low)}, {"high", number(interval.high)}};
}

json::object row_of(const ShadowStanding& standing) {
  return {{"policy", standing.policy},
          {"shadow", standing.shadow},
          {"model", standing.model},
          {"verdict", to_text(standing.verdict)},
          {"judged", standing.judged},
          {"forbidden", standing.forbidden},
          {"unserved", standing.unserved},
          {"unmeasured", standing.unmeasured},
          {"moved", standing.moved},
          {"cost", interval_of(standing.cost)},
          {"billed", interval_of(standing.dollars)},
          {"seconds", interval_of(standing.seconds)}};
}

}  // namespace

namespace {

// All that rules may speak of, for who writes one.
json::array language_names() {
  json::array names;
  for (const routing::FactInfo& fact : routing::facts())
    names.push_back(
        json::object{{"name", fact.name}, {"unit", routing::unit_text(fact)}, {"about", fact.about}});
  return names;
}

}  // namespace

std::string policies_page(std::string_view yaml, const ShadowsSeen& shadows) {
  json::array names, rows;
  for (const config::PolicyName& name : shadows.names) names.emplace_back(name.text);
  for (const ShadowStanding& each : shadows.standings) rows.push_back(row_of(each));
  return json_page(json::object{{"text", sections_of(yaml, policy_sections())},
                                {"names", language_names()},
                                {"shadow", std::move(names)},
                                {"shadows", std::move(rows)},
                                {"shadows_left_out", shadows.left_out}});
}

std::string configuration_page(const ConfigurationFacts& facts) {
  json::object page{{"version", facts.version},
                    {"generation", facts.generation},
                    {"file", facts.file},
                    {"records", facts.records}};
  page["last_reload"] = nullptr;
  if (!facts.last_reload.text.empty()) {
    page["last_reload"] = json::object{{"result", facts.last_reload.succeeded ? "reloaded" : "refused"},
                                       {"text", facts.last_reload.text}};
  }
  json::array lines;
  if (!facts.file.empty()) {
    for (std::string& line : masked_lines(text_of_file(facts.file))) lines.emplace_back(std::move(line));
  }
  page["lines"] = std::move(lines);
  return json_page(page);
}

}  // namespace gateway
