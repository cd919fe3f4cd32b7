#include "gateway/replay/replay_command.hpp"

#include <ostream>

#include "config/files/load.hpp"
#include "gateway/replay/replay_page.hpp"

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
  config::Loaded loaded = config::load_file(options.config, config::system_sources());
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

}  // namespace gateway
