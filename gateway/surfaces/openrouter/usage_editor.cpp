#include "gateway/surfaces/openrouter/usage_editor.hpp"

#include "gateway/surfaces/openrouter/edited_values.hpp"
#include "gateway/surfaces/openrouter/openrouter_usage.hpp"

namespace gateway {

using providers::JsonString;
using providers::JsonType;
using providers::JsonWalk;

// What the host itself says that it costs is what we pay, at best.
bool edit_usage(JsonWalk& walk, JsonEdits& edits, const std::optional<CostShown>& cost) {
  EditedObject object(walk, edits);
  std::optional<std::int64_t> prompt, completion;
  bool has_total = false;
  const auto count = [&](std::optional<std::int64_t>& value) {
    if (walk.type() != JsonType::number) return walk.skip(), Member::stays;
    const auto number = walk.number();
    if (number) value = number->whole();
    return Member::stays;
  };
  const bool read = object.walk([&](const JsonString& key) {
    if (key.is("prompt_tokens")) return count(prompt);
    if (key.is("completion_tokens")) return count(completion);
    if (key.is("total_tokens")) {
      has_total = walk.type() == JsonType::number;
      return walk.skip(), has_total ? Member::stays : Member::goes;
    }
    if (key.is("prompt_tokens_details") && walk.type() == JsonType::object) {
      EditedObject details(walk, edits);
      return details.walk([&](const JsonString&) { return unless_null(walk); }), Member::stays;
    }
    const bool is_cost = key.is("cost") || key.is("cost_details") || key.is("is_byok");
    walk.skip();
    return is_cost && cost ? Member::goes : Member::stays;
  });
  if (!read) return false;
  if (!has_total && prompt && completion) object.add("total_tokens", std::to_string(*prompt + *completion));
  if (!cost) return true;
  object.add("cost", cost_text(cost->all));
  object.add("is_byok", "false");
  object.add("cost_details", cost_details(*cost));
  return true;
}

}  // namespace gateway
