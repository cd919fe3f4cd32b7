#include "gateway/metrics/metrics_page.hpp"

#include "gateway/observe/log_fields.hpp"

namespace gateway {
namespace {

constexpr std::string_view head =
    "# What there is to watch\n\n"
    "Every series of `GET /metrics` and every field of the request log, written by the program itself: "
    "`ISOCOST_WRITE_METRICS=1 build/dev/tests/gateway_tests` writes this file anew.\n\n"
    "Labels come from the configuration, never from a client's request. An endpoint has 30 series at most, "
    "one more once it was both drained and demoted, and one while anything of its answers is noted; of "
    "more than 200 endpoints the busiest 200 have their own, and the others are one, `other`. No family has "
    "more "
    "series than its bound, and all families together 20,000 at most. Counters begin at 0 when the process "
    "does; "
    "those of policies in shadow go on over a restart, as what they count does; "
    "those of a model or an endpoint that a reload takes away end with it.\n\n"
    "Alerts, recording rules and dashboards built on them: `deploy/prometheus/` and `deploy/grafana/`.\n\n"
    "## Series\n";

std::string bounds(const std::vector<double>& buckets) {
  std::string text;
  for (const double bound : buckets) {
    std::string number = std::to_string(bound);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    text += (text.empty() ? "" : ", ") +
            (bound < 1e-5 ? std::to_string(bound * 1e6).substr(0, 3) + "e-6" : number);
  }
  return text;
}

void add(const FamilyFacts& family, std::string& page) {
  page += "\n### `" + family.name + "`\n\n" + family.help + "\n\n";
  page += std::string(family.type);
  if (!family.labels.empty()) page += " by ";
  for (std::size_t i = 0; i < family.labels.size(); ++i)
    page += (i > 0 ? ", `" : "`") + family.labels[i] + "`";
  page += "; at most " + std::to_string(family.most_series) + " series";
  if (!family.buckets.empty()) page += "; buckets up to " + bounds(family.buckets);
  page += "\n";
}

void add(std::span<const LogField> fields, std::string& page) {
  page += "\n| field | what it is |\n| --- | --- |\n";
  for (const LogField& field : fields) {
    page += "| `" + std::string(field.name) + "` | " + std::string(field.meaning) + " |\n";
  }
}

}  // namespace

std::string metrics_page(std::span<const FamilyFacts> families) {
  std::string page(head);
  for (const FamilyFacts& family : families) add(family, page);
  page +=
      "\n## The request log\n\nOne line of JSON for each request. Fields without anything to say are "
      "absent.\n";
  add(request_log_fields(), page);
  page += "\nOf each of its `attempts`:\n";
  add(attempt_log_fields(), page);
  return page;
}

}  // namespace gateway
