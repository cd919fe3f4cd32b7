// Whether a file of certificates can be used, before anything is made that needs it.
#pragma once

#include <optional>
#include <string>

namespace providers {

// In the words of the library that would read it; nothing when there is no fault.
std::optional<std::string> fault_in_certificates(const std::string& file);

}  // namespace providers
