#include "gateway/standing.hpp"

namespace gateway {

Stand stand_of(const routing::EndpointState&, config::TimePoint) {
  return {};
}

std::string_view to_text(Standing standing) {
  switch (standing) {
    case Standing::serving:
      return "serving";
    case Standing::cooling:
      return "cooling";
    case Standing::open:
      return "open";
    case Standing::trial:
      return "trial";
  }
  return "unknown";
}

}  // namespace gateway
