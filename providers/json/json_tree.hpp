// A small JSON text as a tree, for who must look at its parts out of their order. Bounded: what is beyond so
// many values is not read. Views are into the text, which must stay. A value; used again for text after text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "providers/json/json_walk.hpp"

namespace providers {

struct JsonNode {
  JsonType type = JsonType::null;
  JsonString key{};      // of a member
  std::string_view raw;  // as it is spelled; of a string, what is between the quotes
  bool escaped = false;  // of a string
  bool is_true = false;
  std::uint32_t first = 0;  // of its members or elements; 0: none
  std::uint32_t next = 0;   // beside it; 0: it is the last
  std::uint32_t size = 0;   // how many members or elements

  JsonString string() const { return {raw, escaped}; }
  double number() const { return JsonNumber{raw}.real(); }
};

class JsonTree {
 public:
  enum class Read { all, invalid, too_large };
  static constexpr std::size_t most_nodes = 20'000;

  Read read(std::string_view text, JsonTokens& tokens);

  const JsonNode& root() const { return nodes_.front(); }
  const JsonNode& at(std::uint32_t place) const { return nodes_[place]; }
  // Null when it is no object or has no such member; of members of one name the last, as parsers have it.
  const JsonNode* member(const JsonNode& object, std::string_view key) const;
  const JsonNode* member(const JsonNode& object, const JsonString& key) const;
  // Until `each` returns false, which is returned then.
  template <class Each>
  bool all(const JsonNode& container, Each each) const {
    for (std::uint32_t place = container.first; place != 0; place = nodes_[place].next) {
      if (!each(nodes_[place])) return false;
    }
    return true;
  }

 private:
  bool value(JsonWalk& walk, std::uint32_t place);
  bool children(JsonWalk& walk, std::uint32_t place);
  std::uint32_t add(std::uint32_t parent, std::uint32_t& last, const JsonString& key);

  std::vector<JsonNode> nodes_;
  bool is_too_large_ = false;
};

}  // namespace providers
