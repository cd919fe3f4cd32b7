// A checked view of one YAML value: knows its path and place and reports what is wrong with it there.
// Lives on the stack of the reading functions; a child refers to its parent. Belongs to the thread that
// reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/sources.hpp"
#include "config/yaml/report.hpp"
#include "config/yaml/tree.hpp"

namespace config {

class Node {
 public:
  // All three must outlive this and its children.
  Node(const Tree& tree, Report& report, const Sources& sources)
      : tree_(&tree), report_(&report), sources_(&sources) {}

  Tree::Kind kind() const { return tree_->kind; }
  const std::string& text() const { return tree_->text; }
  std::size_t size() const { return tree_->items.size(); }
  const std::string& key(std::size_t index) const { return tree_->keys[index].text; }
  bool has(std::string_view key) const { return tree_->find(key) != nullptr; }
  const Sources& sources() const { return *sources_; }
  // Where its value begins.
  Place place() const;
  // Where its own key stands, or its value when it has none.
  Place key_place() const;
  // "models.deepseek/deepseek-r1.endpoints[0]"; a key with a dot or a space is in quotes.
  std::string path() const;

  Node child(std::size_t index) const { return Node(*this, tree_->items[index], index); }
  // The value of `key`, or this mapping itself when it has no such key: the nearest place for a problem.
  Node operator[](std::string_view key) const;
  Node item(std::size_t index) const;

  void error(std::string message, std::string suggestion = {}) const;
  void warning(std::string message, std::string suggestion = {}) const;
  // At the key instead of its value, which is not shown: for unknown keys and for secrets.
  void key_error(std::string message, std::string suggestion = {}) const;
  // "found ...; allowed is `wanted`".
  void refuse(std::string_view wanted, std::string suggestion = {}) const;

 private:
  Node(const Node& parent, const Tree& tree, std::size_t index)
      : tree_(&tree), report_(parent.report_), sources_(parent.sources_), parent_(&parent), index_(index) {}
  void add(Severity severity, const Place& place, Rest rest, std::string message,
           std::string suggestion) const;

  const Tree* tree_;
  Report* report_;
  const Sources* sources_;
  const Node* parent_ = nullptr;
  std::size_t index_ = 0;
};

// The text of a scalar, or nothing after reporting what was found instead.
std::optional<std::string_view> text_of(const Node& node, std::string_view wanted);
// Whether it is a mapping or a list; reports what was found instead.
bool expect(const Node& node, Tree::Kind kind, std::string_view wanted);
// Reports the key number `index` of `node` as unknown, with the one of `allowed` that was most likely meant.
void refuse_key(const Node& node, std::size_t index, const std::vector<std::string>& allowed);
// What to do about `found` when only `allowed` exist: "did you mean ..." or the list of them.
std::string suggest(const std::string& found, const std::vector<std::string>& allowed);

}  // namespace config
