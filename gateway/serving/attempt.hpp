// One try at one endpoint: sends the request, relays the answer as it comes, and says what was seen.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

class Contest;

struct Tried {
  routing::Attempt attempt;
  routing::AskedFor asked;
  std::unique_ptr<HostWords> said{};  // about a failure
  std::size_t bytes = 0;              // of the texts of its answer
};

// All references must outlive the returned task. The attempt is counted as under way already. `earlier` are
// the request's attempts so far, `served` names what the client is told of this choice. `trial` ends when the
// host shows that it answers. Where another attempt may be under way, `contest` says which of them the client
// gets, and this one is its `leg`.
providers::Task<Tried> attempt(Services& services, InferenceRequest& request, routing::EndpointIndex target,
                               std::span<const routing::Attempt> earlier, Served& served,
                               routing::TrialPermit& trial, Reply& reply, Interruption& interruption,
                               Contest* contest = nullptr, std::size_t leg = 0);

}  // namespace gateway
