// Where a part of an answer comes from, if that is a page of the web: the one origin that several APIs can
// name. Hosts word it, and count places, each in their own way; here it has OpenAI's words. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "providers/conversation/answer.hpp"
#include "providers/conversation/text.hpp"

namespace providers {

struct CitedPage {
  Text url{};
  Text title{};    // empty: not said
  Text content{};  // what of the page is cited; empty: not said
};

// As `json` of a citation has it; empty where the address is none of a page.
std::string page_citation_of(const CitedPage& page);

// How many characters of Unicode a text has; one that is escaped counts as what it stands for.
std::size_t characters_in(const Text& text);

// The members of OpenAI's object, without its braces: where the event has a place, that is among them,
// counted from the character `begin` of the answer's text.
std::string page_members(const AnswerEvent& citation, std::size_t begin = 0);

}  // namespace providers
