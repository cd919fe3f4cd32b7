// Takes every recorded decision again, under the policy that made it, and walks the journeys of the requests
// again: the proof that records hold all that decides, and when.
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
  std::uint64_t journeys = 0;                     // of requests all of whose decisions were taken again
  std::uint64_t same_journeys = 0;  // each decision was due when it was taken, and no answer is missing
  std::string first_difference;     // of a decision or a journey; empty: there is none
};

ExactReplay replay_exactly(RecordReader& reader);

}  // namespace gateway
