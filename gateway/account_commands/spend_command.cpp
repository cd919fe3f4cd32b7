#include "gateway/account_commands/spend_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/account_commands/reconcile_command.hpp"
#include "gateway/account_commands/spend_call.hpp"
#include "gateway/ledger/left_behind.hpp"
#include "gateway/ledger/open_ledger.hpp"
#include "gateway/text/table.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

std::string amount(const json::value& dollars) {
  return plain_dollars(dollars.to_number<double>(), 6);
}

void print_table(const json::object& page) {
  std::vector<Column> columns;
  for (const json::value& each : page.at("by").as_array())
    columns.push_back({std::string(each.as_string()), Align::left});
  for (const char* each : {"requests", "prompt tokens", "output tokens", "cost $", "charged $", "regret $"})
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
    const json::value* const regret = row.if_contains("regret");  // of a gateway that knows it
    cells.push_back({regret && regret->is_number() ? amount(*regret) : "-"});
    rows.push_back(std::move(cells));
  }
  print_all(columns, rows);
}

int spend(const SpendOptions& options) {
  const Reached reached = spent(options);
  if (!reached.body) {
    std::cerr << "isocost spend: " << reached.problem << "\n";
    return 1;
  }
  if (options.as_csv || options.as_json) {
    std::cout << *reached.body << (options.as_json ? "\n" : "");
    return 0;
  }
  const auto page = report_of(*reached.body);
  if (!page) {
    std::cerr << "isocost spend: " << no_report(options) << "\n";
    return 1;
  }
  print_table(*page);
  if (page->at("data").as_array().empty())
    std::cerr << "isocost: nothing was spent in that time" << whose(options.reach);
  return 0;
}

int forget(const ReachOptions& options, const std::string& whom) {
  if (whom.empty()) {
    std::cerr << "isocost spend: --forget-user wants the name of a user\n";
    return 1;
  }
  const std::string body = json::serialize(json::object{{"user", whom}});
  const Reached reached =
      reach(options, "/admin/users/forget", body, [&](const LedgerPlace& place) -> Reached {
        try {
          const auto store = open_ledger(place, LedgerStore::Mode::write);
          // What a killed gateway left is taken up first, or it would bring the name back.
          take_up_left(*store, place.directory,
                       [](const std::string& text) { std::cerr << "isocost: " << text << "\n"; });
          if (store->forget_user(whom) > 0) return {.body = "{}"};
          return {.problem = "nothing is stored about `" + whom + "`"};
        } catch (const std::exception& fault) {
          return {.problem = fault_at(place, fault)};
        }
      });
  if (!reached.body) {
    std::cerr << "isocost spend: " << reached.problem << "\n";
    return 1;
  }
  std::cerr << "isocost: what was spent for `" << whom << "` is nobody's now\n";
  return 0;
}

}  // namespace

Command add_spend(CLI::App& app) {
  const auto options = std::make_shared<SpendOptions>();
  const auto forgotten = std::make_shared<std::optional<std::string>>();
  CLI::App* command = app.add_subcommand("spend", "What was spent, by whom and on what");
  add_reach(*command, options->reach);
  CLI::Option* const by =
      command
          ->add_option(
              "--by", options->by,
              "Of team, key, user, tag, model, endpoint, provider, policy and one of hour, day, week and "
              "month, with commas between them")
          ->capture_default_str();
  for (std::size_t i = 0; i < spend_names; ++i) {
    std::string word(spend_words[i]);
    if (word == "key") word = "key-name";  // `--key` is the administrator's own
    command
        ->add_option("--" + word, options->only[i],
                     i == 0 ? "Of this team alone; as often as wanted, as all of the next ones" : "Likewise")
        ->type_name("NAME")
        ->allow_extra_args(false)
        ->take_all();
  }
  command->add_option("--from", options->from, "The first day (UTC); 30 days when left out")
      ->type_name("YYYY-MM-DD");
  command->add_option("--to", options->to, "The last day; today when left out")->type_name("YYYY-MM-DD");
  CLI::Option* const csv = command->add_flag("--csv", options->as_csv, "Print CSV");
  command->add_flag("--json", options->as_json, "Print JSON")->excludes(csv);
  command->add_option("--forget-user", *forgotten, "Forget whom the requests of this user were for");
  command->footer(
      "`regret` is what the best other host in hindsight would have saved, waiting included, of the requests "
      "that could be judged.\n"
      "Example: isocost spend --by user,model,month --team search --from 2026-11-01\n"
      "Exit status: 0 shown, 1 not.");
  const Command reconcile = add_reconcile(*command, options);
  return {command, [options, forgotten, reconcile, by] {
            if (reconcile.words->parsed()) {
              options->says_by = by->count() > 0;
              return reconcile.run();
            }
            return *forgotten ? forget(options->reach, **forgotten) : spend(*options);
          }};
}

}  // namespace gateway
