// Where the APIs that simulated hosts speak are asked, and what their paths say of a request. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace providers {

enum class SimulatedApi {
  chat,
  responses,    // OpenAI's Responses
  completions,  // its older completions
  embeddings,
  messages,
  gemini,            // Google's generateContent
  converse,          // Amazon's Converse
  vertex_messages,   // Anthropic's Messages at Google
  bedrock_messages,  // and at Amazon
};

struct SimulatedPath {
  SimulatedApi api = SimulatedApi::chat;
  std::optional<std::string> model{};  // where the path names it, and the body does not
  bool streams = false;                // where the path says it, and the body does not
  bool is_array = false;               // a stream of a JSON array, in place of events
};

// Nothing where no call stands at the path. `base`: what stands before the names of OpenAI's and Anthropic's
// calls.
std::optional<SimulatedPath> simulated_path(std::string_view path, std::string_view query,
                                            std::string_view base);

}  // namespace providers
