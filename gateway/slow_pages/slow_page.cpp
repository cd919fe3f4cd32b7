#include "gateway/slow_pages/slow_page.hpp"

#include "gateway/console/market_history.hpp"
#include "gateway/console/policy_trial.hpp"
#include "gateway/console/spend_elsewhere.hpp"
#include "gateway/http/query.hpp"
#include "gateway/slow_pages/market_page.hpp"
#include "gateway/slow_pages/status_view.hpp"

namespace gateway {
namespace {

// Of the record file.
RecordDesk::Answer recorded_page(Page page, const Materials& from, const std::string& query) {
  if (from.facts.records.empty())
    return {.status = 404, .body = "No records are kept: see `records` in the configuration."};
  auto opened = RecordReader::open(from.facts.records);
  if (auto* why = std::get_if<std::string>(&opened)) return {.status = 503, .body = std::move(*why)};
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(opened);
  if (page == Page::comparison) return {.body = spend_elsewhere(reader)};
  const WithEnds ends = query_value(query, "ends") == "true" ? WithEnds::yes : WithEnds::no;
  return {.body = market_history(reader, query_value(query, "model").value_or(""), from.wall, ends)};
}

}  // namespace

RecordDesk::Answer made_page(Page page, const Materials& from, const std::string& query,
                             const std::string& body) {
  const config::Settings& settings = from.generation->catalogue->settings();
  switch (page) {
    case Page::market: {
      const Pages::Told told = market_page(from.generation, from.snapshot, from.out_of_service, query);
      return {.status = told.status, .body = told.text};
    }
    case Page::status: {
      const Pages::Told told = status_view({.now = from.status,
                                            .generation = from.generation,
                                            .snapshot = from.snapshot,
                                            .out_of_service = from.out_of_service,
                                            .records = from.facts.records},
                                           query, from.wall);
      return {.status = told.status, .body = told.text};
    }
    case Page::market_history:
    case Page::comparison:
      return recorded_page(page, from, query);
    case Page::configuration:
      return {.body = configuration_page(from.facts)};
    case Page::policies: {
      const std::string text = from.facts.file.empty() ? "" : text_of_file(from.facts.file);
      return {.body = policies_page(text, from.shadows)};
    }
    case Page::policy_check:
      return {.body = policy_check(settings, body)};
    case Page::policy_trial: {
      const std::string policy = query_value(query, "policy").value_or("");
      const PolicyTrial trial = policy_trial(settings, body, policy, from.facts.records);
      return {.status = trial.status, .body = trial.text};
    }
    default:
      return {.status = 404, .body = "there is no such page"};
  }
}

}  // namespace gateway
