// Reads a trace: CSV with a header line, columns in any order, others left alone. Two forms are known:
//   TIMESTAMP,ContextTokens,GeneratedTokens             as Azure publishes its LLM inference traces
//   seconds,prompt_tokens,output_tokens                 and, where known, max_tokens and session
// A row that makes no sense is left out and said so; a trace with a tenth of such rows is refused.
// Source of the first form: Azure Public Dataset, "Azure LLM inference trace 2023".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/files/load.hpp"
#include "config/values/problem.hpp"
#include "config/values/trace.hpp"

namespace config {

struct LoadedTrace {
  std::optional<Trace> trace{};
  std::size_t left_out = 0;  // rows
  Problems problems;
};

// `file` names the text in problems.
LoadedTrace load_trace(std::string_view csv, const std::string& file);
LoadedTrace load_trace_file(const std::string& path, const Sources& sources);

}  // namespace config
