// Puts right, in replies that are passed on as they come, what clients of the API would stumble over and its
// hosts do all the same. Belongs to one reply.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/data_edits.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

// What comes behind the last event: the host's mark of the end, or nothing, since the stream was cut.
enum class Follows { end_mark, nothing };

class Correction {
 public:
  virtual ~Correction() = default;
  // Of an event's data, or of a whole reply, understood as `content`, which then says what the client gets.
  // The texts that it puts into `edits` stay until the next call.
  virtual void correct(std::string_view data, JsonTokens& tokens, PassedContent& content,
                       DataEdits& edits) = 0;
  // The data of an event that tells what was held back, since nothing follows, and, where the host said that
  // all is said, what it did not say of the end; empty: there is nothing to tell. Once.
  virtual std::string rest(Follows /*follows*/) { return {}; }
};

}  // namespace providers
