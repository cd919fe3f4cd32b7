#include "gateway/replay/replay_page.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

namespace gateway {
namespace {

namespace json = boost::json;
using routing::Interval;

// Four digits that count.
std::string short_number(double value) {
  if (std::isnan(value)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

// Of so few that it might be anything, no interval is said.
bool says_something(const Interval& interval) {
  return std::isfinite(interval.low) && std::isfinite(interval.high);
}

// A share may be anything from 0 to 1, and then nothing is known of it.
bool says_something_of_share(const Interval& share) {
  return says_something(share) && (share.low > 0 || share.high < 1);
}

// Next to nothing of a share is nothing: a chance of one in a billion is no finding.
Interval shown_share(Interval share) {
  for (double* const each : {&share.mean, &share.low, &share.high}) *each = std::round(*each * 1e5) / 1e5;
  return share;
}

constexpr const char* too_few = "too few to say";

std::string interval_text(const Interval& interval, double scale) {
  if (std::isnan(interval.mean)) return "-";
  if (!says_something(interval)) return too_few;
  return short_number(interval.mean * scale) + " (" + short_number(interval.low * scale) + " .. " +
         short_number(interval.high * scale) + ")";
}

// JSON knows no infinity.
json::value number(double value) {
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

json::object interval_json(const Interval& interval) {
  return {{"mean", number(interval.mean)}, {"low", number(interval.low)}, {"high", number(interval.high)}};
}

json::object counts_json(const std::map<std::string, std::uint64_t>& counts) {
  json::object result;
  for (const auto& [name, count] : counts) result[name] = count;
  return result;
}

std::string left_out_text(const std::map<std::string, std::uint64_t>& left_out, const char* what) {
  std::string text;
  for (const auto& [why, count] : left_out)
    text += std::to_string(count) + " " + what + " left out: " + why + "\n";
  return text;
}

std::string lines(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

}  // namespace

std::string exact_page(const ExactReplay& replay) {
  std::string text = std::to_string(replay.same) + " of " + std::to_string(replay.decisions) +
                     " decisions on " + std::to_string(replay.requests) + " requests came out the same";
  if (replay.decisions > 0) {
    const double share = static_cast<double>(replay.same) / static_cast<double>(replay.decisions);
    // Rounded down: all but one is not all.
    text += " (" + short_number(std::floor(share * 1e4) / 100) + " %)";
  }
  text += "\n" + std::to_string(replay.same_journeys) + " of " + std::to_string(replay.journeys) +
          " journeys led to them, when they did\n" + left_out_text(replay.left_out, "decisions");
  if (!replay.first_difference.empty()) text += "first difference: " + replay.first_difference + "\n";
  return text;
}

std::string exact_json(const ExactReplay& replay) {
  return json::serialize(json::object{{"requests", replay.requests},
                                      {"decisions", replay.decisions},
                                      {"same", replay.same},
                                      {"journeys", replay.journeys},
                                      {"same_journeys", replay.same_journeys},
                                      {"left_out", counts_json(replay.left_out)},
                                      {"first_difference", replay.first_difference}}) +
         "\n";
}

std::string policy_page(const PolicyReplay& replay, const Screen& screen) {
  std::string text;
  if (replay.forbidden > 0) {
    std::uint64_t all = replay.requests;
    for (const auto& [why, count] : replay.left_out) all += count;
    text += "never: " + std::to_string(replay.forbidden) + " of " + std::to_string(all) +
            " requests might go to hosts that are forbidden to them; what follows is of the others\n";
  }
  text += std::to_string(replay.requests) + " requests as if under \"" + replay.policy +
          "\", with 95 % intervals\n\n";
  std::vector<Row> rows;
  for (const MeasureEstimate& measure : replay.measures) {
    const auto text_of = [&](const Interval& interval) -> std::string {
      if (measure.unit == "%" && std::isfinite(interval.mean) && !says_something_of_share(interval))
        return too_few;
      return interval_text(measure.unit == "%" ? shown_share(interval) : interval, measure.scale);
    };
    const auto cell = [&](const Interval& interval) { return Cell{.text = text_of(interval)}; };
    rows.push_back({Cell{measure.name + ", " + measure.unit}, cell(measure.estimate.logged),
                    Cell{text_of(measure.estimate.robust), Colour::bold}, cell(measure.estimate.weighted),
                    cell(measure.estimate.model)});
  }
  text += lines(table({{"measure", Align::left},
                       {"as recorded"},
                       {"new: best estimate"},
                       {"new: weighted only", Align::right, 2},
                       {"new: model only", Align::right, 1}},
                      rows, screen));
  rows.clear();
  for (const ShareEstimate& share : replay.shares) {
    rows.push_back({Cell{share.endpoint}, Cell{short_number(share.logged * 100) + " %"},
                    Cell{says_something_of_share(share.under_new) ? interval_text(share.under_new, 100) + " %"
                                                                  : too_few}});
  }
  text += "\n" + lines(table({{"endpoint", Align::left}, {"as recorded"}, {"new share"}}, rows, screen));
  text += "\n" + short_number(replay.support.effective) + " effective requests of " +
          std::to_string(replay.requests) + "; " + short_number(replay.support.covered * 100) +
          " % of the new choices were made by the recorded policy too\n";
  text += left_out_text(replay.left_out, "requests");
  for (const std::string& warning : replay.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string policy_json(const PolicyReplay& replay) {
  json::array measures, shares, warnings;
  for (const MeasureEstimate& measure : replay.measures) {
    const routing::Estimate& estimate = measure.estimate;
    measures.push_back(json::object{{"measure", measure.name},
                                    {"unit", measure.unit},
                                    {"factor_to_unit", measure.scale},
                                    {"logged", interval_json(estimate.logged)},
                                    {"robust", interval_json(estimate.robust)},
                                    {"weighted", interval_json(estimate.weighted)},
                                    {"model", interval_json(estimate.model)}});
  }
  for (const ShareEstimate& share : replay.shares) {
    shares.push_back(json::object{
        {"endpoint", share.endpoint}, {"logged", share.logged}, {"new", interval_json(share.under_new)}});
  }
  for (const std::string& warning : replay.warnings) warnings.push_back(json::string(warning));
  return json::serialize(json::object{{"policy", replay.policy},
                                      {"requests", replay.requests},
                                      {"retried", replay.retried},
                                      {"forbidden", replay.forbidden},
                                      {"measures", std::move(measures)},
                                      {"shares", std::move(shares)},
                                      {"effective_requests", replay.support.effective},
                                      {"covered", replay.support.covered},
                                      {"clipped", replay.support.clipped},
                                      {"left_out", counts_json(replay.left_out)},
                                      {"warnings", std::move(warnings)}}) +
         "\n";
}

std::string damage_text(const RecordReader::Damage& damage) {
  std::string text;
  if (damage.requests > 0) {
    text += std::to_string(damage.requests) + " requests are damaged and were left out\n";
  }
  if (damage.gaps > 0) {
    text += "the file is broken in " + std::to_string(damage.gaps) +
            " places; the requests kept there were left out\n";
  }
  if (damage.snapshots > 0) {
    text += std::to_string(damage.snapshots) + " pictures of the market are damaged\n";
  }
  return text;
}

}  // namespace gateway
