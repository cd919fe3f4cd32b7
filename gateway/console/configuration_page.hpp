// What the console shows of the configuration: its text without secrets, and the part with the policies. Pure
// but for reading the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/observe/shadows.hpp"

namespace gateway {

struct LastReload {
  bool succeeded = false;
  std::string text;  // in a sentence; empty: there was none
};

struct ConfigurationFacts {
  std::string version;
  std::uint64_t generation = 0;
  std::string file;     // empty: none
  std::string records;  // file; empty: none are kept
  LastReload last_reload{};
};

// The policies in shadow, and how they stand.
struct ShadowsSeen {
  std::vector<config::PolicyName> names;
  std::vector<ShadowStanding> standings;
  std::uint64_t left_out = 0;
};

// The policies of that text, for an editor to begin with, and those in shadow, as JSON.
std::string policies_page(std::string_view yaml, const ShadowsSeen& shadows);
std::string configuration_page(const ConfigurationFacts& facts);

// The lines of a text in YAML, what is secret in them masked: values of credentials, keys and headers, and
// whatever looks like a key.
std::vector<std::string> masked_lines(std::string_view yaml);
// Of those that make up the policies.
const std::vector<std::string_view>& policy_sections();
// The top-level sections of those names, as they stand in the text.
// The name of the section that a line begins; nothing of any other line.
std::optional<std::string_view> section_begun_by(std::string_view line);
std::string sections_of(std::string_view yaml, const std::vector<std::string_view>& names);
std::string text_of_file(const std::string& path);

}  // namespace gateway
