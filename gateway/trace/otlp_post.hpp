// One POST of spans to a collector. Blocks, for as long as it may take; for a thread of its own.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateway/trace/otlp_settings.hpp"

namespace gateway {

struct Posted {
  int status = 0;                                     // 0: no answer
  std::optional<std::chrono::seconds> retry_after{};  // as the collector asked
  std::uint64_t rejected = 0;                         // spans that it did not want
  std::string problem{};                              // in words, where it was not taken
};

Posted post_spans(const OtlpSettings& to, const std::string& body);

// Of the text of a reply.
Posted posted_of(const std::string& reply);

}  // namespace gateway
