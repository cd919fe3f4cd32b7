// Anthropic's betas, which clients of its API name, and who of those that serve its models takes them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace providers {

enum class BetasAt { nobody, vertex, bedrock };

struct Betas {
  std::vector<std::string_view> taken;  // views into the list
  // What the host is not told, as its client is told that. What only says who calls is no loss.
  std::vector<std::string> untold;
};

// `list`: with commas between them.
Betas betas_at(BetasAt where, std::string_view list);

}  // namespace providers
