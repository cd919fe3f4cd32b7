// What a record file is: a SQLite database with these tables, and how another one is told apart.
//   fleet      what decisions read of a configuration (fleet_bytes.hpp)
//   snapshot   the market whenever it was published: whole where `base` is 0, else what changed since `base`
//   packet     requests, what their decisions saw, what became of them (logged_request.hpp), as many as were
//              written together: each its length, its digest, its bytes; packed from version 8 on
//              (compression.hpp)
//   name       in which packet a request is: the hash of its id and the packet's id, some hundred in a row
//   rule_book  the texts of the policies that decided (rule_book.hpp), rule_book_use the last packet that
//              each was noted to be named by (rule_books.hpp); files that were begun before get that table
//              when they are written on
//   refusal    requests that were refused before any host was looked at (refusal_book.hpp); files that were
//              begun before there was this table get it when they are written on
//   request    a request of a file that version 5 began, in a row of its own
// Every body has a digest beside it, because a flipped bit in it is none of SQLite's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/record_file/sqlite.hpp"

namespace gateway {

inline constexpr std::int64_t record_application = 0x49534f43;  // "ISOC"
inline constexpr std::int64_t record_version = 8;

// Of a file of version 5 all that is missing.
inline constexpr const char* tables_of_six =
    "CREATE TABLE packet (id INTEGER PRIMARY KEY, first INTEGER, requests INTEGER, body BLOB);"
    "CREATE INDEX packet_first ON packet (first);"
    "CREATE TABLE name (id INTEGER PRIMARY KEY, last INTEGER, entries BLOB);"
    "CREATE TABLE rule_book (id INTEGER PRIMARY KEY, fleet INTEGER, hash INTEGER, digest INTEGER, body BLOB);"
    "CREATE INDEX rule_book_hash ON rule_book (hash);";
inline constexpr const char* tables_of_five =
    "CREATE TABLE fleet (id INTEGER PRIMARY KEY, generation INTEGER, digest INTEGER, body BLOB);"
    "CREATE TABLE snapshot (id INTEGER PRIMARY KEY, base INTEGER, fleet INTEGER, wall INTEGER,"
    " digest INTEGER, body BLOB);"
    "CREATE TABLE request (id INTEGER PRIMARY KEY, first INTEGER, digest INTEGER, body BLOB);"
    "CREATE INDEX request_first ON request (first);";

// `older`: of version 5, which is read, and written on after `tables_of_six`. `recent`: of version 6 or 7,
// which lack no table.
enum class RecordFileKind { empty, ours, recent, older, other_version, foreign };
// Of a database that could be opened. Throws SqliteFault where it is none.
RecordFileKind kind_of(Database& database);

std::int64_t digest(std::string_view body);
// The same of a request in a packet, and of a request's id: quicker, because there are many.
std::uint64_t quick_digest(std::string_view body);

}  // namespace gateway
