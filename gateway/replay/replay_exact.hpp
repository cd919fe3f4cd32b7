// Takes every recorded decision again, under the policy that made it: the proof that records hold all that
// decides.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gateway/record_file/record_reader.hpp"

namespace gateway {

struct ExactReplay {
  std::uint64_t requests = 0;
  std::uint64_t decisions = 0;  // taken again
  std::uint64_t same = 0;
  std::map<std::string, std::uint64_t> left_out;  // decisions that could not be taken again, by reason
  std::string first_difference;                   // empty: there is none
};

ExactReplay replay_exactly(RecordReader& reader);

}  // namespace gateway
