// Looks into trees of JSON, and pays of an effort for whatever it looks at before it does. Once nothing is
// left, results mean nothing any more, and all there is to do is to end. Pure.
#pragma once

#include <cstddef>

#include "providers/json/fit.hpp"
#include "providers/json/json_tree.hpp"

namespace providers {

class PaidLook {
 public:
  explicit PaidLook(FitEffort& effort) : effort_(effort) {}

  bool spend(std::size_t steps) { return effort_.spend(steps); }
  // For a text to be compared, or bytes to be decoded.
  bool spend_on(const JsonString& text) {
    return spend(text.raw.size() / (text.escaped ? decoded_at_once : compared_at_once));
  }
  bool decode(std::size_t bytes) { return spend(bytes / decoded_at_once); }
  // As the tree's.
  template <class Each>
  bool all(const JsonTree& tree, const JsonNode& container, Each each) {
    return tree.all(container, [&](const JsonNode& node) { return spend(1) && each(node); });
  }
  // Whether each fits: what breaks ends it.
  template <class Judge>
  Fit every(const JsonTree& tree, const JsonNode& container, Judge judge) {
    Fit result = Fit::fits;
    all(tree, container, [&](const JsonNode& each) {
      result = both(result, judge(each));
      return result != Fit::breaks;
    });
    return result;
  }
  // Whether one fits: what fits ends it.
  template <class Judge>
  Fit any(const JsonTree& tree, const JsonNode& container, Judge judge) {
    Fit result = Fit::breaks;
    all(tree, container, [&](const JsonNode& each) {
      const Fit here = judge(each);
      if (here != Fit::breaks) result = here;
      return here != Fit::fits;
    });
    return result;
  }
  const JsonNode* member(const JsonTree& tree, const JsonNode& object, const JsonString& key);
  // Whether it has a member of that name that is true.
  bool is_true(const JsonTree& tree, const JsonNode& object, std::string_view key) {
    const JsonNode* said = member(tree, object, JsonString{key});
    return said && said->type == JsonType::boolean && said->is_true;
  }
  // Containers are seldom compared, and then by how they are spelled.
  Fit equal(const JsonNode& wanted, const JsonNode& value);

  // Bytes that a step is enough for.
  static constexpr std::size_t compared_at_once = 32, decoded_at_once = 8;

 private:
  FitEffort& effort_;
};

}  // namespace providers
