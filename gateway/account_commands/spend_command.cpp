#include "gateway/account_commands/spend_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/values/timestamp.hpp"
#include "gateway/account_commands/administering.hpp"
#include "gateway/account_commands/reconcile.hpp"
#include "gateway/ledger/left_behind.hpp"
#include "gateway/ledger/spend_words.hpp"
#include "gateway/pages/account_pages.hpp"
#include "gateway/state/read_whole.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/table.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

struct SpendOptions {
  ReachOptions reach;
  std::string by = "day", from, to;
  bool says_by = false;
  std::optional<std::string> forgotten;
  std::array<std::vector<std::string>, spend_names> only;  // in the order of spend_words
  bool as_csv = false, as_json = false;
};

std::string query_of(const SpendOptions& options) {
  std::string query = options.as_csv ? "format=csv" : "format=json";
  const auto add = [&query](std::string_view name, const std::string& value) {
    query.append("&").append(name).append("=");
    providers::append_segment(query, value);
  };
  add("by", options.by);
  if (!options.from.empty()) add("from", options.from);
  if (!options.to.empty()) add("to", options.to);
  for (std::size_t i = 0; i < spend_names; ++i) {
    for (const std::string& each : options.only[i]) add(spend_words[i], each);
  }
  return query;
}

std::string path_of(const SpendOptions& options) {
  return "/admin/spend?" + query_of(options);
}

