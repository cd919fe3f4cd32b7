#include "gateway/pages/status_page.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/observe/words.hpp"
#include "gateway/pages/quality_item.hpp"
#include "gateway/pages/status_item.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"
#include "routing/market/predict.hpp"

namespace gateway {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds minute = 60s;

double seconds(config::Duration time) {
  return config::Seconds(time).count();
}

Flow all_flows(const Status& status, std::chrono::seconds window) {
  Flow sum;
  for (const routing::Endpoint& endpoint : status.snapshot.catalogue->endpoints()) {
    sum += status.traffic.of(endpoint.index, window, status.now);
  }
  return sum;
}

// Requests a second over the last minute, or over the whole life of a younger gateway.
double rate(const Status& status) {
  const double alive = std::max(1.0, seconds(status.now - status.traffic.started()));
  return static_cast<double>(status.traffic.requests(minute, status.now)) / std::min(60.0, alive);
}

json::object gateway_object(const Status& status) {
  const Flow last = all_flows(status, Traffic::longest);
  return {{"version", status.version},
          {"generation", status.snapshot.catalogue->generation()},
          {"snapshot", status.snapshot.version},
          {"snapshot_age_seconds", number_or_null(seconds(status.now - status.snapshot.taken))},
          {"uptime_seconds",
           std::chrono::duration_cast<std::chrono::seconds>(status.now - status.traffic.started()).count()},
          {"requests_per_second", number_or_null(rate(status))},
          {"requests", status.traffic.requests_since_start()},
          {"requests_failed", status.traffic.failed_since_start()},
          {"dollars_5m", number_or_null(static_cast<double>(last.nanodollars) * 1e-9)},
          {"output_tokens_5m", last.output_tokens}};
}

// What the model's prompts were lately, in the mean; a middling one where nobody asked.
config::Tokens typical_prompt(const Status& status, const routing::PublicModel& model) {
  Flow all;
  for (const routing::Candidate& candidate : model.candidates) {
    all += status.traffic.of(candidate.endpoint, Traffic::longest, status.now);
  }
  const std::uint64_t replies = all.attempts - all.failures;
  if (replies == 0 || all.prompt_tokens == 0) return {1'000};
  return {static_cast<std::int64_t>(all.prompt_tokens / replies)};
}

// By the place of each model in the settings.
std::vector<routing::Demand> typical_demands(const Status& status) {
  const routing::Catalogue& catalogue = *status.snapshot.catalogue;
  std::vector<routing::Demand> demands;
  for (std::size_t i = 0; i < catalogue.settings().models.size(); ++i) {
    routing::Demand demand;
    demand.model = &catalogue.models()[i];
    demand.prompt = typical_prompt(status, *demand.model);
    demands.push_back(std::move(demand));
  }
  return demands;
}

void add_prediction(const Status& status, const routing::Endpoint& endpoint, const routing::Demand& demand,
                    json::object& row) {
  const routing::Prediction prediction =
      routing::predict(endpoint, status.snapshot.endpoints[endpoint.index],
                       routing::asked(demand, status.snapshot.lengths.get()), 0,
                       status.in_flight.at(endpoint.index), status.now);
  row["prompt_tokens_predicted_for"] = demand.prompt.count;
  row["ttft_predicted_ms"] = number_or_null(prediction.ttft * 1e3);
  row["tokens_per_second_predicted"] = number_or_null(prediction.throughput);
  row["failure_predicted"] = number_or_null(prediction.failure);
}

void add_traffic(const Status& status, routing::EndpointIndex index, const Flow& all_1m, const Flow& all_5m,
                 json::object& row) {
  const Flow last_1m = status.traffic.of(index, minute, status.now);
  const Flow last_5m = status.traffic.of(index, Traffic::longest, status.now);
  const Flow total = status.traffic.since_start(index);
  add_flows(last_1m, last_5m, all_1m, all_5m, row);
  row["attempts"] = total.attempts;
  row["attempts_failed"] = total.failures;
  row["prompt_tokens"] = total.prompt_tokens;
  row["output_tokens"] = total.output_tokens;
  row["dollars"] = number_or_null(static_cast<double>(total.nanodollars) * 1e-9);
}

// What an engine of one's own said last, and what an hour of its machine costs.
void add_engine(const routing::Endpoint& endpoint, const routing::EngineState& engine, json::object& row) {
  if (endpoint.provider->engine) {
    row["engine"] = json::object{{"ready", engine.is_ready},
                                 {"others", number_or_null(engine.others)},
                                 {"running", number_or_null(engine.running)},
                                 {"waiting", number_or_null(engine.waiting)},
                                 {"cache_use", number_or_null(engine.cache_use)}};
  }
  if (const auto& machine = endpoint.settings->machine) {
    row["machine"] = json::object{{"dollars_per_hour", number_or_null(machine->hour.dollars())},
                                  {"input_tokens_per_second", number_or_null(machine->input)},
                                  {"output_tokens_per_second", number_or_null(machine->output)},
                                  {"utilization", number_or_null(machine->utilization)}};
  }
}

// "tls expired", "credential 401".
std::string text_of(const LastFailure& failure) {
  std::string text(word(failure.kind));
  if (failure.tls != routing::TlsFault::none) text.append(" ").append(word(failure.tls));
  if (failure.status != 0) text += " " + std::to_string(failure.status);
  return text;
}

void add_last_failure(const Status& status, routing::EndpointIndex index, json::object& row) {
  const std::optional<LastFailure>& last = status.traffic.last_failure(index);
  row["last_failure"] = last ? json::value(text_of(*last)) : json::value(nullptr);
  row["last_failure_text"] =
      last ? json::value(said_of(last->kind, last->tls, last->status)) : json::value(nullptr);
  row["last_failure_seconds_ago"] =
      last ? number_or_null(seconds(status.now - last->learned)) : json::value(nullptr);
}

// Whether it goes on with an answer that somebody else began, and whence that is known.
json::object prefill_object(const Status& status, const routing::Endpoint& endpoint) {
  const bool goes_on = endpoint.settings->features.test(static_cast<std::size_t>(config::Feature::prefill));
  json::object item{{"goes_on", goes_on}, {"configured", goes_on}, {"probe", nullptr}};
  if (!status.prefills) return item;
  const auto found = status.prefills->find({endpoint.model->name.text, endpoint.settings->name.text});
  if (found == status.prefills->end()) return item;
  const Prefill& prefill = found->second;
  item["configured"] = prefill.is_said;
  item["probe"] = {{"goes_on", prefill.goes_on},
                   {"at", WallText(prefill.at).view()},
                   {"until", WallText(prefill.until()).view()}};
  return item;
}

json::object row_of(const Status& status, const routing::Endpoint& endpoint, const routing::Demand& typical,
                    const Flow& all_1m, const Flow& all_5m) {
  const routing::EndpointState& state = status.snapshot.endpoints[endpoint.index];
  const bool is_drained = std::ranges::find(status.drained, endpoint.index) != status.drained.end();
  const Stand stand = is_drained ? Stand{.standing = Standing::drained} : stand_of(state, status.now);
  json::object row = snapshot_item(endpoint, state, stand, status.now);
  row["disabled"] = std::ranges::find(status.disabled, endpoint.index) != status.disabled.end();
  row["in_flight"] = status.in_flight.at(endpoint.index);
  row["in_flight_of_others"] = number_or_null(state.engine.others);
  add_prediction(status, endpoint, typical, row);
  add_traffic(status, endpoint.index, all_1m, all_5m, row);
  add_last_failure(status, endpoint.index, row);
  add_engine(endpoint, state.engine, row);
  row["prefill"] = prefill_object(status, endpoint);
  row["quality"] = quality_item(status.snapshot, endpoint.index);
  return row;
}

}  // namespace

std::string status_page(const Status& status) {
  const Flow all_1m = all_flows(status, minute);
  const Flow all_5m = all_flows(status, Traffic::longest);
  const std::vector<routing::Demand> typical = typical_demands(status);
  json::array rows;
  for (const routing::Endpoint& endpoint : status.snapshot.catalogue->endpoints()) {
    rows.push_back(row_of(status, endpoint, typical[endpoint.model_index], all_1m, all_5m));
  }
  json::array budgets;
  for (const Budgets::Standing& each : status.budgets) {
    budgets.push_back(json::object{{"policy", each.policy},
                                   {"dollars_a_day", number_or_null(each.a_day)},
                                   {"spent_today", number_or_null(each.spent)},
                                   {"money_counts", number_or_null(each.money)}});
  }
  json::value shared = nullptr;
  if (status.shared) {
    shared = json::object{{"gateways", status.shared->gateways},
                          {"exchanged_seconds_ago", number_or_null(seconds(status.shared->age))}};
  }
  return json_page(json::object{{"gateway", gateway_object(status)},
                                {"endpoints", std::move(rows)},
                                {"budgets", std::move(budgets)},
                                {"shared", std::move(shared)}});
}

}  // namespace gateway
