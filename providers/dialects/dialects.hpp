// The dialects that are known. A new one is a folder beside this and a line in the list.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& dialect_of(config::Format format);

// The API in which a host is asked what a client says in `client`: the same, else one into which a
// conversation can be put, where the client's is one. Null where there is none.
enum class Conversational { no, yes };
const Dialect* dialect_for(config::Formats spoken, config::Format client, Conversational conversational);

// The first of them whose hosts keep answers; null: none does.
const Dialect* keeper_of_answers(config::Formats spoken);

}  // namespace providers
