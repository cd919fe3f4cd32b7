#include "gateway/pages/past_status.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <numeric>

#include "gateway/pages/status_item.hpp"
#include "gateway/record_file/recorded_identity.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

// Whom the endpoints of recorded catalogues are today; one for each catalogue that requests were decided by.
class Successors {
 public:
  explicit Successors(const routing::Catalogue& now) : now_(recorded_identities(now)) {}

  std::optional<routing::EndpointIndex> of(const std::shared_ptr<const routing::Catalogue>& before,
                                           routing::EndpointIndex endpoint) {
    if (!before) return std::nullopt;
    const auto [known, is_new] = all_.try_emplace(before);
    if (is_new) {
      const auto found = routing::predecessors(recorded_identities(*before), now_);
      for (const auto& each : found) {
        known->second.push_back(each ? std::optional(static_cast<routing::EndpointIndex>(*each))
                                     : std::nullopt);
      }
    }
    return endpoint < known->second.size() ? known->second[endpoint] : std::nullopt;
  }

 private:
  std::vector<routing::Identity> now_;
  std::map<std::shared_ptr<const routing::Catalogue>, std::vector<std::optional<routing::EndpointIndex>>>
      all_;
};

Flow sum_of(const std::vector<Flow>& flows) {
  return std::accumulate(flows.begin(), flows.end(), Flow(), [](Flow sum, const Flow& each) {
    sum += each;
    return sum;
  });
}

}  // namespace

RecordedTraffic recorded_traffic(RecordReader& reader, const routing::Catalogue& catalogue,
                                 config::WallTime until, const CountsKey& counts, std::uint64_t most) {
  RecordedTraffic result;
  result.last_1m.resize(catalogue.endpoints().size());
  result.last_5m.resize(catalogue.endpoints().size());
  Successors successors(catalogue);
  std::uint64_t snapshot = 0, read = 0;
  std::shared_ptr<const routing::Catalogue> decided_on;
  // Of very many, the newest; they tell how long a time they are of.
  const bool has_all = reader.begin_between(until - Traffic::longest, until, most);
  if (has_all) result.window = Traffic::longest;
  while (const auto stored = reader.next()) {
    const LoggedRequest& request = stored->request;
    const config::Duration ago = until - ended(request);
    // They were written in the order in which they ended, but for a little.
    if (ago < -10s || ++read > 2 * most) break;
    if (ago < 0s) continue;
    if (result.window == 0s) result.window = std::clamp<config::Duration>(ago, 1ms, Traffic::longest);
    result.behind = request.demand.wall.time_since_epoch() - request.demand.admitted.time_since_epoch();
    if (ago > result.window || (counts && !counts(request.demand.key))) continue;
    ++result.requests;
    if (request.ending == Ending::refused || request.ending == Ending::broken) ++result.failed;
    if (request.decisions.empty()) continue;
    if (snapshot != request.decisions[0].snapshot || !decided_on) {
      snapshot = request.decisions[0].snapshot;
      decided_on = reader.catalogue_at(snapshot);
    }
    for (const routing::Attempt& attempt : request.attempts) {
      const auto endpoint = successors.of(decided_on, attempt.endpoint);
      if (!endpoint) continue;
      result.last_5m[*endpoint] += flow_of(attempt);
      if (ago <= 60s) result.last_1m[*endpoint] += flow_of(attempt);
    }
  }
  result.all_1m = sum_of(result.last_1m);
  result.all_5m = sum_of(result.last_5m);
  return result;
}

std::optional<std::string> past_status(RecordReader& reader, config::WallTime at, const CountsKey& counts) {
  const std::uint64_t snapshot = reader.snapshot_at(at);
  const StoredMarket* market = snapshot == 0 ? nullptr : reader.market(snapshot);
  if (!market) return std::nullopt;
  const std::shared_ptr<const routing::Catalogue> catalogue = market->catalogue;
  const RecordedTraffic traffic = recorded_traffic(reader, *catalogue, at, counts);
  json::array rows;
  for (const routing::Endpoint& endpoint : catalogue->endpoints()) {
    const routing::EndpointState& state = market->states.at(endpoint.index);
    const auto now =
        config::TimePoint(at.time_since_epoch() - traffic.behind.value_or(config::Duration::zero()));
    json::object row = snapshot_item(endpoint, state, traffic.behind ? stand_of(state, now) : Stand(), now);
    // Whose cool-down is over takes another clock than the wall's to tell.
    if (!traffic.behind) row["state"] = nullptr;
    add_flows(traffic.last_1m[endpoint.index], traffic.last_5m[endpoint.index], traffic.all_1m,
              traffic.all_5m, row);
    rows.push_back(std::move(row));
  }
  const config::Seconds window = traffic.window;
  const json::object gateway{
      {"at", WallText(at).view()},
      {"snapshot_age_seconds", number_or_null(config::Seconds(at - reader.wall_of(snapshot)).count())},
      {"generation", catalogue->generation()},
      {"snapshot", snapshot},
      {"requests_per_second", number_or_null(static_cast<double>(traffic.requests) / window.count())},
      {"window_seconds", window.count()},
      {"requests_5m", traffic.requests},
      {"requests_failed_5m", traffic.failed},
      {"dollars_5m", number_or_null(static_cast<double>(traffic.all_5m.nanodollars) * 1e-9)},
      {"output_tokens_5m", traffic.all_5m.output_tokens}};
  return json_page(json::object{{"gateway", gateway}, {"endpoints", std::move(rows)}});
}

}  // namespace gateway
