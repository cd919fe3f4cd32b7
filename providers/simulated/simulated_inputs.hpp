// What a simulated host reads out of the inputs of OpenAI's APIs beside chat: of Responses, of the older
// completions and of embeddings. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "providers/simulated/simulated_prompt.hpp"
#include "providers/simulated/simulated_request.hpp"

namespace providers {

// Of Responses: a text, or a list of messages, calls, their results and thoughts.
std::optional<BadRequest> read_items(std::string_view input, SimulatedPrompt& prompt,
                                     SimulatedRequest& request);
// Of completions: one text, or the numbers of its tokens.
std::optional<BadRequest> read_plain_prompt(std::string_view value, SimulatedPrompt& prompt);
// Of embeddings: texts, or the numbers of their tokens, one or several.
std::optional<BadRequest> read_embedded(std::string_view input, SimulatedPrompt& prompt,
                                        SimulatedRequest& request);

}  // namespace providers
