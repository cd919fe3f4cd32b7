// Ids of calls of tools, for APIs that do not take every one: other hosts may have made them, like
// functions.get_time:0, or hidden their thoughts in them. Pure.
#pragma once

#include <cstddef>

#include "providers/conversation/text.hpp"
#include "providers/json/json_writer.hpp"

namespace providers {

struct CallIdForm {
  std::size_t most = 64;       // bytes
  bool has_few_signs = false;  // letters, digits, _ and - alone
};

// The same for the same id, and another one for another. One that is changed ends in what tells it from
// others that were.
void write_call_id(JsonWriter& json, const Text& id, const CallIdForm& form);

}  // namespace providers
