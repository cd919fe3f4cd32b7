// What is wrong with a stretch of a policy text. A value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace routing {

struct Complaint {
  std::size_t begin = 0;  // offsets into the text
  std::size_t end = 0;
  std::string message;
  std::string suggestion;  // may be empty
  config::Severity severity = config::Severity::error;
};
using Complaints = std::vector<Complaint>;

// The complaint as a problem of the file that `source` stands in: line and column of its first character, and
// the line of the text with the offending part underlined. `path` names the setting.
config::Problem to_problem(const Complaint& complaint, const config::SourceText& source, std::string path);

}  // namespace routing
