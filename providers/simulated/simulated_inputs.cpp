#include "providers/simulated/simulated_inputs.hpp"

#include "providers/simulated/simulated_json.hpp"
#include "routing/terms/draws.hpp"

namespace providers {
namespace {

// A message has a role; all else is JSON that counts as it stands.
bool read_item(std::string_view item, SimulatedPrompt& prompt, SimulatedRequest& request) {
  if (!item.starts_with('{')) return false;
  const std::string type = text_of(member_of(item, "type")).value_or("message");
  if (type == "message") return read_message(item, prompt, request);
  prompt.text(minified(item));
  prompt.tokens(tokens_per_message);
  request.follows_result = type.ends_with("_output");
  request.last_text.clear();
  return true;
}

// Numbers of tokens: with the commas between them, about as long as the texts that they stand for.
bool is_numbers(std::string_view list) {
  bool all_good = true, any = false;
  const bool is_list = list.starts_with('[') && each_element(list, [&](std::string_view number) {
                         any = true;
                         all_good = all_good && is_number(number);
                       });
  return is_list && any && all_good;
}

}  // namespace

std::optional<BadRequest> read_items(std::string_view input, SimulatedPrompt& prompt,
                                     SimulatedRequest& request) {
  if (auto text = text_of(input)) {
    prompt.text(*text);
    prompt.tokens(tokens_per_message);
    request.last_text = *std::move(text);
    return std::nullopt;
  }
  bool any = false, all_good = true;
  if (input.starts_with('[')) {
    each_element(input, [&](std::string_view item) {
      any = true;
      all_good = all_good && read_item(item, prompt, request);
    });
  }
  if (any && all_good) return std::nullopt;
  return BadRequest{any ? "each of 'input' must be an item that has a 'role' or another 'type'"
                        : "'input' must be a text or an array with at least one item",
                    "input"};
}

std::optional<BadRequest> read_plain_prompt(std::string_view value, SimulatedPrompt& prompt) {
  std::string_view only = value;
  if (value.starts_with('[') && !is_numbers(value)) {
    int count = 0;
    each_element(value, [&](std::string_view each) {
      only = each;
      ++count;
    });
    if (count != 1) return BadRequest{"'prompt' must be one text here", "prompt"};
  }
  if (const auto text = text_of(only)) {
    prompt.text(*text);
  } else if (is_numbers(only)) {
    prompt.text(minified(only));
  } else {
    return BadRequest{"'prompt' must be a text", "prompt"};
  }
  return std::nullopt;
}

std::optional<BadRequest> read_embedded(std::string_view input, SimulatedPrompt& prompt,
                                        SimulatedRequest& request) {
  bool all_good = true;
  const auto take = [&](std::string_view one) {
    std::optional<std::string> text = text_of(one);
    if (!text && is_numbers(one)) text = minified(one);
    all_good = all_good && text;
    if (!text) return;
    prompt.text(*text);
    request.inputs.push_back(routing::hash_of(*text));
  };
  if (input.starts_with('[') && !is_numbers(input)) {
    each_element(input, take);
  } else {
    take(input);
  }
  if (all_good && !request.inputs.empty()) return std::nullopt;
  return BadRequest{"'input' must be a text, or an array of texts", "input"};
}

}  // namespace providers