// Where no gateway owns the state directory. What a killed one left is taken up first.
Reached at_place(const SpendOptions& options, const LedgerPlace& place) {
  const auto today =
      std::chrono::duration_cast<std::chrono::days>(providers::system_wall().time_since_epoch()).count();
  const auto asked = spend_asked(query_of(options), today);
  if (const auto* why = std::get_if<std::string>(&asked)) return {.problem = *why};
  try {
    const auto tell = [](const std::string& text) { std::cerr << "isocost: " << text << "\n"; };
    const auto store = await_ledger(place, tell);
    take_up_left(*store, place.directory, tell);
    return {.body = spend_page(*store, std::get<SpendAsked>(asked))};
  } catch (const std::exception& fault) {
    return {.problem = fault_at(place, fault)};
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
  const json::object page = json::parse(*reached.body).as_object();
  print_table(page);
  if (page.at("data").as_array().empty())
    std::cerr << "isocost: nothing was spent in that time" << whose(options.reach);
  return 0;
}

int forget(const SpendOptions& options) {
  const std::string& whom = *options.forgotten;
  if (whom.empty()) {
    std::cerr << "isocost spend: --forget-user wants the name of a user\n";
    return 1;
  }
  const std::string body = json::serialize(json::object{{"user", whom}});
  const Reached reached =
      reach(options.reach, "/admin/users/forget", body, [&](const LedgerPlace& place) -> Reached {
        try {
          const auto store = open_ledger(place, LedgerStore::Mode::write);
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

struct ReconcileOptions {
  std::string file, provider;
  InvoiceColumns columns;
  std::vector<std::string> names;  // "theirs=ours"
  double tolerance = 1;            // percent
};

// What the ledger has of the days of the invoice, at one provider or all.
std::variant<std::vector<BilledLine>, std::string> ledger_lines(SpendOptions options,
                                                                const std::string& provider) {
  options.by = "day,model,endpoint";
  options.as_csv = false;
  const Reached reached = reach(options.reach, path_of(options), "",
                                [&](const LedgerPlace& place) { return at_place(options, place); });
  if (!reached.body) return reached.problem;
  std::vector<BilledLine> lines;
  const json::value page = json::parse(*reached.body);
  for (const json::value& each : page.at("data").as_array()) {
    const json::object& row = each.as_object();
    const std::string endpoint(row.at("endpoint").as_string());
    const bool is_theirs = provider.empty() || endpoint == provider || endpoint.starts_with(provider + "/");
    if (!is_theirs) continue;
    lines.push_back({.day = std::string(row.at("day").as_string()),
                     .model = std::string(row.at("model").as_string()),
                     .dollars = row.at("cost").to_number<double>()});
  }
  return lines;
}

std::string dollars_text(double dollars, int decimals = 4) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, dollars);
  return text.data();
}

void print(const Reconciliation& result) {
  const bool by_model =
      std::ranges::any_of(result.lines, [](const ReconciledLine& line) { return !line.model.empty(); });
  std::vector<Column> columns{{"day", Align::left}};
  if (by_model) columns.push_back({"model", Align::left});
  for (const char* each : {"ledger $", "invoice $", "difference $"}) columns.push_back({each});
  columns.push_back({"", Align::left});
  std::vector<Row> rows;
  const auto add = [&](const ReconciledLine& line, const std::string& day) {
    Row cells{{day}};
    if (by_model) cells.push_back({line.model.empty() ? "-" : line.model});
    for (const double each : {line.ledger, line.invoice, line.difference()})
      cells.push_back({dollars_text(each)});
    cells.push_back({line.is_within ? "" : "differs"});
    rows.push_back(std::move(cells));
  };
  for (const ReconciledLine& line : result.lines) add(line, line.day);
  add(result.all, "all");
  for (const std::string& line : table(columns, rows, {.columns = 200, .rows = 1'000'000}))
    std::cout << line << "\n";
}

json::object compared(const ReconciledLine& line) {
  return {{"ledger", line.ledger},
          {"invoice", line.invoice},
          {"difference", line.difference()},
          {"agrees", line.is_within}};
}

void print_json(const Reconciliation& result) {
  json::array lines;
  for (const ReconciledLine& line : result.lines) {
    json::object object{{"day", line.day},
                        {"model", line.model.empty() ? json::value(nullptr) : json::value(line.model)}};
    for (const auto& [name, value] : compared(line)) object[name] = value;
    lines.push_back(std::move(object));
  }
  std::cout << json_page(json::object{{"data", std::move(lines)}, {"all", compared(result.all)}}) << "\n";
}

void print_csv(const Reconciliation& result) {
  std::cout << "day,model,ledger,invoice,difference,agrees\n";
  for (const ReconciledLine& line : result.lines) {
    std::cout << line.day << "," << csv_cell(line.model);
    for (const double each : {line.ledger, line.invoice, line.difference()})
      std::cout << "," << dollars_text(each, 9);
    std::cout << "," << (line.is_within ? "true" : "false") << "\n";
  }
}

int reconcile_file(SpendOptions spent, const ReconcileOptions& options) {
  const auto complain = [](const std::string& why) {
    std::cerr << "isocost spend reconcile: " << why << "\n";
    return 1;
  };
  if (spent.says_by) return complain("it goes by day and model, as the invoice does; --by is of no use here");
  for (const auto& [option, day] : {std::pair("--from", &spent.from), std::pair("--to", &spent.to)}) {
    if (!day->empty() && (day->size() != 10 || !config::is_month_or_day(*day)))
      return complain(std::string(option) + " wants a day such as 2026-11-28, not `" + *day + "`");
  }
  if (!std::isfinite(options.tolerance)) return complain("--tolerance wants a number of percent");
  const auto text = read_whole(options.file);
  if (!text) return complain("`" + options.file + "` cannot be read: " + std::strerror(errno));
  auto read = read_invoice(*text, options.columns);
  if (const auto* why = std::get_if<std::string>(&read)) return complain(options.file + ": " + *why);
  auto& invoice = std::get<std::vector<BilledLine>>(read);
  std::map<std::string, std::string> names;
  for (const std::string& each : options.names) {
    const std::size_t sign = each.find('=');
    if (sign == std::string::npos) return complain("--map wants `THEIRS=OURS`, not `" + each + "`");
    names[each.substr(0, sign)] = each.substr(sign + 1);
  }
  // Of a part of the invoice's days, where one is wanted.
  std::erase_if(invoice, [&](const BilledLine& line) {
    return (!spent.from.empty() && line.day < spent.from) || (!spent.to.empty() && line.day > spent.to);
  });
  if (invoice.empty()) return complain(options.file + " has no line of the days from --from to --to");
  const auto [first, last] = std::ranges::minmax(invoice, {}, &BilledLine::day);
  if (spent.from.empty()) spent.from = first.day;
  if (spent.to.empty()) spent.to = last.day;
  const auto ours = ledger_lines(spent, options.provider);
  if (const auto* why = std::get_if<std::string>(&ours)) return complain(*why);
  const Reconciliation result =
      reconcile(std::get<std::vector<BilledLine>>(ours), invoice, names, {.share = options.tolerance / 100});
  if (spent.as_json) {
    print_json(result);
  } else if (spent.as_csv) {
    print_csv(result);
  } else {
    print(result);
  }
  return result.agrees() ? 0 : 2;
}

}  // namespace

Command add_spend(CLI::App& app) {
  const auto options = std::make_shared<SpendOptions>();
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
  command->add_option("--forget-user", options->forgotten, "Forget whom the requests of this user were for");
  command->footer(
      "`regret` is what the best other host in hindsight would have saved, waiting included, of the requests "
      "that could be judged.\n"
      "Example: isocost spend --by user,model,month --team search --from 2026-11-01\n"
      "Exit status: 0 shown, 1 not.");
  const auto invoice = std::make_shared<ReconcileOptions>();
  CLI::App* reconcile = command->add_subcommand(
      "reconcile", "A provider's invoice or usage export (CSV) against the ledger, by day (UTC) and model");
  // Whom to ask, with which key, and from which day to which is said as for `spend`.
  reconcile->fallthrough();
  reconcile->add_option("FILE", invoice->file, "CSV with a line for each day and model, or each request")
      ->required();
  reconcile->add_option("--provider", invoice->provider, "Whose it is; everybody's when left out");
  reconcile->add_option("--day-column", invoice->columns.day, "Where it has no usual name");
  reconcile->add_option("--model-column", invoice->columns.model, "Likewise");
  reconcile->add_option("--cost-column", invoice->columns.cost, "Likewise, in dollars");
  reconcile->add_option("--map", invoice->names, "What it calls a model, and what we do")
      ->type_name("THEIRS=OURS");
  reconcile->add_option("--tolerance", invoice->tolerance, "By so many percent the two may differ")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  reconcile->footer(
      "The days are those of the file, or --from and --to, given to `spend`, where only a part is wanted.\n"
      "Example: isocost spend reconcile invoice.csv --provider deepseek\n"
      "Exit status: 0 both agree, 2 they differ, 1 they could not be compared.");
  return {command, [options, invoice, reconcile, by] {
            if (reconcile->parsed()) {
              options->says_by = by->count() > 0;
              return reconcile_file(*options, *invoice);
            }
            return options->forgotten ? forget(*options) : spend(*options);
          }};
}

}  // namespace gateway
