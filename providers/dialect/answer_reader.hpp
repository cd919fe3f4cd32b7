// Understands a streamed reply of one host as the events of an answer. Owns the framing: server-sent events,
// frames or a JSON array. Belongs to one reply.
#pragma once

#include <string_view>

#include "providers/conversation/answer.hpp"

namespace providers {

enum class Reading {
  goes_on,
  ended,   // all has come
  failed,  // the host says that it broke off: an error event was told
  bad,     // it cannot be understood
};

class AnswerReader {
 public:
  virtual ~AnswerReader() = default;
  // The next bytes of the body, cut anywhere. Tells `sink` what is whole in them, up to what ends the reply;
  // the views of those events live until this returns. Once it has not said `goes_on`, it says the same for
  // ever. A body that ends before is whole if an `end` event was told.
  virtual Reading feed(std::string_view bytes, AnswerSink& sink) = 0;
  // No more bytes come, though it goes on: tells what was held back for what might have followed.
  virtual void end(AnswerSink& /*sink*/) {}
};

}  // namespace providers
