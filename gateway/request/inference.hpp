// One inference request, understood: what routing must know of it and the bytes to forward. Belongs to its
// request.
#pragma once

#include <memory>
#include <string>

#include "gateway/http/body_budget.hpp"
#include "gateway/request/services.hpp"
#include "gateway/surface/surface.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/demand.hpp"

namespace gateway {

class Tab;

struct InferenceRequest {
  // Not the compiler's own, which would fill all of it with zeros first.
  InferenceRequest() {}

  std::string id;
  std::shared_ptr<const Hosts> hosts;                   // the generation it began with
  const routing::Policy* policy = nullptr;              // of the generation, or `own_policy`
  std::shared_ptr<const routing::Policy> own_policy{};  // with the request's own preferences
  std::string_view why_policy;                          // lives as long as the generation
  routing::Choice::By policy_by{};                      // whether it asked for its policy itself
  bool shows_openrouter_metadata = false;
  routing::Demand demand;
  const Surface* surface = nullptr;  // the API that it came in
  ClientBody asked;
  std::string body;  // what `asked` points into; dropped, with `conversation`, once the client has bytes
  BodyShare* body_share = nullptr;  // given back with it
  std::unique_ptr<providers::Conversation>
      conversation{};       // for endpoints that speak another API; into `body`
  std::string host_fields;  // of the head of a request to a host that speaks the client's API
  std::string betas;        // of Anthropic's API that its client wants, with commas between them
  std::string traceparent;
  int client_retry = 0;
  std::vector<std::string> tags{};  // for the ledger
  Tab* tab = nullptr;               // what it owes, while it is served
  // Of each answer, where its quotas bear no more than that. What was asked for stays in `demand`: who may be
  // asked does not change by it.
  std::optional<config::Tokens> most_output{};

  // The lesser of the two.
  std::optional<config::Tokens> output_bound() const {
    const std::optional<config::Tokens>& asked_for = demand.max_output;
    return most_output && (!asked_for || *most_output < *asked_for) ? most_output : asked_for;
  }
};

}  // namespace gateway
