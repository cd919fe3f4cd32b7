// A host that finds a prompt too long for its context, in whichever words, and the sizes that it names. Pure.
#pragma once

#include <optional>

#include "providers/reports/reported_error.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

struct TooLong {
  std::optional<config::Tokens> prompt{};  // its tokens
  std::optional<config::Tokens>
      total{};  // the same and the output that was asked for, where only this is told
  std::optional<config::Tokens> context{};  // of the host
};

// Nothing where the error, of a reply with this status, is another one.
std::optional<TooLong> too_long(int status, const ReportedError& error);

}  // namespace providers
