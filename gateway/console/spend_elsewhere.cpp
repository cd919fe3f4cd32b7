#include "gateway/console/spend_elsewhere.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <vector>

#include "gateway/text/json_page.hpp"
#include "gateway/text/wall_text.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

// Requests that went one way, or would have.
struct Way {
  std::uint64_t requests = 0;
  double dollars = 0, seconds = 0, failures = 0;  // sums
  double paid = 0, waited = 0;                    // of the same requests, as they really were
};

struct ModelWays {
  Way cheapest, fastest;
  std::map<std::string, Way> at_one;  // by endpoint
};

// Where the request could have gone, with what it would have cost there, how long its answer was expected to
// take, and how probably it would have failed.
struct Place {
  const routing::Endpoint* endpoint = nullptr;
  double dollars = 0, seconds = 0, failure = 0;
};

std::vector<Place> places_of(const LoggedRequest& request, const routing::Catalogue& catalogue,
                             const routing::Usage& usage) {
  routing::Usage told = usage;
  told.cost.reset();  // which is another host's own
  std::vector<Place> places;
  for (const routing::SeenVerdict& seen : request.decisions.at(0).seen_of) {
    const bool could = static_cast<routing::Removal>(seen.removal) == routing::Removal::none;
    if (!could || seen.endpoint >= catalogue.endpoints().size()) continue;
    const routing::Endpoint& endpoint = catalogue.endpoints()[seen.endpoint];
    const config::Money bill = routing::bill(endpoint, told,
                                             {.at = request.demand.wall,
                                              .tier = request.demand.tier,
                                              .geo = request.demand.geo,
                                              .pictures = request.demand.pictures});
    places.push_back({.endpoint = &endpoint,
                      .dollars = bill.dollars(),
                      .seconds = static_cast<double>(seen.ttft + seen.generation),
                      .failure = static_cast<double>(seen.failure)});
  }
  return places;
}

// The attempt that the client's answer is of; null where there is none whose tokens are known.
const routing::Attempt* answer_of(const LoggedRequest& request) {
  if (request.ending != Ending::answered || request.decisions.empty()) return nullptr;
  for (const routing::Attempt& attempt : request.attempts) {
    if (!attempt.failure && attempt.usage) return &attempt;
  }
  return nullptr;
}

void take(const LoggedRequest& request, const routing::Attempt& answer, const routing::Catalogue& catalogue,
          std::map<std::string, ModelWays>& models) {
  const std::vector<Place> places = places_of(request, catalogue, *answer.usage);
  // With one place there is nothing to compare.
  if (places.size() < 2) return;
  const auto taken =
      std::ranges::find(places, answer.endpoint, [](const Place& each) { return each.endpoint->index; });
  if (taken == places.end()) return;
  double paid = 0;
  for (const routing::Attempt& attempt : request.attempts) paid += attempt.cost.dollars();
  ModelWays& ways = models[request.demand.model];
  const auto add = [&](Way& way, const Place& place) {
    ++way.requests;
    way.dollars += place.dollars, way.seconds += place.seconds, way.failures += place.failure;
    way.paid += paid, way.waited += taken->seconds;
  };
  add(ways.cheapest, *std::ranges::min_element(places, {}, &Place::dollars));
  add(ways.fastest, *std::ranges::min_element(places, {}, &Place::seconds));
  for (const Place& place : places) add(ways.at_one[place.endpoint->settings->name.text], place);
}

json::object item(std::string_view way, const Way& sums) {
  const double each = sums.requests > 0 ? 1.0 / static_cast<double>(sums.requests) : 0;
  return {{"way", way},
          {"requests", sums.requests},
          {"dollars", number_or_null(sums.dollars)},
          {"paid", number_or_null(sums.paid)},
          {"expected_failures", number_or_null(sums.failures * each)},
          {"expected_seconds", number_or_null(sums.seconds * each)},
          {"expected_seconds_as_chosen", number_or_null(sums.waited * each)}};
}

}  // namespace

std::string spend_elsewhere(RecordReader& reader) {
  std::map<std::string, ModelWays> models;
  std::optional<config::WallTime> first, last;
  reader.begin_near_end(most_compared);
  while (const auto stored = reader.next()) {
    const LoggedRequest& request = stored->request;
    const routing::Attempt* answer = answer_of(request);
    if (!answer) continue;
    const auto catalogue = reader.catalogue_at(request.decisions[0].snapshot);
    if (!catalogue) continue;
    if (!first) first = request.demand.wall;
    last = request.demand.wall;
    take(request, *answer, *catalogue, models);
  }
  json::array rows;
  for (const auto& [model, ways] : models) {
    json::array hosts;
    for (const auto& [endpoint, way] : ways.at_one) hosts.push_back(item(endpoint, way));
    rows.push_back(json::object{{"model", model},
                                {"cheapest", item("cheapest", ways.cheapest)},
                                {"fastest", item("fastest", ways.fastest)},
                                {"at_one", std::move(hosts)}});
  }
  json::object page{{"models", std::move(rows)}};
  page["from"] = first ? json::value(WallText(*first).view()) : json::value(nullptr);
  page["until"] = last ? json::value(WallText(*last).view()) : json::value(nullptr);
  return json_page(page);
}

}  // namespace gateway
