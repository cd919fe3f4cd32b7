#include "gateway/commands/shadows_command.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/commands/fetch.hpp"
#include "gateway/text/table.hpp"
#include "gateway/text/this_screen.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

struct Asked {
  std::string url = "http://127.0.0.1:8080", key;
  bool as_json = false;
};

std::string number(double value, const char* format) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

// "-1.23 (-2.00 to -0.46)"
std::string interval(const json::object& row, std::string_view name, double scale) {
  const json::object& of = row.at(name).as_object();
  if (!of.at("low").is_number() || !of.at("high").is_number()) return "-";
  const auto scaled = [&](std::string_view bound) {
    return number(of.at(bound).to_number<double>() * scale, "%+.3g");
  };
  return scaled("mean") + " (" + scaled("low") + " to " + scaled("high") + ")";
}

std::string count(const json::object& row, std::string_view name) {
  return std::to_string(row.at(name).to_number<std::int64_t>());
}

std::string words_for(const json::object& row) {
  const json::string& verdict = row.at("verdict").as_string();
  if (verdict == "better") return "saves: ready to be applied";
  if (verdict == "worse") return "costs more";
  if (verdict == "unsure") return "no difference is certain yet";
  if (verdict == "forbidden") return "never: " + count(row, "forbidden") + " to hosts that are forbidden now";
  if (verdict == "unserved") return "would leave " + count(row, "unserved") + " unserved";
  if (verdict == "unmeasured") {
    const std::int64_t unmeasured = row.at("unmeasured").to_number<std::int64_t>();
    const std::int64_t all = unmeasured + row.at("judged").to_number<std::int64_t>();
    return "not known: " + std::to_string(unmeasured) + " of " + std::to_string(all) +
           " would go to hosts of which no reply is known yet";
  }
  return "too few requests to say";
}

std::string text_of(const json::object& row, std::string_view name) {
  return std::string(row.at(name).as_string());
}

int ask(const Asked& asked) {
  const Fetched page = fetch({.url = asked.url, .path = "/admin/policies", .token = asked.key});
  if (!page.body) {
    std::cerr << "isocost shadows: " << page.problem << "\n";
    return 1;
  }
  if (asked.as_json) {
    std::cout << *page.body << "\n";
    return 0;
  }
  // Into a file or a pipe: everything there is.
  const int columns = this_screen({.columns = 200}).columns;
  for (const std::string& line : shadow_lines(*page.body, columns)) std::cout << line << "\n";
  return 0;
}

}  // namespace

std::vector<std::string> shadow_lines(const std::string& text, int columns) {
  const json::value read = json::parse(text);
  const json::object& page = read.as_object();
  if (page.at("shadow").as_array().empty())
    return {"No policy runs in shadow. Name one in the configuration: `shadow: [cheapest]`."};
  const json::array& rows = page.at("shadows").as_array();
  if (rows.empty()) return {"No request was decided under the policies in shadow yet."};
  const std::vector<Column> heads{{"IN FORCE", Align::left, 0},  {"SHADOW", Align::left, 0},
                                  {"MODEL", Align::left, 8},     {"REQUESTS", Align::right, 0},
                                  {"UNJUDGED", Align::right, 0}, {"MOVED", Align::right, 0},
                                  {"COST $/1k", Align::left, 0}, {"BILLED $/1k", Align::left, 1},
                                  {"ANSWER s", Align::left, 2},  {"", Align::left, 0, Shorten::never}};
  std::vector<Row> cells;
  for (const json::value& each : rows) {
    const json::object& row = each.as_object();
    cells.push_back({{text_of(row, "policy")},
                     {text_of(row, "shadow")},
                     {text_of(row, "model")},
                     {count(row, "judged")},
                     {count(row, "unmeasured")},
                     {number(row.at("moved").to_number<double>() * 100, "%.1f %%")},
                     {interval(row, "cost", 1000)},
                     {interval(row, "billed", 1000)},
                     {interval(row, "seconds", 1)},
                     {words_for(row)}});
  }
  std::vector<std::string> lines = table(heads, cells, {.columns = columns, .rows = 10'000});
  constexpr std::string_view said =
      "What it would add to 1,000 requests, and to the time of each (less than zero: save), in parentheses "
      "95 % intervals that hold however often one looks. They are of the requests that could be judged; "
      "those unjudged would go to hosts of which no reply is known yet, and where they are more than one in "
      "ten nothing is certain.";
  for (std::string& line : wrapped(said, columns)) lines.push_back(std::move(line));
  const auto left_out = page.at("shadows_left_out").to_number<std::int64_t>();
  if (left_out > 0) lines.push_back(std::to_string(left_out) + " requests could not be judged.");
  return lines;
}

Command add_shadows(CLI::App& app) {
  const auto asked = std::make_shared<Asked>();
  CLI::App* command =
      app.add_subcommand("shadows", "Say what policies in shadow would save beside those in force");
  command->add_option("--url", asked->url, "Address of the gateway")->capture_default_str();
  command->add_option("--key", asked->key, "Key with a role, where the gateway asks for one")
      ->envname("ISOCOST_KEY");
  command->add_flag("--json", asked->as_json, "Print JSON");
  command->footer("Example: isocost shadows --url http://127.0.0.1:8080\nExit status: 0 shown, 1 not.");
  return {command, [asked] { return ask(*asked); }};
}

}  // namespace gateway
