// Policies that somebody wrote in the console, put into the configuration file where its own stand: nothing
// else of the file changes, not even a comment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/files/load.hpp"

namespace gateway {

// The text of a configuration with those sections in the place of its own, at its end where it has none.
// Nothing where `policies` has more than what an editor of policies may change, or where the configuration
// has no lines to put them between, as one in JSON.
std::optional<std::string> with_policies(std::string_view yaml, std::string_view policies);

struct AppliedPolicies {
  int status = 200;      // 400: errors, 409: not in this file, or not as it is now
  std::string text{};    // why not, in a sentence
  std::string before{};  // the file's text, as it was
  std::string after{};   // as it was written
};

// Writes `body`, {"was": ..., "text": ...}, into `file`, if its policies still are what `was` says and
// `check` finds no error in the whole. The file is replaced as a whole, with the mode that it had. Blocks.
AppliedPolicies apply_policies(const std::string& file, const std::string& body,
                               const std::function<config::Loaded(const std::string& yaml)>& check);
// Undoes it, where what was applied could not be taken into use. Whether it did: what somebody else has
// written meanwhile stays.
bool put_back(const std::string& file, const AppliedPolicies& applied);

}  // namespace gateway
