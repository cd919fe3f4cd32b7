#include "gateway/replay/replay_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "config/files/load.hpp"
#include "gateway/replay/replay_page.hpp"
#include "gateway/state/process_sources.hpp"

namespace gateway {
namespace {

constexpr int done = 0, failed = 1, partial = 2;

bool is_damaged(const RecordReader::Damage& damage) {
  return damage.requests + damage.gaps + damage.snapshots > 0;
}

int exactly(RecordReader& reader, const ReplayOptions& options, std::ostream& out) {
  const ExactReplay result = replay_exactly(reader);
  out << (options.print == ReplayOptions::Print::json ? exact_json(result) : exact_page(result));
  if (result.decisions == 0 || result.same < result.decisions) return failed;
  return result.left_out.empty() ? done : partial;
}

int under_policy(RecordReader& reader, const ReplayOptions& options, ReplayPolicies& policies,
                 std::ostream& out, std::ostream& errors) {
  const PolicyReplay result = replay_under(reader, options.policy, policies);
  if (result.requests == 0 && !policies.problem().empty()) {
    errors << "isocost: " << policies.problem() << "\n";
    return failed;
  }
  out << (options.print == ReplayOptions::Print::json
              ? policy_json(result)
              : policy_page(result, {.columns = options.columns, .rows = 100}));
  if (result.requests == 0) return failed;
  return result.left_out.empty() && result.warnings.empty() ? done : partial;
}

int run(RecordReader& reader, const ReplayOptions& options, std::ostream& out, std::ostream& errors) {
  if (options.policy.empty()) return exactly(reader, options, out);
  if (options.config.empty()) {
    ReplayPolicies recorded;
    return under_policy(reader, options, recorded, out, errors);
  }
  config::Loaded loaded = config::load_file(options.config, process_sources());
  for (const config::Problem& problem : loaded.problems) errors << config::to_text(problem) << "\n";
  if (!loaded.settings) return failed;
  ReplayPolicies others(std::move(*loaded.settings));
  return under_policy(reader, options, others, out, errors);
}

}  // namespace

int replay(const ReplayOptions& options, std::ostream& out, std::ostream& errors) {
  auto opened = RecordReader::open(options.from);
  if (const auto* why = std::get_if<std::string>(&opened)) {
    errors << "isocost: " << *why << "\n";
    return failed;
  }
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(opened);
  if (reader.requests() == 0) {
    errors << "isocost: " << options.from << " holds no requests yet\n";
    return failed;
  }
  const int status = run(reader, options, out, errors);
  errors << damage_text(reader.damage());
  return status == done && is_damaged(reader.damage()) ? partial : status;
}

Command add_replay(CLI::App& app) {
  struct Words {
    ReplayOptions options;
    bool exact = false;
    bool as_json = false;
  };
  const auto words = std::make_shared<Words>();
  ReplayOptions& again = words->options;
  CLI::App* replay =
      app.add_subcommand("replay", "Take recorded decisions again, as they were or under another policy");
  replay->add_option("--from", again.from, "Record file of a gateway, `records: {file: ...}`")
      ->required()
      ->type_name("FILE");
  CLI::Option* exactly = replay->add_flag("--exact", words->exact,
                                          "Under the recorded policies: every choice must come out the same");
  CLI::Option* under = replay->add_option("--policy", again.policy, "What it would have cost under this one")
                           ->type_name("NAME");
  exactly->excludes(under);
  replay
      ->add_option("--config", again.config,
                   "Take the new policy from this configuration, not the recorded one")
      ->needs(under)
      ->type_name("FILE");
  replay->add_flag("--json", words->as_json, "Print JSON");
  replay->footer(
      "Example: isocost replay --from records.db --policy cheapest\nExit status: 0 done, 1 a choice differs "
      "or "
      "nothing could be replayed, 2 true but not all: records damaged,\nleft out, or too few to answer.");

  return {replay, [words] {
            if (!words->exact && words->options.policy.empty()) {
              std::cerr << "isocost: replay needs --exact or --policy NAME\n";
              return 1;
            }
            if (words->as_json) words->options.print = ReplayOptions::Print::json;
            return gateway::replay(words->options, std::cout, std::cerr);
          }};
}

}  // namespace gateway
