// Tells a client that waits for a stream, and every proxy on the way to it, that somebody still works on its
// request: a comment after a while without any part of the answer, and again. Belongs to one request.
#pragma once

#include "gateway/request/inference.hpp"
#include "gateway/request/reply.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class WaitingComment final : public providers::Alarm {
 public:
  // All must outlive it.
  WaitingComment(providers::Timer& timer, const InferenceRequest& request, Reply& reply)
      : timer_(timer),
        request_(request),
        reply_(reply),
        policy_(request.policy->name.text),
        every_(request.hosts->generation->catalogue->settings().limits.comment_after) {
    const bool is_streamed = request.demand.delivery == routing::Delivery::streamed;
    if (is_streamed && every_ > config::Duration{}) timer_.set(*this, request.demand.admitted + every_);
  }

  void ring() override {
    if (reply_.begun()) return;
    // Who will answer, and after how many attempts, is not known yet.
    Served known;
    known.policy = policy_;
    reply_.remark(known, request_.surface->waiting_event());
    timer_.set(*this, timer_.now() + every_);
  }

 private:
  providers::Timer& timer_;
  const InferenceRequest& request_;
  Reply& reply_;
  const std::string_view policy_;
  const config::Duration every_;
};

}  // namespace gateway
