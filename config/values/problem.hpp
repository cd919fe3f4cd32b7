// What is wrong with a file a person wrote, in words that person can act on. A value.
#pragma once

#include <string>
#include <vector>

namespace config {

// Where a text stands in its file. Lines and columns count from 1; 0 when unknown.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

enum class Severity { error, warning };

struct Problem {
  Severity severity = Severity::error;
  Place place{};
  std::string path;        // "providers.deepseek.base_url"
  std::string message;     // what is wrong, naming what was found and what is allowed
  std::string suggestion;  // what to write instead; may be empty
  std::string excerpt;     // the offending line and a line that underlines it; may be empty
};

using Problems = std::vector<Problem>;

// "isocost.yaml:12:5: error: providers.x: ..." with the excerpt and the suggestion on lines of their own.
std::string to_text(const Problem& problem);

// The one of `allowed` that a person who wrote `found` most likely meant; empty when none is near.
std::string nearest(const std::string& found, const std::vector<std::string>& allowed);

}  // namespace config
