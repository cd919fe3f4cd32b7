// What a record file is: a SQLite database with these tables, and how another one is told apart.
//   fleet      what decisions read of a configuration (fleet_bytes.hpp)
//   snapshot   the market whenever it was published: whole where `base` is 0, else what changed since `base`
//   request    a request, what its decisions saw, what became of it (logged_request.hpp)
// Every body has a digest beside it, because a flipped bit in it is none of SQLite's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/record_file/sqlite.hpp"

namespace gateway {

inline constexpr std::int64_t record_application = 0x49534f43;  // "ISOC"
inline constexpr std::int64_t record_version = 6;

inline constexpr const char* record_tables =
    "CREATE TABLE fleet (id INTEGER PRIMARY KEY, generation INTEGER, digest INTEGER, body BLOB);"
    "CREATE TABLE snapshot (id INTEGER PRIMARY KEY, base INTEGER, fleet INTEGER, wall INTEGER,"
    " digest INTEGER, body BLOB);"
    "CREATE TABLE request (id INTEGER PRIMARY KEY, first INTEGER, digest INTEGER, body BLOB);"
    "CREATE INDEX request_first ON request (first);";

enum class RecordFileKind { empty, ours, other_version, foreign };
// Of a database that could be opened. Throws SqliteFault where it is none.
RecordFileKind kind_of(Database& database);

std::int64_t digest(std::string_view body);

}  // namespace gateway
