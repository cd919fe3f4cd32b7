// Why an answer ended, in the words of OpenAI's chat, in those that its hosts have beside them, and in those
// of the other APIs. Pure.
#pragma once

#include <string_view>

#include "providers/conversation/answer.hpp"

namespace providers {

// Whether clients know the word.
bool is_usual_finish(std::string_view word);
// One that is not known is an end like any other.
EndReason end_reason_of(std::string_view word);
// Whether the host says that it failed on the way: none of the reasons above.
bool is_broken_off(std::string_view word);
// The same for clients of APIs that have no such word.
ReportedError broken_off_error(std::string_view word);

}  // namespace providers
