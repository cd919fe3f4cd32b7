// What a client is told that nobody answered: whose fault it was, and when to come again.
#pragma once

#include <optional>

#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// Of the attempts that were made, of which there is one at least; `said` by the host of the deciding one.
ErrorReply nobody_answered(const InferenceRequest& request, const Record& record, const HostWords& said);
// A client that is to come later is told when, whoever refused it.
void say_when(ErrorReply& error, std::optional<config::TimePoint> somebody_at, config::TimePoint now);

// Whether there is nobody to tell. A client that stopped reading counts: its connection was cut.
bool is_gone(const Record& record, const Interruption& interruption);

}  // namespace gateway
