// What whoever started the process put into its environment for it alone. Before there are threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gateway {

// The variable's value, which is gone from the environment then; empty where there was none.
std::string taken_from_environment(const char* variable);
std::optional<std::uint64_t> whole_number(const std::string& text);
bool is_this_process(const std::string& pid);

}  // namespace gateway
