#include "providers/dialect/betas.hpp"

#include <algorithm>
#include <array>

#include "config/values/ascii.hpp"

namespace providers {
namespace {

// One that they do not know has them refuse the whole request.
constexpr std::array<std::string_view, 13> taken_elsewhere{"computer-use-2024-10-22",
                                                           "computer-use-2025-01-24",
                                                           "computer-use-2025-11-24",
                                                           "token-efficient-tools-2025-02-19",
                                                           "interleaved-thinking-2025-05-14",
                                                           "output-128k-2025-02-19",
                                                           "dev-full-thinking-2025-05-14",
                                                           "context-1m-2025-08-07",
                                                           "context-management-2025-06-27",
                                                           "effort-2025-11-24",
                                                           "tool-search-tool-2025-10-19",
                                                           "tool-examples-2025-10-29",
                                                           "compact-2026-01-12"};
constexpr std::string_view taken_by_vertex = "web-search-2025-03-05";

bool is_taken(BetasAt where, std::string_view beta) {
  if (where == BetasAt::nobody) return false;
  if (where == BetasAt::vertex && beta == taken_by_vertex) return true;
  return std::ranges::find(taken_elsewhere, beta) != taken_elsewhere.end();
}

bool is_of_caller(std::string_view beta) {
  return beta.starts_with("claude-code-") || beta.starts_with("oauth-");
}

}  // namespace

Betas betas_at(BetasAt where, std::string_view list) {
  Betas betas;
  for (const std::string_view beta : config::comma_list(list)) {
    if (is_taken(where, beta)) {
      betas.taken.push_back(beta);
    } else if (!is_of_caller(beta)) {
      betas.untold.push_back("betas." + std::string(beta));
    }
  }
  return betas;
}

}  // namespace providers
