// Puts right, in replies that are passed on as they come, what clients of the API would stumble over and its
// hosts do all the same. Belongs to one reply.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/data_edits.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

class Correction {
 public:
  virtual ~Correction() = default;
  // Of an event's data, or of a whole reply, understood as `content`, which then says what the client gets.
  // The texts that it puts into `edits` stay until the next call.
  virtual void correct(std::string_view data, JsonTokens& tokens, PassedContent& content,
                       DataEdits& edits) = 0;
  // The data of an event that tells what was held back, since nothing follows; empty: nothing was. Once.
  virtual std::string rest() { return {}; }
};

}  // namespace providers
