// How long the prompt of a request to a simulated host is, and where it begins as others did. Belongs to one
// request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulated/simulated_request.hpp"

namespace providers {

constexpr std::int64_t bytes_per_token = 4;
constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 765;

// Counts and hashes a prompt as it goes by.
class SimulatedPrompt {
 public:
  // `block_tokens`: how many a host caches at a time.
  explicit SimulatedPrompt(int block_tokens);

  void text(std::string_view text);
  void tokens(std::int64_t count) { extra_ += count; }
  void give_to(SimulatedRequest& request);

 private:
  std::size_t block_bytes_;
  std::size_t in_block_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t extra_ = 0;
  std::uint64_t hash_;
  std::vector<std::uint64_t> blocks_;
};

// What a message holds, as far as an answer depends on it.
struct MessageSeen {
  std::string last_text;
  bool has_result = false;
};

// The value of `content`, in either API: a string, or an array of parts.
void read_content(std::string_view content, SimulatedPrompt& prompt, MessageSeen& seen);
// An element of `messages`, and what the answer to it depends on. False: no message.
bool read_message(std::string_view message, SimulatedPrompt& prompt, SimulatedRequest& request);

}  // namespace providers
