// A conversation as the body of OpenAI's POST /responses, for clients of other APIs. Pure.
#pragma once

#include "providers/dialect/interpreter.hpp"

namespace providers {

Matters carried_by_responses(const HostModel& model);

WrittenRequest write_responses_body(const Conversation& conversation, const HostModel& model,
                                    routing::Delivery delivery);

}  // namespace providers
