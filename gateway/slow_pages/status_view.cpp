#include "gateway/slow_pages/status_view.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "gateway/explain/decision_page.hpp"
#include "gateway/http/query.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/pages/past_status.hpp"
#include "gateway/pages/status_item.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/pretence.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/surfaces/surfaces.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

Pages::Told refused(int status, std::string why) {
  return {.status = status, .text = std::move(why)};
}

// Whose requests count: those of the key that is named, or of every key of the team.
CountsKey counted(const std::string& as, const std::string& team, const config::Settings& settings) {
  if (as.empty() && team.empty()) return {};
  std::vector<std::string> names;
  for (const config::KeySettings& key : settings.keys) {
    if (as.empty() ? key.team == team : key.name.text == as) names.push_back(key.name.text);
  }
  return [names = std::move(names)](const std::string& key) {
    return std::ranges::find(names, key) != names.end();
  };
}

// What an endpoint is to the key: the policy that its model is asked under, and what leaves it out.
struct SeenByKey {
  std::string policy;
  json::value left_out = nullptr;
};

json::object left_out(std::string_view because, std::string_view text) {
  return {{"because", because}, {"text", text}};
}

// A model is asked in the API that its hosts have for it.
const Surface& surface_for(const config::ModelSettings& model) {
  const auto embeds = [](const config::EndpointSettings& endpoint) {
    return endpoint.speaks == config::Formats(config::Format::embeddings);
  };
  const bool is_of_embeddings = !model.endpoints.empty() && std::ranges::all_of(model.endpoints, embeds);
  return *surface_of(is_of_embeddings ? config::Format::embeddings : config::Format::chat);
}

std::string call_for(const config::ModelSettings& model) {
  const json::array messages{json::object{{"role", "user"}, {"content", "-"}}};
  return json::serialize(json::object{{"model", model.name.text}, {"input", "-"}, {"messages", messages}});
}

// The decision on a middling request of the key for one model, as each of the model's endpoints fares in it.
class MiddlingCall {
 public:
  MiddlingCall(const StatusView& from, const config::KeySettings* key) : key_(key) {
    auto hosts = std::make_shared<Hosts>();
    hosts->generation = from.generation;
    services_.hosts = std::move(hosts);
    services_.snapshot = from.snapshot;
    services_.out_of_service = from.out_of_service;
  }

