// Edits the calls of tools of a host's chat reply for OpenRouter's clients. Belongs to one message.
#pragma once

#include <cstddef>

#include "gateway/surfaces/openrouter/edited_values.hpp"

namespace gateway {

class CallsEditor {
 public:
  CallsEditor(providers::JsonWalk& walk, JsonEdits& edits, ReplyShape shape)
      : walk_(walk), edits_(edits), shape_(shape) {}

  // The list of them.
  bool edit();

 private:
  bool call(std::size_t place);
  bool function();

  providers::JsonWalk& walk_;
  JsonEdits& edits_;
  ReplyShape shape_;
};

}  // namespace gateway
