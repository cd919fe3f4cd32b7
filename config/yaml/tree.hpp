// A YAML document as a tree of texts with their places. It knows nothing of what the texts mean.
// Aliases are already followed, keys are unique, and its size is bounded, so that walking it is safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/file_text.hpp"
#include "config/yaml/report.hpp"

namespace config {

// Where something begins in its file: line and byte of the line, from 1.
struct Spot {
  int line = 0;
  int column = 0;
};

struct Tree {
  enum class Kind { nothing, text, list, mapping };
  struct Key {
    std::string text;
    Spot spot;
  };

  Kind kind = Kind::nothing;
  std::string text;         // of a text
  Spot spot;                // of the first character, for a quoted text the one after the quote
  std::vector<Key> keys;    // of a mapping: keys[i] names items[i]
  std::vector<Tree> items;  // of a mapping or a list

  // The value of `key`; nothing when this is not a mapping or has no such key.
  const Tree* find(std::string_view key) const;
};

inline constexpr std::size_t max_file_bytes = 4u << 20;
inline constexpr std::size_t max_nodes = 250'000;
inline constexpr std::size_t max_depth = 64;

// Nothing when there is no walkable document; `report` then says why. Duplicate keys are reported, the first
// counts.
std::optional<Tree> parse_tree(const FileText& file, Report& report);

}  // namespace config
