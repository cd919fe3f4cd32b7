#include "config/files/load.hpp"

#include <algorithm>
#include <utility>

#include "config/files/references.hpp"
#include "config/forms/settings_form.hpp"
#include "config/yaml/file_text.hpp"
#include "config/yaml/node.hpp"
#include "config/yaml/report.hpp"
#include "config/yaml/tree.hpp"

namespace config {

namespace {

// Notes in `files` which are asked for.
Sources noted(const Sources& sources, std::vector<std::string>& files) {
  Sources all = sources;
  if (!sources.file) return all;
  all.file = [read = sources.file, &files](const std::string& path) {
    if (std::ranges::find(files, path) == files.end()) files.push_back(path);
    return read(path);
  };
  return all;
}

}  // namespace

Loaded load(std::string_view yaml, const std::string& file, const Sources& sources) {
  std::vector<std::string> files;
  const Sources noting = noted(sources, files);
  const FileText text(file, yaml);
  Report report(text);
  std::optional<Settings> settings;
  if (const std::optional<Tree> tree = parse_tree(text, report)) {
    const Node root(*tree, report, noting);
    settings = Mapping<Settings>{settings_fields}.read(root);
    if (settings) check_references(root, *settings);
  }
  Loaded loaded;
  (report.failed() ? loaded.draft : loaded.settings) = std::move(settings);
  loaded.problems = report.take();
  loaded.files = std::move(files);
  return loaded;
}

Problem unreadable(const std::string& path) {
  return {.severity = Severity::error,
          .place = {.file = path},
          .path = {},
          .message = "the file cannot be read",
          .suggestion = "check that it exists and that you may read it",
          .excerpt = {}};
}

Loaded load_file(const std::string& path, const Sources& sources) {
  std::optional<std::string> text = sources.file ? sources.file(path) : std::nullopt;
  if (text) return load(*text, path, sources);
  return {.settings = std::nullopt, .problems = {unreadable(path)}};
}

}  // namespace config
