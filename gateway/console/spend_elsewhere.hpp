// What recorded requests would have cost, and how soon they would have been answered, elsewhere: always at
// one host, always at the cheapest, always at the fastest of those that each request could have gone to. For
// comparison with what was paid. Reads a file; for a thread that may take its time.
#pragma once

#include <string>

#include "gateway/record_file/record_reader.hpp"

namespace gateway {

// Of the newest requests that were answered and whose tokens are known, at most so many.
inline constexpr std::int64_t most_compared = 20'000;

// As JSON, by model. Costs are those of the tokens that were really used, at the prices of the time; how
// soon, and how probably not at all, is what was expected of each host when the request was decided. Throws
// SqliteFault.
std::string spend_elsewhere(RecordReader& reader);

}  // namespace gateway
