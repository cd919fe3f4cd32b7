#include "providers/simulated/simulated_request.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t bytes_per_token = 4;
constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 765;

// Counts and hashes a prompt as it goes by.
class Prompt {
 public:
  explicit Prompt(int block_tokens)
      : block_bytes_(static_cast<std::size_t>(block_tokens * bytes_per_token)) {}

  void text(std::string_view text) {
    bytes_ += text.size();
    while (!text.empty()) {
      const auto part = text.substr(0, block_bytes_ - in_block_);
      hash_ = routing::hash_of(part, hash_);
      text.remove_prefix(part.size());
      in_block_ += part.size();
      if (in_block_ < block_bytes_) continue;
      blocks_.push_back(hash_);
      in_block_ = 0;
    }
  }
  void tokens(std::int64_t count) { extra_ += count; }

  void give_to(SimulatedRequest& request) {
    request.prompt = {(static_cast<std::int64_t>(bytes_) + bytes_per_token - 1) / bytes_per_token + extra_};
    request.hash = hash_;
    request.prefix_blocks = std::move(blocks_);
  }

 private:
  std::size_t block_bytes_;
  std::size_t in_block_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t extra_ = 0;
  std::uint64_t hash_ = routing::hash_of("");
  std::vector<std::uint64_t> blocks_;
};

void read_content(const dom::element& content, Prompt& prompt) {
  std::string_view text;
  if (content.get(text) == simdjson::SUCCESS) return prompt.text(text);
  dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS) return;
  for (const dom::element part : parts) {
    if (part["text"].get(text) == simdjson::SUCCESS) {
      prompt.text(text);
    } else {
      prompt.tokens(tokens_per_image);
    }
  }
}

std::optional<BadRequest> read_messages(const dom::element& body, Prompt& prompt) {
  dom::array messages;
  if (body["messages"].get(messages) != simdjson::SUCCESS || messages.size() == 0) {
    return BadRequest{"'messages' must be an array with at least one message", "messages"};
  }
  for (const dom::element message : messages) {
    std::string_view role;
    if (message["role"].get(role) != simdjson::SUCCESS) {
      return BadRequest{"each of 'messages' must be an object with a 'role'", "messages"};
    }
    prompt.text(role);
    prompt.tokens(tokens_per_message);
    dom::element content;
    if (message["content"].get(content) == simdjson::SUCCESS) read_content(content, prompt);
    if (message["tool_calls"].get(content) == simdjson::SUCCESS) prompt.text(simdjson::minify(content));
  }
  return std::nullopt;
}

std::optional<BadRequest> read_max_output(const dom::element& body, SimulatedRequest& request) {
  // The newer name wins where both are there.
  for (const char* const name : {"max_tokens", "max_completion_tokens"}) {
    dom::element field;
    if (body[name].get(field) != simdjson::SUCCESS || field.is_null()) continue;
    std::int64_t count = 0;
    if (field.get(count) != simdjson::SUCCESS || count < 1) {
      return BadRequest{"'" + std::string{name} + "' must be a whole number of at least 1", name};
    }
    request.max_output = config::Tokens{count};
  }
  return std::nullopt;
}

std::optional<BadRequest> read_delivery(const dom::element& body, SimulatedRequest& request) {
  dom::element field;
  if (body["stream"].get(field) != simdjson::SUCCESS || field.is_null()) return std::nullopt;
  bool streamed = false;
  if (field.get(streamed) != simdjson::SUCCESS) return BadRequest{"'stream' must be true or false", "stream"};
  if (streamed) request.delivery = routing::Delivery::streamed;
  bool include_usage = false;
  if (body["stream_options"]["include_usage"].get(include_usage) == simdjson::SUCCESS) {
    request.include_usage = include_usage;
  }
  return std::nullopt;
}

}  // namespace

std::variant<SimulatedRequest, BadRequest> read_simulated_request(std::string_view body, int block_tokens) {
  dom::parser parser;
  dom::element root;
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return BadRequest{std::string{"the body is not JSON: "} + simdjson::error_message(error), ""};
  }
  if (!root.is_object()) return BadRequest{"the body must be a JSON object", ""};

  SimulatedRequest request;
  std::string_view model;
  if (root["model"].get(model) != simdjson::SUCCESS) return BadRequest{"'model' must be a text", "model"};
  request.model = model;
  if (const auto bad = read_delivery(root, request)) return *bad;
  if (const auto bad = read_max_output(root, request)) return *bad;
  Prompt prompt{std::max(block_tokens, 1)};
  dom::element tools;
  if (root["tools"].get(tools) == simdjson::SUCCESS) prompt.text(simdjson::minify(tools));
  if (const auto bad = read_messages(root, prompt)) return *bad;
  prompt.give_to(request);
  return request;
}

}  // namespace providers
