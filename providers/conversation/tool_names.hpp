// Names of tools that not every API takes, as clients of others may give them: longer ones, ones with dots.
// For hosts of other APIs they become names of the form that all take, the same for the same name whatever
// stands beside it, and in answers they are the client's again. Pure.
#pragma once

#include <string>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/conversation/conversation.hpp"

namespace providers {

// Letters, digits, _ and -, at most 64, the first one no digit and no -.
bool is_everybodys_name(const Text& name);

// Of its tools, of the one that must be called, and of calls in its turns. Once, when all of it is there.
void give_everybodys_names(Conversation& conversation);

// As the client gave it.
Text clients_name(const Conversation& conversation, const Text& name);
// The same of calls in an answer, which may go on when the conversation is there no more.
class ClientNames {
 public:
  explicit ClientNames(const Conversation& conversation);

  // The event as its client knows it: itself, or a copy in `room` whose name is in this object.
  const AnswerEvent& of(const AnswerEvent& event, AnswerEvent& room) const;

 private:
  struct Name {
    std::string hosts;
    std::string clients;
    bool escaped = false;
  };

  std::vector<Name> all_;  // in order
};

}  // namespace providers
