#include "gateway/console/policy_trial.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "config/files/load.hpp"
#include "gateway/replay/replay_page.hpp"
#include "gateway/text/json_page.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::int64_t most_replayed = 20'000;

struct Drafted {
  config::Settings settings;  // with the policies of the text
  std::vector<std::string> names;
  config::Problems problems;
};

bool is_of_policies(const config::Problem& problem) {
  for (const std::string_view part : {"policies", "rules", "default_policy", "shadow"}) {
    if (problem.path.starts_with(part)) return true;
  }
  // What is no YAML at all has no path; what is missing beside the policies is none of theirs.
  return problem.path.empty() && problem.place.line > 0;
}

// What a configuration must have beside its policies, behind them, so that their lines stay theirs.
constexpr std::string_view the_rest =
    "\nproviders: {none: {base_url: 'http://127.0.0.1:9/v1'}}\n"
    "models: {none: {endpoints: [{provider: none, host_model: none, context: 8 ktok, price: {input: 1 "
    "$/Mtok, "
    "output: 1 $/Mtok}}]}}\n";

Drafted draft(const config::Settings& settings, const std::string& yaml) {
  Drafted result{.settings = settings, .names = {}, .problems = {}};
  // No secret of this machine is read for a text from a browser.
  config::Loaded loaded = config::load(
      yaml + std::string(the_rest), "policies",
      config::Sources{.variable = [](const std::string&) { return std::optional<std::string>("none"); },
                      .file = [](const std::string&) { return std::optional<std::string>(); }});
  const config::Settings* written = loaded.settings ? &*loaded.settings
                                    : loaded.draft  ? &*loaded.draft
                                                    : nullptr;
  std::ranges::copy_if(loaded.problems, std::back_inserter(result.problems), is_of_policies);
  if (!written) return result;
  for (const config::PolicySettings& policy : written->policies) result.names.push_back(policy.name.text);
  result.settings.policies = written->policies;
  if (!written->rules.empty()) result.settings.rules = written->rules;
  if (written->default_policy) result.settings.default_policy = written->default_policy;
  if (result.problems.empty()) routing::compile(result.settings, result.problems);
  return result;
}

bool has_errors(const config::Problems& problems) {
  return std::ranges::find(problems, config::Severity::error, &config::Problem::severity) != problems.end();
}

}  // namespace

std::string policy_check(const config::Settings& settings, const std::string& yaml) {
  const Drafted drafted = draft(settings, yaml);
  json::array problems, names;
  for (const config::Problem& problem : drafted.problems) {
    problems.push_back(
        json::object{{"line", problem.place.line},
                     {"column", problem.place.column},
                     {"severity", problem.severity == config::Severity::error ? "error" : "warning"},
                     {"path", problem.path},
                     {"message", problem.message},
                     {"suggestion", problem.suggestion}});
  }
  for (const std::string& name : drafted.names) names.emplace_back(name);
  return json_page(json::object{{"problems", std::move(problems)}, {"policies", std::move(names)}});
}

PolicyTrial policy_trial(const config::Settings& settings, const std::string& yaml, const std::string& policy,
                         const std::string& records) {
  Drafted drafted = draft(settings, yaml);
  if (has_errors(drafted.problems))
    return {.status = 400, .text = "The policies have errors: mend them first."};
  if (records.empty()) return {.status = 404, .text = "No records are kept that could be replayed."};
  auto opened = RecordReader::open(records);
  if (const auto* why = std::get_if<std::string>(&opened)) return {.status = 503, .text = *why};
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(opened);
  reader.begin_near_end(most_replayed);
  ReplayPolicies others(std::move(drafted.settings));
  const PolicyReplay replay = replay_under(reader, policy, others);
  if (replay.requests == 0 && !others.problem().empty()) return {.status = 400, .text = others.problem()};
  return {.text = policy_json(replay)};
}

}  // namespace gateway
