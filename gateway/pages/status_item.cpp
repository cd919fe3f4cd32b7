#include "gateway/pages/status_item.hpp"

#include <boost/json.hpp>

#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

// The part of a whole, where there is a whole.
json::value share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return nullptr;
  return number_or_null(static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

json::object snapshot_item(const routing::Endpoint& endpoint, const routing::EndpointState& state,
                           const Stand& stand, config::TimePoint now) {
  const routing::Measured& measured = state.measured;
  json::object item{{"endpoint", endpoint.settings->name.text},
                    {"model", endpoint.model->name.text},
                    {"provider", endpoint.provider->name.text},
                    {"price_input", number_or_null(endpoint.settings->prices.input.price.dollars())},
                    {"price_output", number_or_null(endpoint.settings->prices.output.price.dollars())},
                    {"context", endpoint.settings->context.count},
                    {"state", to_text(stand.standing)},
                    {"ttft_p50_ms", number_or_null(measured.ttft.p50 * 1e3)},
                    {"ttft_p90_ms", number_or_null(measured.ttft.p90 * 1e3)},
                    {"tokens_per_second_p50", number_or_null(measured.throughput.p50)},
                    {"uptime", number_or_null(measured.uptime)},
                    {"samples", number_or_null(measured.samples)}};
  item["back_in_seconds"] =
      stand.until ? number_or_null(config::Seconds(*stand.until - now).count()) : json::value(nullptr);
  return item;
}

void add_flows(const Flow& last_1m, const Flow& last_5m, const Flow& all_1m, const Flow& all_5m,
               json::object& item) {
  item["share_1m"] = share(last_1m.attempts, all_1m.attempts);
  item["share_5m"] = share(last_5m.attempts, all_5m.attempts);
  item["failures"] = share(last_5m.failures, last_5m.attempts);
  item["dollars_per_1k"] = last_5m.attempts == 0
                               ? json::value(nullptr)
                               : number_or_null(static_cast<double>(last_5m.nanodollars) * 1e-6 /
                                                static_cast<double>(last_5m.attempts));
}

}  // namespace gateway
