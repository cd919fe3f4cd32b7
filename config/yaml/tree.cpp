#include "config/yaml/tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "config/values/masked.hpp"

namespace config {
namespace {

Spot spot_of(const YAML::Mark& mark) {
  return {.line = mark.line + 1, .column = mark.column + 1};
}

// What copying a tree for an alias costs.
struct Size {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};
Size size_of(const Tree& tree) {
  Size size{.nodes = 1 + tree.keys.size(), .bytes = tree.text.size()};
  for (const Tree::Key& key : tree.keys) size.bytes += key.text.size();
  for (const Tree& item : tree.items) {
    const Size inner = size_of(item);
    size.nodes += inner.nodes;
    size.bytes += inner.bytes;
  }
  return size;
}

// Builds the tree from the parser's events. After something fatal it ignores the rest.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(Report& report) : report_(report) {}

  bool stopped() const { return stopped_; }
  int documents() const { return documents_; }
  Tree take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) stop(mark, "a second document begins here", "keep one document in the file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!count(mark, {.nodes = 1, .bytes = 0})) return;
    finish(mark, {.kind = Tree::Kind::nothing, .text = {}, .spot = spot_of(mark), .keys = {}, .items = {}},
           anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!count(mark, {.nodes = 1, .bytes = value.size()}) || !plain(mark, tag)) return;
    Spot spot = first_character(mark);
    // An empty plain scalar and the words for nothing are what a person leaves when the value is missing.
    const bool nothing = tag != "!" && (value.empty() || value == "~" || value == "null");
    finish(mark,
           {.kind = nothing ? Tree::Kind::nothing : Tree::Kind::text,
            .text = nothing ? std::string() : value,
            .spot = spot,
            .keys = {},
            .items = {}},
           anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    const auto known = anchored_.find(anchor);
    if (known == anchored_.end()) {
      stop(mark, "this alias stands inside the value it stands for", "write the value out");
      return;
    }
    if (count(mark, size_of(known->second))) finish(mark, Tree(known->second), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Tree::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Tree::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Tree tree;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::optional<Tree::Key> key{};  // waiting for its value
    std::unordered_set<std::string> seen{};
    bool duplicate = false;  // the value that comes belongs to a key that was there before
  };

  void stop(const YAML::Mark& mark, std::string message, std::string suggestion) {
    stopped_ = true;
    problem(spot_of(mark), std::move(message), std::move(suggestion));
  }

  void problem(Spot spot, std::string message, std::string suggestion) {
    report_.add({.severity = Severity::error,
                 .place = report_.file().place(spot.line, spot.column),
                 .path = {},
                 .message = std::move(message),
                 .suggestion = std::move(suggestion),
                 .excerpt = {}});
  }

  bool count(const YAML::Mark& mark, Size size) {
    if (stopped_) return false;
    nodes_ += size.nodes;
    bytes_ += size.bytes;
    if (nodes_ <= max_nodes && bytes_ <= 4 * max_file_bytes) return true;
    stop(mark,
         "the file holds more than " + std::to_string(max_nodes) +
             " values, aliases counted as what they stand for",
         "use fewer aliases or split the file");
    return false;
  }

  bool plain(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return true;
    stop(mark, "found the tag " + in_quotes(tag) + "; tags are not used here", "remove the tag");
    return false;
  }

  // Messages about a text count from its first character, so the mark moves past an opening quote, and for a
  // block text to the line below its `|`.
  Spot first_character(const YAML::Mark& mark) const {
    const Spot spot = spot_of(mark);
    const std::string_view line = report_.file().line(spot.line);
    const auto at = static_cast<std::size_t>(mark.column);
    if (at >= line.size()) return spot;
    if (line[at] == '"' || line[at] == '\'') return {.line = spot.line, .column = spot.column + 1};
    if (line[at] != '|' && line[at] != '>') return spot;
    const std::size_t indent = report_.file().line(spot.line + 1).find_first_not_of(" \t");
    if (indent == std::string_view::npos) return spot;
    return {.line = spot.line + 1, .column = static_cast<int>(indent) + 1};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Tree::Kind kind) {
    if (!count(mark, {.nodes = 1, .bytes = 0}) || !plain(mark, tag)) return;
    if (open_.size() >= max_depth) {
      stop(mark, "values are nested deeper than " + std::to_string(max_depth), "");
      return;
    }
    open_.push_back({.tree = {.kind = kind, .text = {}, .spot = spot_of(mark), .keys = {}, .items = {}},
                     .mark = mark,
                     .anchor = anchor});
  }

  void close() {
    if (stopped_) return;
    Open closed = std::move(open_.back());
    open_.pop_back();
    finish(closed.mark, std::move(closed.tree), closed.anchor);
  }

  // Puts a complete value where it belongs.
  void finish(const YAML::Mark& mark, Tree tree, YAML::anchor_t anchor) {
    if (anchor != 0) {
      if (!count(mark, size_of(tree))) return;
      anchored_.insert_or_assign(anchor, tree);
    }
    if (open_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Open& parent = open_.back();
    if (parent.tree.kind == Tree::Kind::list) {
      parent.tree.items.push_back(std::move(tree));
    } else if (!parent.key) {
      take_key(parent, mark, tree);
    } else {
      if (!parent.duplicate) {
        parent.tree.keys.push_back(std::move(*parent.key));
        parent.tree.items.push_back(std::move(tree));
      }
      parent.key.reset();
    }
  }

  void take_key(Open& parent, const YAML::Mark& mark, Tree& tree) {
    if (tree.kind == Tree::Kind::list || tree.kind == Tree::Kind::mapping) {
      stop(mark, "a key must be a word, not a list or a mapping", "");
      return;
    }
    parent.key = Tree::Key{.text = std::move(tree.text), .spot = tree.spot};
    parent.duplicate = !parent.seen.insert(parent.key->text).second;
    if (!parent.duplicate) return;
    const auto first = std::ranges::find(parent.tree.keys, parent.key->text, &Tree::Key::text);
    problem(parent.key->spot,
            "the key " + in_quotes(parent.key->text) + " stands here twice; the first is on line " +
                std::to_string(first->spot.line),
            "remove one of them");
  }

  Report& report_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Tree> anchored_;
  Tree root_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  int documents_ = 0;
  bool stopped_ = false;
};

void refuse(Report& report, Place place, std::string message, std::string suggestion) {
  report.add({.severity = Severity::error,
              .place = std::move(place),
              .path = {},
              .message = std::move(message),
              .suggestion = std::move(suggestion),
              .excerpt = {}});
}

// What must hold before the parser sees the text: it accepts invalid UTF-8, and takes the control character
// 0x04 for the end of the file.
bool readable(const FileText& file, Report& report) {
  const std::string_view text = file.text();
  if (text.size() > max_file_bytes) {
    refuse(report, {.file = file.name()},
           "the file has " + std::to_string(text.size()) + " bytes; at most " +
               std::to_string(max_file_bytes) + " are read",
           "");
    return false;
  }
  const std::size_t bad = first_invalid_byte(text);
  if (bad == std::string_view::npos) return true;
  const auto line = static_cast<int>(std::ranges::count(text.substr(0, bad), '\n')) + 1;
  const std::size_t start = bad == 0 ? 0 : text.rfind('\n', bad - 1) + 1;
  Place place = file.place(line, static_cast<int>(bad - start) + 1);
  report.add({.severity = Severity::error,
              .place = std::move(place),
              .path = {},
              .message = "found a byte that is not text; the file must be UTF-8 without control characters",
              .suggestion = "save the file as UTF-8",
              .excerpt = "(not shown)"});
  return false;
}

// Where a tab indents, which the parser says only by losing its way somewhere else; nothing without one.
std::optional<Spot> indenting_tab(const FileText& file) {
  const std::string_view text = file.text();
  int number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t first = std::min(line.find_first_not_of(" \t\r"), line.size());
    const std::size_t tab = line.find('\t');
    if (tab < first && first < line.size() && line[first] != '#')
      return Spot{.line = number, .column = static_cast<int>(tab) + 1};
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace

const Tree* Tree::find(std::string_view key) const {
  const auto found = std::ranges::find(keys, key, &Key::text);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

std::optional<Tree> parse_tree(const FileText& file, Report& report) {
  if (!readable(file, report)) return std::nullopt;
  Builder builder(report);
  try {
    std::istringstream stream{std::string(file.text())};
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& fault) {
    if (builder.stopped()) return std::nullopt;
    if (const auto tab = indenting_tab(file)) {
      refuse(report, file.place(tab->line, tab->column),
             "this line is indented with a tab, which YAML does not read", "indent with spaces");
      return std::nullopt;
    }
    const Spot spot = spot_of(fault.mark);
    const bool in_brackets = fault.msg.find("flow") != std::string::npos;
    refuse(report, file.place(spot.line, spot.column), "this is not YAML: " + masked(fault.msg),
           in_brackets ? "within `{}` and `[]`, texts that hold brackets, commas or colons are quoted" : "");
    return std::nullopt;
  }
  if (builder.stopped()) return std::nullopt;
  return builder.take();
}

}  // namespace config
