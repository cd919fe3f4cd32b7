// What people can read of a message that is not plain text: JSON in whichever shape, and HTML pages. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/json/json_walk.hpp"

namespace providers {

// Consumes the next value; false where it is not valid. Of an object or a list: the texts in it that tell
// something, at most a few hundred bytes: "messages.0.role: must be one of ...".
bool take_plain(JsonWalk& walk, std::string& message);

// `text` without tags where it is a page, and by take_plain() where it is JSON; else as it is.
std::string plain_message(std::string_view text, JsonTokens& tokens);

}  // namespace providers
