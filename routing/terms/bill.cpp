#include "routing/terms/bill.hpp"

#include <algorithm>
#include <cmath>

namespace routing {

config::Money bill(const Endpoint& endpoint, const Usage& usage, std::size_t replies) {
  const bool trusted = endpoint.provider && endpoint.provider->reports_cost && usage.cost;
  if (trusted && std::isfinite(*usage.cost) && *usage.cost >= 0 && *usage.cost < 1e6) {
    return {static_cast<std::int64_t>(std::llround(*usage.cost * 1e9))};
  }
  const config::Prices& prices = endpoint.settings->prices;
  const std::int64_t prompt = std::max<std::int64_t>(usage.prompt.count, 0);
  const std::int64_t cached = std::clamp<std::int64_t>(usage.cached.count, 0, prompt);
  config::Money sum{prices.request.nanos * static_cast<std::int64_t>(replies)};
  sum = sum + prices.input.of({prompt - cached});
  sum = sum + prices.cache_read.value_or(prices.input).of({cached});
  if (prices.cache_write) {
    const std::int64_t written = std::max<std::int64_t>(usage.cache_written.count, 0);
    const std::int64_t for_an_hour = std::clamp<std::int64_t>(usage.cache_written_1h.count, 0, written);
    sum = sum + prices.cache_write->of({written - for_an_hour});
    sum = sum + prices.cache_write_1h.value_or(prices.input).of({for_an_hour});
  }
  sum = sum + prices.output.of({std::max<std::int64_t>(usage.output.count, 0)});
  return sum;
}

}  // namespace routing
