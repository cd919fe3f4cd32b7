// What a simulated host is asked, and the words in which it refuses. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "config/values/units.hpp"

namespace routing {

struct HostRequest {
  // All luck of this request at this host comes from here: another key for each request and each attempt.
  std::uint64_t key = 0;
  config::Tokens prompt{};
  std::optional<config::Tokens> max_output{};
  // The answer's usual length, for instance from a trace; absent: drawn from `key`, alike at every host.
  std::optional<config::Tokens> answer{};
  // Rolling hashes of the prompt's leading blocks, each of the host's PromptCacheBehaviour::block_tokens.
  std::span<const std::uint64_t> prefix_blocks{};
};

struct Refused {
  enum class Because {
    outage,
    context,
    max_output,
    requests_per_minute,
    tokens_per_minute,
    error,
    queue_full
  };
  Because because{};
  int status = 0;  // 0: the connection is closed without a reply
  std::optional<config::Duration> retry_after{};
};

}  // namespace routing
