#include "routing/decision/decision.hpp"

namespace routing {

std::string_view to_text(Removal removal) {
  switch (removal) {
    case Removal::none:
      return "not removed";
    case Removal::tried:
      return "already tried by this request";
    case Removal::features:
      return "lacks a feature that the request needs";
    case Removal::context:
      return "prompt and output exceed its context";
    case Removal::max_output:
      return "cannot return as many tokens as asked for";
    case Removal::always:
      return "forbidden under every policy";
    case Removal::policy_allow:
      return "not allowed by the policy";
    case Removal::policy_require:
      return "misses a limit that the policy requires";
    case Removal::cooling:
      return "asked to be left alone for a while";
    case Removal::open:
      return "its circuit breaker is open";
    case Removal::full:
      return "has as many requests in flight as it may";
    case Removal::recovering:
      return "is being let back in step by step, and this request was not in its share";
    case Removal::overlay:
      return "left out by the request's own preferences";
    case Removal::withdrawn:
      return "an operator took it out of service, or the newest configuration does not allow it any more";
    case Removal::rejected:
      return "a host of its model rejected the request";
    case Removal::unfit:
      return "cannot be asked this";
    case Removal::not_ready:
      return "says that it is not ready";
    case Removal::credential_limit:
      return "our keys there have used what the host lets them use for now";
    case Removal::other_model:
      return "is of another model than the one that began the answer";
  }
  return "unknown";
}

}  // namespace routing
