// One try at one endpoint: sends the request, relays the answer as it comes, and says what was seen.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "gateway/request/inference.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/tab/tried.hpp"

namespace gateway {

class Continuation;
class Race;

// How it is decided that somebody is asked.
struct Asking {
  std::unique_ptr<Tried> begun;  // what is known of it at its begin; it is counted as under way already
  config::Duration silence{};    // longest, before anything of the answer shows
  std::optional<config::Duration> headless{};  // longest, before its reply begins; absent: as `silence`
  config::Duration text_pause{};               // longest within the answer's text
  providers::KeyPermit* permit = nullptr;      // of the key that is asked with; outlives the attempt
  Continuation* continuation = nullptr;        // of what the client has; null: nobody would go on with it
  std::string traceparent{};                   // that the host is told; empty: none
};

// All references must outlive the returned task. `served` names what the client is told of this choice.
// `trial` ends when the host shows that it answers. The attempt is one `leg` of the race, which says whether
// the client gets it.
providers::Task<std::unique_ptr<Tried>> attempt(Services& services, InferenceRequest& request, Asking asking,
                                                Served& served, routing::TrialPermit& trial, Reply& reply,
                                                Interruption& interruption, Race& race, std::size_t leg);

}  // namespace gateway
