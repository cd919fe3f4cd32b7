#include "gateway/commands/spend_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "gateway/commands/administering.hpp"
#include "gateway/ledger/left_behind.hpp"
#include "gateway/pages/account_pages.hpp"
#include "gateway/text/table.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

struct SpendOptions {
  ReachOptions reach;
  std::string by = "day", from, to, forgotten;
  bool as_csv = false, as_json = false;
};

std::string path_of(const SpendOptions& options) {
  std::string path = "/admin/spend?by=" + options.by + "&format=" + (options.as_csv ? "csv" : "json");
  if (!options.from.empty()) path += "&from=" + options.from;
  if (!options.to.empty()) path += "&to=" + options.to;
  return path;
}

// Where no gateway owns the state directory. What a killed one left is taken up first.
Reached at_place(const SpendOptions& options, const LedgerPlace& place) {
  const auto today =
      std::chrono::duration_cast<std::chrono::days>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const auto from = options.from.empty() ? std::optional<std::int64_t>(today - 29) : day_of(options.from);
  const auto to = options.to.empty() ? std::optional<std::int64_t>(today) : day_of(options.to);
  if (!from || !to) return {.problem = "--from and --to are days such as 2026-11-28"};
  try {
    const auto tell = [](const std::string& text) { std::cerr << "isocost: " << text << "\n"; };
    const auto store = await_ledger(place, tell);
    take_up_left(*store, place.directory, tell);
    const std::vector<std::string> by = words_of(options.by);
    return {.body = spend_page(by, store->spend(by, *from, *to),
                               options.as_csv ? SpendForm::csv : SpendForm::json)};
  } catch (const std::exception& fault) {
    return {.problem = fault.what()};
  }
}

std::string amount(const json::value& dollars) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6f", dollars.to_number<double>());
  return text.data();
}

void print_table(const json::object& page) {
  std::vector<Column> columns;
  for (const json::value& each : page.at("by").as_array())
    columns.push_back({std::string(each.as_string()), Align::left});
  for (const char* each : {"requests", "prompt tokens", "output tokens", "cost $", "charged $"})
    columns.push_back({each});
  std::vector<Row> rows;
  for (const json::value& each : page.at("data").as_array()) {
    const json::object& row = each.as_object();
    Row cells;
    for (const json::value& by : page.at("by").as_array()) {
      const std::string text(row.at(by.as_string()).as_string());
      cells.push_back({text.empty() ? "-" : text});
    }
    for (const char* count : {"requests", "prompt_tokens", "output_tokens"})
      cells.push_back({json::serialize(row.at(count))});
    cells.push_back({amount(row.at("cost"))});
    cells.push_back({amount(row.at("charged"))});
    rows.push_back(std::move(cells));
  }
  for (const std::string& line : table(columns, rows, {.columns = 200, .rows = 1'000'000}))
    std::cout << line << "\n";
}

int spend(const SpendOptions& options) {
  const Reached reached = reach(options.reach, path_of(options), "",
                                [&](const LedgerPlace& place) { return at_place(options, place); });
  if (!reached.body) {
    std::cerr << "isocost spend: " << reached.problem << "\n";
    return 1;
  }
  if (options.as_csv || options.as_json) {
    std::cout << *reached.body << (options.as_json ? "\n" : "");
    return 0;
  }
  print_table(json::parse(*reached.body).as_object());
  return 0;
}

int forget(const SpendOptions& options) {
  const Reached reached = reach(options.reach, "/admin/users/" + options.forgotten + "/forget", "{}",
                                [&](const LedgerPlace& place) -> Reached {
                                  try {
                                    const auto store = open_ledger(place, LedgerStore::Mode::write);
                                    if (store->forget_user(options.forgotten) > 0) return {.body = "{}"};
                                    return {.problem = "nothing is stored about `" + options.forgotten + "`"};
                                  } catch (const std::exception& fault) {
                                    return {.problem = fault.what()};
                                  }
                                });
  if (!reached.body) {
    std::cerr << "isocost spend: " << reached.problem << "\n";
    return 1;
  }
  std::cerr << "isocost: what was spent for `" << options.forgotten << "` is nobody's now\n";
  return 0;
}

}  // namespace

Command add_spend(CLI::App& app) {
  const auto options = std::make_shared<SpendOptions>();
  CLI::App* command = app.add_subcommand("spend", "What was spent, by whom and on what");
  add_reach(*command, options->reach);
  command
      ->add_option("--by", options->by,
                   "Of team, key, user, tag, model, endpoint and day, with commas between them")
      ->capture_default_str();
  command->add_option("--from", options->from, "The first day (UTC); 30 days when left out")
      ->type_name("YYYY-MM-DD");
  command->add_option("--to", options->to, "The last day; today when left out")->type_name("YYYY-MM-DD");
  command->add_flag("--csv", options->as_csv, "Print CSV");
  command->add_flag("--json", options->as_json, "Print JSON");
  command->add_option("--forget-user", options->forgotten, "Forget whom the requests of this user were for");
  command->footer("Example: isocost spend --by team,day --from 2026-11-01");
  return {command, [options] { return options->forgotten.empty() ? spend(*options) : forget(*options); }};
}

}  // namespace gateway
