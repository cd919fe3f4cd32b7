#include "gateway/probe/probe_page.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/text/json_page.hpp"
#include "gateway/text/quantity_text.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

Colour colour_of(Probed probed) {
  switch (probed) {
    case Probed::as_configured:
      return Colour::green;
    case Probed::untested:
      return Colour::yellow;
    case Probed::differs:
    case Probed::unreachable:
      break;
  }
  return Colour::red;
}

config::Money total(const std::vector<ProbeResult>& results) {
  config::Money sum;
  for (const ProbeResult& each : results) sum = sum + each.cost;
  return sum;
}

json::array as_json(const std::vector<ProbeFinding>& findings) {
  json::array list;
  for (const ProbeFinding& each : findings) {
    list.push_back(json::object{{"what", each.what}, {"detail", each.detail}});
  }
  return list;
}

// One line for each note, however many endpoints have it.
std::string notes_of(const std::vector<ProbeResult>& results) {
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;
  for (const ProbeResult& each : results) {
    for (const ProbeFinding& note : each.notes) {
      auto found = std::ranges::find(notes, note.detail, [](const auto& known) { return known.first; });
      if (found == notes.end()) found = notes.insert(notes.end(), {note.detail, {}});
      const auto& names = found->second;
      if (std::ranges::find(names, each.provider) == names.end()) found->second.push_back(each.provider);
    }
  }
  std::string text;
  for (const auto& [detail, names] : notes) {
    for (const std::string& name : names) text.append(&name == &names.front() ? "" : ", ").append(name);
    text += ": " + detail + "\n";
  }
  return text;
}

// Who can go on with a stream that broke, of those who were asked.
std::string who_goes_on(const std::vector<ProbeResult>& results) {
  std::string yes, no;
  for (const ProbeResult& each : results) {
    if (!each.goes_on) continue;
    std::string& list = *each.goes_on ? yes : no;
    list += (list.empty() ? "" : ", ") + each.endpoint + " (" + each.model + ")";
  }
  std::string text;
  if (!yes.empty()) text += "goes on with a begun answer (`prefill`): " + yes + "\n";
  if (!no.empty()) text += "was not seen to go on with a begun answer (`prefill`): " + no + "\n";
  return text;
}

std::string word_for_programs(Probed probed) {
  std::string word(to_text(probed));
  std::ranges::replace(word, ' ', '_');
  return word;
}

}  // namespace

std::string probe_table(const std::vector<ProbeResult>& results, const Screen& screen) {
  const std::vector<Column> columns{{"ENDPOINT", Align::left, 0}, {"MODEL", Align::left, 3},
                                    {"RESULT", Align::left, 0},   {"TOOK", Align::right, 1},
                                    {"CALLS", Align::right, 4},   {"COST", Align::right, 2}};
  std::vector<Row> rows;
  std::string text, found;
  for (const ProbeResult& each : results) {
    rows.push_back({{each.endpoint, Colour::bold},
                    {each.model, Colour::dim},
                    {std::string(to_text(each.probed)), colour_of(each.probed)},
                    {each.seconds > 0 ? time_text(each.seconds) : "-"},
                    {std::to_string(each.calls), Colour::dim},
                    {money_text(each.cost.dollars())}});
    for (const ProbeFinding& finding : each.findings) {
      found += each.endpoint + " (" + each.model + "): " + fitted(finding.detail, 400) + "\n";
    }
  }
  for (const std::string& line : table(columns, rows, screen)) text += line + "\n";
  if (!found.empty()) text += "\n" + found;
  if (const std::string notes = notes_of(results); !notes.empty()) text += "\n" + notes;
  if (const std::string going = who_goes_on(results); !going.empty()) text += "\n" + going;
  return text + "\nall of it cost " + money_text(total(results).dollars()) + "\n";
}

std::string probe_json(const std::vector<ProbeResult>& results) {
  json::array endpoints;
  for (const ProbeResult& each : results) {
    endpoints.push_back(
        json::object{{"endpoint", each.endpoint},
                     {"model", each.model},
                     {"provider", each.provider},
                     {"host_model", each.host_model},
                     {"result", word_for_programs(each.probed)},
                     {"findings", as_json(each.findings)},
                     {"notes", as_json(each.notes)},
                     {"goes_on", each.goes_on ? json::value(*each.goes_on) : json::value(nullptr)},
                     {"calls", each.calls},
                     {"seconds", each.seconds > 0 ? number_or_null(each.seconds) : json::value()},
                     {"dollars", number_or_null(each.cost.dollars())}});
  }
  return json_page(json::object{{"endpoints", std::move(endpoints)},
                                {"dollars", number_or_null(total(results).dollars())}});
}

}  // namespace gateway
