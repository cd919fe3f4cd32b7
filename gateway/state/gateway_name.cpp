#include "gateway/state/gateway_name.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <random>

#include "gateway/state/write_whole.hpp"

namespace gateway {

std::string gateway_name(const std::string& configured, const std::string& directory) {
  if (!configured.empty()) return configured;
  const std::string path = directory + "/name";
  std::string name;
  if (std::getline(std::ifstream(path), name) && !name.empty() && name.size() <= 64) return name;
  std::array<char, 41> host{};
  ::gethostname(host.data(), host.size() - 1);
  // Machines of one image are called the same.
  std::random_device entropy;
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "-%08x", entropy());
  name = std::string(host.data()) + digits.data();
  (void)write_whole(path, name + "\n");
  return name;
}

}  // namespace gateway
