// What `isocost doctor` found of one thing, and what to do about it. Values.
#pragma once

#include <string>
#include <vector>

namespace gateway {

struct Finding {
  enum class Kind { good, doubtful, bad };
  Kind kind = Kind::good;
  std::string about;   // "descriptors", "host deepseek"
  std::string what;    // was found
  std::string todo{};  // empty where there is nothing to do
};

using Findings = std::vector<Finding>;

}  // namespace gateway
