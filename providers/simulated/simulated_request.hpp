// What a simulated host reads out of a chat completion request's body. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/values/units.hpp"
#include "routing/terms/demand.hpp"

namespace providers {

struct SimulatedRequest {
  std::string model;
  routing::Delivery delivery = routing::Delivery::whole;
  bool include_usage = false;  // whether a stream ends with its usage
  std::optional<config::Tokens> max_output{};
  config::Tokens prompt{};                   // four bytes a token, and four tokens a message
  std::vector<std::uint64_t> prefix_blocks;  // rolling hashes, one per whole block of the prompt
  std::uint64_t hash = 0;                    // of the whole prompt
};

struct BadRequest {
  std::string message;
  std::string param;  // the field at fault; empty: the body as a whole
};

// `block_tokens`: how many tokens a host caches at a time; at least 1.
std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens);

}  // namespace providers
