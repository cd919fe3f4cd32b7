#include "routing/terms/reason.hpp"

namespace routing {

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::best:
      return "least cost";
    case Reason::explore:
      return "explored: too little is known of it, and the purse pays the difference";
    case Reason::only:
      return "the only one left";
    case Reason::weighted:
      return "drawn by the policy's weights";
    case Reason::panic:
      return "most hosts are failing, so failing ones count again";
    case Reason::hedge:
      return "beside a host that is slow to begin";
    case Reason::continues:
      return "goes on with a stream that broke";
  }
  return "unknown";
}

}  // namespace routing
