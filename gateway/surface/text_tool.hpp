// Tools that take a text instead of arguments, as OpenAI's APIs know them: models everywhere know functions,
// so that the text is the one argument of one. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/conversation/conversation.hpp"

namespace gateway {

// Makes `tool`, which has its name and description, one of them. What no host can be held to by a schema is
// said in words. An empty `grammar`: any text will do.
void make_text_tool(providers::Tool& tool, const providers::Text& grammar, const providers::Text& syntax,
                    providers::OwnTexts& own);
// What a call of one said.
void call_with_text(providers::ToolCallPart& call, const providers::Text& input, providers::OwnTexts& own);
// The text in the arguments of such a call, both raw; all of them where there is none.
std::string text_in(const std::string& arguments);

}  // namespace gateway
