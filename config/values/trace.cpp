#include "config/values/trace.hpp"

namespace config {

Trace at_rate(Trace trace, double per_second) {
  if (trace.requests.size() < 2 || per_second <= 0) return trace;
  const Seconds length = trace.requests.back().at;
  if (length.count() <= 0) return trace;
  const double usual = static_cast<double>(trace.requests.size() - 1) / length.count();
  for (TraceRequest& request : trace.requests) {
    request.at = std::chrono::duration_cast<Duration>(Seconds(request.at) * (usual / per_second));
  }
  return trace;
}

}  // namespace config
