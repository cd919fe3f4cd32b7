// The stream of a host that speaks another API than the client, event by event as it says them. Belongs to
// one attempt.
#pragma once

#include "gateway/serving/event_relay.hpp"
#include "providers/conversation/tool_names.hpp"

namespace gateway {

class InterpretedRelay final : public EventRelay {
 public:
  // The request's conversation is there.
  explicit InterpretedRelay(const Attempting& attempting)
      : EventRelay(attempting), names_(*attempting.request.conversation) {}

 private:
  std::optional<Step> refused() override;
  bool put_rest() override;
  void take(const providers::AnswerEvent& event) override;

  const providers::ClientNames names_;
  bool is_outrun_ = false;
};

}  // namespace gateway
