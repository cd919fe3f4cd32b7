// A client's body as it is read to become a conversation, member by member; what each says is the API's.
// Belongs to one body.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/surface/body_fault.hpp"
#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

class ConversationBody {
 public:
  // All must outlive it.
  ConversationBody(std::string_view body, providers::JsonTokens& tokens,
                   providers::Conversation& conversation)
      : body_(body), walk_(tokens, body), said_(conversation) {}
  virtual ~ConversationBody() = default;
  ConversationBody(const ConversationBody&) = delete;
  ConversationBody& operator=(const ConversationBody&) = delete;

  std::optional<BodyFault> read();

 protected:
  const std::string_view body_;
  BodyWalk walk_;
  providers::Conversation& said_;

 private:
  virtual bool member(const providers::JsonString& key, const Path& path) = 0;
  // Once all members are read.
  virtual void complete() = 0;
};

}  // namespace gateway
