#include "providers/json/paid_look.hpp"

#include <string>

namespace providers {

const JsonNode* PaidLook::member(const JsonTree& tree, const JsonNode& object, const JsonString& key) {
  if (object.type != JsonType::object || !spend_on(key)) return nullptr;
  const std::string name = key.escaped ? key.identity() : std::string();
  const JsonNode* found = nullptr;
  all(tree, object, [&](const JsonNode& each) {
    const JsonString& other = each.key;
    if (!key.escaped && !other.escaped && key.raw.size() != other.raw.size()) return true;
    if (!spend_on(other)) return false;
    const bool is_it =
        key.escaped ? (other.escaped ? other.identity() == name : other.raw == name) : other.is(key.raw);
    if (is_it) found = &each;
    return true;
  });
  return found;
}

Fit PaidLook::equal(const JsonNode& wanted, const JsonNode& value) {
  if (!spend(1)) return Fit::unjudged;
  if (wanted.type != value.type) return Fit::breaks;
  switch (value.type) {
    case JsonType::string: {
      const JsonString a = wanted.string(), b = value.string();
      const bool is_escaped = a.escaped || b.escaped;
      if (!is_escaped && a.raw.size() != b.raw.size()) return Fit::breaks;
      if (!spend((a.raw.size() + b.raw.size()) / (is_escaped ? decoded_at_once : compared_at_once)))
        return Fit::unjudged;
      return fit_if(is_escaped ? a.identity() == b.identity() : a.raw == b.raw);
    }
    case JsonType::number:
      if (!decode(wanted.raw.size() + value.raw.size())) return Fit::unjudged;
      return fit_if(wanted.number() == value.number());
    case JsonType::boolean:
      return fit_if(wanted.is_true == value.is_true);
    case JsonType::null:
      return Fit::fits;
    default:
      return wanted.size == 0 && value.size == 0 ? Fit::fits : Fit::unjudged;
  }
}

}  // namespace providers
