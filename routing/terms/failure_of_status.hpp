// What a host's HTTP status other than 200 says, in the words that routing decides by. Pure.
#pragma once

#include "routing/terms/outcome.hpp"

namespace routing {

// The status alone; the words that came with it may say otherwise.
inline FailureKind failure_of_status(int status) {
  switch (status) {
    case 401:
    case 402:
    case 403:
    case 412:  // no condition was sent: Fireworks says it of an account that is suspended
      return FailureKind::credential;
    case 404:
      return FailureKind::missing_model;
    case 408:
    case 409:
    case 425:
      return FailureKind::server_error;
    case 429:
      return FailureKind::rate_limited;
    case 503:
    case 529:
      return FailureKind::overloaded;
    default:
      if (status >= 500) return FailureKind::server_error;
      // A redirect or another success than 200 is no answer to a request.
      return status >= 400 ? FailureKind::rejected : FailureKind::bad_reply;
  }
}

}  // namespace routing