  void ask(const config::ModelSettings& model, std::vector<SeenByKey>& seen) {
    Incoming incoming;
    incoming.body = call_for(model);
    give_slack(incoming.body);
    incoming.arrived = timer_.now();
    auto understood = understand(surface_for(model), incoming, key_, services_);
    const auto* error = std::get_if<ErrorReply>(&understood);
    for (const routing::Endpoint& endpoint : services_.hosts->generation->catalogue->endpoints()) {
      if (error && endpoint.model == &model)
        seen[endpoint.index].left_out = left_out(error->code, error->message);
    }
    if (error) return;
    auto& request = std::get<InferenceRequest>(understood);
    request.demand.prompt = {1'000};
    (void)explained(services_, request, std::nullopt);
    const Decided decided{.decision = services_.decision,
                          .catalogue = *services_.hosts->generation->catalogue,
                          .policy = *request.policy,
                          .demand = request.demand,
                          .now = timer_.now()};
    for (const routing::Verdict& verdict : services_.decision.verdicts) {
      SeenByKey& each = seen[verdict.endpoint];
      each.policy = request.policy->name.text;
      if (verdict.removal != routing::Removal::none)
        each.left_out = left_out(word(verdict.removal), removal_text(verdict, decided));
    }
  }

 private:
  boost::asio::io_context io_{1};
  providers::Wheel timer_{io_};
  DecidingServices services_{.timer = timer_, .dice = Dice(1)};
  const config::KeySettings* key_;
};

std::vector<SeenByKey> seen_by(const config::KeySettings* key, const StatusView& from) {
  std::vector<SeenByKey> seen(from.generation->catalogue->endpoints().size());
  MiddlingCall call(from, key);
  for (const config::ModelSettings& model : from.generation->catalogue->settings().models)
    call.ask(model, seen);
  return seen;
}

// Puts what went there for those keys in the place of what went there at all.
void add_own(const std::optional<RecordedTraffic>& own, std::size_t endpoint, json::object& row) {
  const Flow none;
  if (own) {
    add_flows(own->last_1m[endpoint], own->last_5m[endpoint], own->all_1m, own->all_5m, row);
  } else {
    add_flows(none, none, none, none, row);
  }
}

std::unique_ptr<RecordReader> reader_of(const std::string& file, std::string& why) {
  auto opened = RecordReader::open(file);
  if (auto* text = std::get_if<std::string>(&opened)) why = std::move(*text);
  auto* reader = std::get_if<std::unique_ptr<RecordReader>>(&opened);
  return reader ? std::move(*reader) : nullptr;
}

std::string not_as_far(RecordReader& reader) {
  const auto oldest = reader.oldest();
  if (!oldest) return "nothing is in the records yet";
  return "the records do not go back as far: they begin at " + std::string(WallText(*oldest).view());
}

Pages::Told at_moment(const StatusView& from, config::WallTime at, config::WallTime wall,
                      const CountsKey& counts) {
  if (at > wall) {
    return refused(
        400,
        "`at` is in the future, and this shows what was recorded; `isocost explain --at` says what "
        "would be decided then");
  }
  if (from.records.empty()) return refused(404, "no records are kept: see `records` in the configuration");
  std::string why;
  const auto reader = reader_of(from.records, why);
  if (!reader) return refused(503, why);
  auto page = past_status(*reader, at, counts);
  if (!page) return refused(404, not_as_far(*reader));
  return {.text = *std::move(page)};
}

Pages::Told for_key(const StatusView& from, const config::KeySettings* key, config::WallTime wall,
                    const CountsKey& counts) {
  json::object page = json::parse(from.now).as_object();
  std::optional<RecordedTraffic> own;
  std::string why;
  if (const auto reader = from.records.empty() ? nullptr : reader_of(from.records, why))
    own = recorded_traffic(*reader, *from.generation->catalogue, wall, counts);
  const std::vector<SeenByKey> seen = seen_by(key, from);
  json::array& rows = page["endpoints"].as_array();
  for (std::size_t i = 0; i < rows.size() && i < seen.size(); ++i) {
    json::object& row = rows[i].as_object();
    add_own(own, i, row);
    row["policy"] = seen[i].policy;
    row["left_out"] = seen[i].left_out;
  }
  json::object& gateway = page["gateway"].as_object();
  gateway["requests_5m"] = own ? json::value(own->requests) : json::value(nullptr);
  gateway["requests_failed_5m"] = own ? json::value(own->failed) : json::value(nullptr);
  gateway["window_seconds"] = own ? json::value(config::Seconds(own->window).count()) : json::value(nullptr);
  gateway["dollars_5m"] =
      own ? number_or_null(static_cast<double>(own->all_5m.nanodollars) * 1e-9) : json::value(nullptr);
  return {.text = json_page(page)};
}

}  // namespace

Pages::Told status_view(const StatusView& from, const std::string& query, config::WallTime wall) {
  const auto said = [&](std::string_view name) { return query_value(query, name).value_or(""); };
  const std::string as = said("as"), team = said("team"), at = said("at");
  const config::Settings& settings = from.generation->catalogue->settings();
  const auto meant = pretence(as, team, at, settings, wall);
  if (const auto* why = std::get_if<std::string>(&meant)) return refused(400, *why);
  const Pretence& pretended = std::get<Pretence>(meant);
  const CountsKey counts = counted(as, team, settings);
  Pages::Told told = pretended.wall ? at_moment(from, *pretended.wall, wall, counts)
                                    : for_key(from, pretended.key, wall, counts);
  if (told.status != 200 || !pretended.key) return told;
  json::object page = json::parse(told.text).as_object();
  page["for"] = json::object{{"key", as.empty() ? json::value(nullptr) : json::value(as)},
                             {"team", pretended.key->team}};
  told.text = json_page(page);
  return told;
}

}  // namespace gateway
