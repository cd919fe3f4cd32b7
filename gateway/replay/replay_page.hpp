// The results of a replay as a table for people and as JSON for programs. Pure.
#pragma once

#include <string>

#include "gateway/replay/replay_exact.hpp"
#include "gateway/replay/replay_policy.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

std::string exact_page(const ExactReplay& replay);
std::string exact_json(const ExactReplay& replay);
std::string policy_page(const PolicyReplay& replay, const Screen& screen);
std::string policy_json(const PolicyReplay& replay);
// What could not be read, a line each; empty when all could.
std::string damage_text(const RecordReader::Damage& damage);

}  // namespace gateway
