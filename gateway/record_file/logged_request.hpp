// One request as record files keep it: its id, what its decisions saw, what they were, what became of it;
// beside the id numbers and names of the configuration only. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/observe/record.hpp"
#include "gateway/record_file/bytes.hpp"
#include "routing/policy/overlay.hpp"
#include "routing/replay/logged_decision.hpp"

namespace gateway {

struct LoggedRequest {
  routing::LoggedDemand demand;
  std::string policy;
  std::uint64_t policy_hash = 0;
  std::optional<routing::ProviderPreferences> preferences{};  // the request's own
  std::vector<routing::LoggedDecision> decisions;
  routing::Attempts attempts;
  Ending ending = Ending::refused;
  int status = 0;
  config::Duration until_first_byte{};
  config::Duration total{};
  // What files of version 5 do not have.
  std::string id{};            // x-request-id
  std::string path{};          // of the route table
  std::string error{};         // machine-readable, or empty
  std::int64_t rule_book = 0;  // the texts of its policy, in the same file; 0: none
  config::Duration deciding{};
  std::uint64_t bytes_in = 0, bytes_out = 0;
  // What the first files of version 6 do not have either.
  std::optional<routing::Hindsight> hindsight{};
  // What the client was told, where that is kept (Record::told); or empty.
  std::string told{};
  std::uint32_t ran_on = 0;    // as Record::ran_on
  bool retry_refused = false;  // likewise
};

// When it ended, on the wall's clock.
config::WallTime ended(const LoggedRequest& request);

// Whether routing saw it at all.
bool is_replayable(const Record& record);
LoggedRequest logged(const Record& record);
// The same in the place of an older one, whose memory it takes. Takes decisions and attempts out of the
// record; `give_back` puts them in again.
void log(Record& record, LoggedRequest& request);
void give_back(LoggedRequest& request, Record& record);

// What version 7 has added stands at a request's end: read where it is there.
enum class RecordVersion { five = 5, six = 6, newest = 7 };

void write(const LoggedRequest& request, ByteWriter& bytes, RecordVersion version = RecordVersion::newest);
std::string to_bytes(const LoggedRequest& request);
// Nothing when the bytes are damaged.
std::optional<LoggedRequest> logged_request(std::string_view bytes,
                                            RecordVersion version = RecordVersion::newest);

}  // namespace gateway
