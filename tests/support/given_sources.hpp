// An environment and a file system that a test makes up.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/files/load.hpp"

namespace test {

struct GivenFile {
  std::string text;
  unsigned permissions = 0600;
};

inline config::Sources sources_of(std::map<std::string, std::string> variables,
                                  std::map<std::string, GivenFile> files) {
  return {.variable = [variables](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
          },
          .file = [files](const std::string& path) -> std::optional<std::string> {
            const auto found = files.find(path);
            return found == files.end() ? std::nullopt : std::optional(found->second.text);
          },
          .file_permissions = [files](const std::string& path) -> std::optional<unsigned> {
            const auto found = files.find(path);
            return found == files.end() ? std::nullopt : std::optional(found->second.permissions);
          }};
}

inline config::Sources given_sources() {
  return sources_of({{"DEEPSEEK_API_KEY", "sk-from-the-environment"},
                     {"EMPTY", ""},
                     {"SHORT", "abc"},
                     {"SPACED", "a secret with spaces"}},
                    {{"/etc/ca.pem", {"-----BEGIN CERTIFICATE-----\n", 0644}},
                     {"/run/secrets/inside", {"sk-from-a-file\n"}},
                     {"/open", {"hunter2hunter2", 0644}},
                     {"/run/credentials/unit/key", {"hunter2hunter2", 0440}}});
}

// Every variable is set, to something that could be a key.
inline config::Sources any_variable() {
  return {.variable = [](const std::string&) { return std::optional<std::string>("sk-anything-at-all"); },
          .file = [](const std::string&) { return std::optional<std::string>("sk-anything-at-all"); }};
}

}  // namespace test
