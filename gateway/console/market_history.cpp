#include "gateway/console/market_history.hpp"

#include <boost/json.hpp>
#include <map>
#include <utility>
#include <vector>

#include "gateway/console/host_ends.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto between_moments = std::chrono::minutes(30);
constexpr int most_moments = 7 * 24 * 2;

struct HostPast {
  json::array ttft{};    // of each moment so far
  json::array prices{};  // where they changed
  std::pair<double, double> last_price{-1, -1};
};

std::int64_t unix_seconds(config::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void add_price(const routing::Endpoint& endpoint, config::WallTime at, HostPast& row) {
  const config::Prices& prices = endpoint.settings->prices;
  const std::pair price{prices.input.price.dollars(), prices.output.price.dollars()};
  if (price == row.last_price) return;
  row.last_price = price;
  row.prices.push_back(json::object{{"from", unix_seconds(at)},
                                    {"input", number_or_null(price.first)},
                                    {"output", number_or_null(price.second)}});
}

using HostPasts = std::map<std::string, HostPast>;  // by endpoint

void add_moment(const StoredMarket& market, const std::string& model, config::WallTime at, std::size_t number,
                HostPasts& rows) {
  for (const routing::Endpoint& endpoint : market.catalogue->endpoints()) {
    if (endpoint.model->name.text != model) continue;
    HostPast& row = rows[endpoint.settings->name.text];
    row.ttft.resize(number);
    const routing::Measured& measured = market.states.at(endpoint.index).measured;
    row.ttft.push_back(measured.samples > 0 ? number_or_null(measured.ttft.p50 * 1e3) : json::value(nullptr));
    add_price(endpoint, at, row);
  }
}

}  // namespace

std::string market_history(RecordReader& reader, const std::string& model, config::WallTime now,
                           WithEnds ends) {
  HostPasts rows;
  json::array moments;
  std::uint64_t before = 0;
  for (int back = most_moments - 1; back >= 0; --back) {
    const config::WallTime at = now - back * between_moments;
    const std::uint64_t snapshot = reader.snapshot_at(at);
    if (snapshot == 0 && moments.empty()) continue;
    // Where nothing was published since the moment before nobody knows how fast hosts were.
    const StoredMarket* market = snapshot == before ? nullptr : reader.market(snapshot);
    before = snapshot;
    if (market) add_moment(*market, model, at, moments.size(), rows);
    moments.push_back(unix_seconds(at));
  }
  json::array endpoints;
  for (auto& [name, row] : rows) {
    row.ttft.resize(moments.size());
    endpoints.push_back(json::object{
        {"endpoint", name}, {"ttft_p50_ms", std::move(row.ttft)}, {"prices", std::move(row.prices)}});
  }
  json::object page{{"model", model}, {"moments", std::move(moments)}, {"endpoints", std::move(endpoints)}};
  if (ends == WithEnds::yes) page["ends"] = host_ends(reader, model, now);
  return json_page(page);
}

}  // namespace gateway
