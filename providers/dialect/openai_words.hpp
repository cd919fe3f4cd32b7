// What OpenAI's chat and Responses say with the same words, but for the object around them. Pure.
#pragma once

#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

// Whether what is said of a function stands in an object of its own, as in chat, or beside its type.
enum class FunctionPlace { inside, beside };

// The member `tool_choice`, where there is one to say.
void write_openai_tool_choice(JsonWriter& json, const Conversation& conversation, FunctionPlace place);
// What is said to who runs the model.
void write_openai_handling(JsonWriter& json, const Handling& handling);
// The members `name`, `description` and `schema` of a form.
void write_openai_schema(JsonWriter& json, const OutputForm& form);

}  // namespace providers
