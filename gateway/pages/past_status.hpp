// The status page of a moment that is past, out of a record file: how the hosts stood in the last picture of
// the market before it, and where the requests of the five minutes before it went. Reads a file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/observe/traffic.hpp"
#include "gateway/record_file/record_reader.hpp"

namespace gateway {

using CountsKey = std::function<bool(const std::string& key)>;  // by its name

// Recorded requests that had ended by `until` and not longer than `window` before.
struct RecordedTraffic {
  config::Duration window{};  // five minutes; less where more ended in them than are read: of the newest ones
  std::uint64_t requests = 0, failed = 0;
  std::vector<Flow> last_1m, last_5m;  // by EndpointIndex of `catalogue`
  Flow all_1m, all_5m;
  // How far the clock of decisions is behind the wall's, as the last request before `until` has it, of
  // whatever key; absent: there is none.
  std::optional<config::Duration> behind{};
};
// Requests that are read for one look at them: hundredths of a second, as some look every second.
inline constexpr std::uint64_t most_recorded = 5'000;
// Of requests whose key counts; those that had no key have the empty one. Reads twice `most` at most. Throws
// SqliteFault.
RecordedTraffic recorded_traffic(RecordReader& reader, const routing::Catalogue& catalogue,
                                 config::WallTime until, const CountsKey& counts,
                                 std::uint64_t most = most_recorded);

// As JSON with the names of status_page(); null is what nobody recorded: predictions, requests under way, who
// was out of service. Nothing where the records do not go back as far. Throws SqliteFault.
std::optional<std::string> past_status(RecordReader& reader, config::WallTime at, const CountsKey& counts);

}  // namespace gateway
