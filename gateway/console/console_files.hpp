// The console's page as files that are compiled in, packed with gzip, which every browser takes. Immutable.
#pragma once

#include <span>
#include <string_view>

namespace gateway {

struct ConsoleFile {
  std::string_view name;  // "main.js"
  const char* begin;
  const char* end;

  std::string_view packed() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

std::span<const ConsoleFile> console_files();
// Null where there is none of that name; the empty name is the page itself.
const ConsoleFile* console_file(std::string_view name);
std::string_view content_type(const ConsoleFile& file);

// Header fields of every reply of the console: what a page of it may load, and from where.
inline constexpr std::string_view console_fields =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    "Cache-Control: no-cache\r\n";

}  // namespace gateway
