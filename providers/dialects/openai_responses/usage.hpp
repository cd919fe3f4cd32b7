// Token counts as OpenAI's Responses reports them.
#pragma once

#include "providers/reports/usage.hpp"

namespace providers {

// Consumes the value of a `usage` member, whatever its type.
inline ReportedUsage read_responses_usage(JsonWalk& walk) {
  static constexpr UsageWords words{.prompt = "input_tokens",
                                    .completion = "output_tokens",
                                    .prompt_details = "input_tokens_details",
                                    .completion_details = "output_tokens_details"};
  return read_usage(walk, words);
}

}  // namespace providers
