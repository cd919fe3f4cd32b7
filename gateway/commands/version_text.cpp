#include "gateway/commands/version_text.hpp"

#include <gnu/libc-version.h>
#include <libpq-fe.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <simdjson.h>
#include <sqlite3.h>
#include <sys/utsname.h>
#include <zlib.h>
#include <zstd.h>
#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <stdexcept>

// There where jemalloc is linked.
extern "C" int mallctl(const char* name, void* old, std::size_t* size, void* fresh, std::size_t fresh_size)
    __attribute__((weak));

namespace gateway {
namespace {

std::string numbers(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::string allocator() {
  const char* version = nullptr;
  std::size_t size = sizeof version;
  if (!mallctl || mallctl("version", &version, &size, nullptr, 0) != 0) return "glibc's";
  return "jemalloc " + std::string(version).substr(0, std::string_view(version).find('-'));
}

// Loaded when it is asked, where there is one.
std::string libpq() {
  try {
    const int version = ::PQlibVersion();  // 150018
    return std::to_string(version / 10'000) + "." + std::to_string(version % 10'000) + " libpq";
  } catch (const std::runtime_error&) {
    return "no libpq";
  }
}

}  // namespace

std::string version_in_full(const Build& build) {
  utsname system{};
  ::uname(&system);
  const std::string compiler =
#ifdef __clang__
      "Clang " __clang_version__;
#else
      "GCC " __VERSION__;
#endif
  return "isocost " + std::string(build.version) + "\ncommit     " +
         (build.commit.empty() ? "unknown: not built in a clone of the repository"
                               : std::string(build.commit)) +
         "\ncompiler   " + compiler + "\nlinked     " +
         (build.is_static ? "to nothing of the system's, glibc " : "to the system's libraries, glibc ") +
         ::gnu_get_libc_version() + "\nsystem     " + system.sysname + " " + system.release + " " +
         system.machine + "\nallocator  " + allocator() + "\nlibraries  " +
         ::OpenSSL_version(OPENSSL_VERSION_STRING) + " OpenSSL, " + ::sqlite3_libversion() + " SQLite, " +
         libpq() + ", " + ::zlibVersion() + " zlib, " + ::ZSTD_versionString() + " zstd, " +
         ::nghttp2_version(0)->version_str + " nghttp2, " +
         numbers(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100) + " Boost, " +
         numbers(simdjson::SIMDJSON_VERSION_MAJOR, simdjson::SIMDJSON_VERSION_MINOR,
                 simdjson::SIMDJSON_VERSION_REVISION) +
         " simdjson, " + CLI11_VERSION + " CLI11, " + std::string(build.libraries);
}

}  // namespace gateway
