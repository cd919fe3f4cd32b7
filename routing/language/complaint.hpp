// What is wrong with a stretch of a policy text, in words for its owner. A value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"

namespace routing {

struct Complaint {
  std::size_t begin = 0;  // offsets into the text
  std::size_t end = 0;
  std::string message;
  std::string suggestion;  // may be empty
  config::Severity severity = config::Severity::error;
};
using Complaints = std::vector<Complaint>;

// A text of the policy's owner, as messages name it.
inline std::string in_quotes(std::string_view text) {
  return "`" + std::string(text) + "`";
}
// "a, b, c"
template <class Words>
std::string listed(const Words& words) {
  std::string result;
  for (const auto& word : words) result.append(result.empty() ? "" : ", ").append(word);
  return result;
}

// The complaint as a problem of the file that `source` stands in: line and column of its first character, and
// the line of the text with the offending part underlined. `path` names the setting.
config::Problem to_problem(const Complaint& complaint, const config::SourceText& source, std::string path);

// The same about all of a text.
config::Problem about_whole(const config::SourceText& source, std::string path, std::string message,
                            std::string suggestion, config::Severity severity = config::Severity::error);

// An error of a whole setting, with nothing to underline.
void complain(config::Problems& problems, const config::Place& place, std::string path, std::string message,
              std::string suggestion);

}  // namespace routing
