// Puts a conversation into the words of an API, and its replies into the events of an answer, for clients
// that speak another. Without state.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/conversation/conversation.hpp"
#include "providers/conversation/matter.hpp"
#include "providers/dialect/answer_reader.hpp"
#include "providers/dialect/host_model.hpp"
#include "providers/json/json_tokens.hpp"
#include "routing/terms/demand.hpp"

namespace providers {

struct WrittenRequest {
  std::string body;
  std::vector<std::string_view> dropped;  // names of the client's parameters; static
  std::string fields{};                   // of the head, as PassedMembers has them
};

class Interpreter {
 public:
  virtual ~Interpreter() = default;

  // Of all that a conversation may say, what this model can be told. What it says beyond that is for
  // unsaid().
  virtual Matters carries(const HostModel& model) const = 0;

  // The body. What is not carried is left out of it; what else is, because it goes with nothing that must
  // stay, is named as dropped.
  virtual WrittenRequest write(const Conversation& conversation, const HostModel& model,
                               routing::Delivery delivery, JsonTokens& tokens) const = 0;

  // Of a reply that streams; `tokens` must outlive it.
  virtual std::unique_ptr<AnswerReader> streamed(const HostModel& model, JsonTokens& tokens) const = 0;
  // A reply that is whole. Never goes on.
  virtual Reading whole(std::string_view body, const HostModel& model, JsonTokens& tokens,
                        AnswerSink& sink) const = 0;

  // Of a whole reply, or of the data of an event, that may hold several answers side by side: what `answer`,
  // counted from 0, would be alone. Empty: there is nothing of it, or the API has no such replies.
  virtual std::string alone(std::string_view /*data*/, std::size_t /*answer*/, JsonTokens& /*tokens*/) const {
    return {};
  }
};

}  // namespace providers
