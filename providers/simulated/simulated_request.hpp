// What a simulated host reads out of the body of a request: of OpenAI's APIs, or of Anthropic's Messages.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/values/units.hpp"
#include "providers/simulated/simulated_path.hpp"
#include "routing/terms/demand.hpp"

namespace providers {

struct SimulatedTool {
  std::string name;
  std::string schema;  // of its arguments: JSON
};

struct SimulatedRequest {
  std::string model;
  routing::Delivery delivery = routing::Delivery::whole;
  bool include_usage = false;  // whether a stream ends with its usage
  std::optional<config::Tokens> max_output{};
  config::Tokens prompt{};                   // four bytes a token, and four tokens a message
  std::vector<std::uint64_t> prefix_blocks;  // rolling hashes, one per whole block of the prompt
  std::uint64_t hash = 0;                    // of the whole prompt

  std::vector<SimulatedTool> tools;
  enum class Calls { where_meant, always, never } calls = Calls::where_meant;
  std::string tool;             // the one that must be called; empty: any
  bool follows_result = false;  // the last message is what a tool found
  std::string last_text;        // of the last message
  std::string form;             // the schema of an answer that must be JSON; empty: it need not
  int choices = 1;
  std::optional<int> logprobs{};  // and of how many other tokens; absent: not asked for
  bool shows_thinking = false;    // of Messages and Responses; chats always show it

  // Of embeddings.
  std::vector<std::uint64_t> inputs;  // hashes
  int dimensions = 16;
  bool in_base64 = false;
};

struct BadRequest {
  std::string message;
  std::string param;  // the field at fault; empty: the body as a whole
};

// Of OpenAI's APIs and of Messages, wherever they are asked. `block_tokens`: how many tokens a host caches at
// a time; at least 1.
std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens,
                                                                  const SimulatedPath& path = {});

}  // namespace providers
