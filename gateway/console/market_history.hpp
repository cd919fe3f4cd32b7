// How fast the hosts of a model were at each hour of the last days, and when their prices changed, out of the
// pictures of the market in a record file. Reads a file, for some tenths of a second; for a thread that may.
#pragma once

#include <string>

#include "gateway/record_file/record_reader.hpp"

namespace gateway {

enum class WithEnds { no, yes };

// As JSON: for each host one median time to the first token for each of `moments`, null where it had no
// replies in the five minutes before. At most seven days back from `now`, as far as the records go. With
// `ends` also how attempts ended in the last day (host_ends). Throws SqliteFault.
std::string market_history(RecordReader& reader, const std::string& model, config::WallTime now,
                           WithEnds ends = WithEnds::no);

}  // namespace gateway
