#include "providers/json/json_tree.hpp"

namespace providers {

JsonTree::Read JsonTree::read(std::string_view text, JsonTokens& tokens) {
  nodes_.clear();
  nodes_.emplace_back();
  is_too_large_ = false;
  JsonWalk walk(tokens, text, JsonWalk::Depth::limited);
  if (walk.ok() && value(walk, 0) && walk.finish()) return Read::all;
  // Deeper than a walk goes is no fault of the text.
  const bool is_deep = walk.fault().what.starts_with("it is nested");
  return is_too_large_ || is_deep ? Read::too_large : Read::invalid;
}

// Nodes move as they become more: by place, and never by reference.
bool JsonTree::value(JsonWalk& walk, std::uint32_t place) {
  const JsonType type = walk.type();
  nodes_[place].type = type;
  switch (type) {
    case JsonType::object:
    case JsonType::array:
      return children(walk, place);
    case JsonType::string: {
      const auto text = walk.string();
      if (text) nodes_[place].raw = text->raw, nodes_[place].escaped = text->escaped;
      return text.has_value();
    }
    case JsonType::number: {
      const auto number = walk.number();
      if (number) nodes_[place].raw = number->text;
      return number.has_value();
    }
    case JsonType::boolean: {
      const auto truth = walk.boolean();
      if (truth) nodes_[place].is_true = *truth;
      return truth.has_value();
    }
    case JsonType::null:
      break;
  }
  return walk.null();
}

bool JsonTree::children(JsonWalk& walk, std::uint32_t place) {
  std::uint32_t last = 0;
  const auto child = [&](const JsonString& key) {
    const std::uint32_t added = add(place, last, key);
    return added != 0 && value(walk, added);
  };
  if (nodes_[place].type == JsonType::array) return walk.array([&] { return child({}); });
  return walk.object([&](const JsonString& key) { return child(key); });
}

std::uint32_t JsonTree::add(std::uint32_t parent, std::uint32_t& last, const JsonString& key) {
  if (nodes_.size() == most_nodes) {
    is_too_large_ = true;
    return 0;
  }
  const auto place = static_cast<std::uint32_t>(nodes_.size());
  nodes_.emplace_back().key = key;
  (last == 0 ? nodes_[parent].first : nodes_[last].next) = place;
  ++nodes_[parent].size;
  return last = place;
}

const JsonNode* JsonTree::member(const JsonNode& object, std::string_view key) const {
  if (object.type != JsonType::object) return nullptr;
  const JsonNode* found = nullptr;
  all(object, [&](const JsonNode& each) {
    if (each.key.is(key)) found = &each;
    return true;
  });
  return found;
}

const JsonNode* JsonTree::member(const JsonNode& object, const JsonString& key) const {
  if (!key.escaped) return member(object, key.raw);
  const std::string text = key.identity();
  const JsonNode* found = nullptr;
  all(object, [&](const JsonNode& each) {
    if (each.key.identity() == text) found = &each;
    return true;
  });
  return found;
}

}  // namespace providers
