#include "bench/process_memory.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace bench {

ProcessMemory memory_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream rollup(folder + "/smaps_rollup");
  ProcessMemory memory;
  for (std::string word; rollup >> word;) {
    if (word == "Rss:") rollup >> memory.resident_kib;
    if (word == "Anonymous:") rollup >> memory.anonymous_kib;
  }
  if (memory.resident_kib == 0) throw std::runtime_error("cannot read " + folder + "/smaps_rollup");
  const std::filesystem::directory_iterator descriptors(folder + "/fd");
  memory.descriptors = static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
  return memory;
}

}  // namespace bench
