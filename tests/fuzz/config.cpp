// Any text at all, as a configuration and as a fleet: the loaders answer with settings or problems, never
// crash, and never show the credential that the environment holds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/files/check.hpp"
#include "config/files/load.hpp"
#include "config/files/load_fleet.hpp"

namespace {

constexpr std::string_view secret = "Xq7-planted-in-the-environment-9Zt";

config::Sources planted() {
  const auto answer = [](const std::string&) { return std::optional<std::string>(secret); };
  return {.variable = answer, .file = answer, .file_permissions = {}};
}

void check(const config::Problems& problems) {
  for (const config::Problem& problem : problems) {
    if (config::to_text(problem).find(secret) != std::string::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // An input that holds the secret itself may see it again.
  if (text.find(secret) != std::string_view::npos) return 0;
  const config::Loaded loaded = config::load(text, "fuzz", planted());
  check(loaded.problems);
  // Settings and errors exclude each other.
  if (config::checked(loaded, "fuzz").exit_code != (loaded.settings ? 0 : 1)) std::abort();
  check(config::load_fleet(text, "fuzz", planted()).problems);
  return 0;
}
