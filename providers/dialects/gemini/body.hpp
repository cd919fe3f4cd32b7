// A conversation as the body of Google's generateContent. Pure.
#pragma once

#include "providers/dialect/interpreter.hpp"

namespace providers {

Matters carried_by_gemini(const HostModel& model);

WrittenRequest write_gemini_body(const Conversation& conversation, const HostModel& model);

}  // namespace providers
