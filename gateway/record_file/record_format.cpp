#include "gateway/record_file/record_format.hpp"

#include <xxhash.h>

#include "routing/terms/draws.hpp"

namespace gateway {

RecordFileKind kind_of(Database& database) {
  const std::int64_t application = database.number("PRAGMA application_id");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (application == record_application) {
    if (version == record_version) return RecordFileKind::ours;
    if (version == 6 || version == 7) return RecordFileKind::recent;
    return version == 5 ? RecordFileKind::older : RecordFileKind::other_version;
  }
  const bool has_tables = database.number("SELECT count(*) FROM sqlite_schema") > 0;
  return has_tables || application != 0 ? RecordFileKind::foreign : RecordFileKind::empty;
}

std::int64_t digest(std::string_view body) {
  return static_cast<std::int64_t>(routing::hash_of(body));
}

std::uint64_t quick_digest(std::string_view body) {
  return XXH3_64bits(body.data(), body.size());
}

}  // namespace gateway
