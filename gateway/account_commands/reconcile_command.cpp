#include "gateway/account_commands/reconcile_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/files/load.hpp"
#include "config/values/timestamp.hpp"
#include "gateway/account_commands/reconcile.hpp"
#include "gateway/pages/spend_page.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/read_whole.hpp"
#include "gateway/text/json_page.hpp"
#include "gateway/text/table.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

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
  const Reached reached = spent(options);
  if (!reached.body) return reached.problem;
  std::vector<BilledLine> lines;
  const auto page = report_of(*reached.body);
  if (!page) return no_report(options);
  for (const json::value& each : page->at("data").as_array()) {
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

// What hosts call the models of a configuration, by which they bill them. A name that stands for two of ours
// says nothing.
std::map<std::string, std::string> names_at_hosts(const std::string& file, const std::string& provider) {
  std::map<std::string, std::string> names;
  if (file.empty()) return names;
  const config::Loaded loaded = config::load_file(file, process_sources());
  if (!loaded.settings) return names;
  std::set<std::string> unclear;
  for (const config::ModelSettings& model : loaded.settings->models) {
    for (const config::EndpointSettings& each : model.endpoints) {
      if (!provider.empty() && each.provider.text != provider) continue;
      const auto [known, is_new] = names.emplace(each.host_model, model.name.text);
      if (!is_new && known->second != model.name.text) unclear.insert(each.host_model);
    }
  }
  std::erase_if(names, [&](const auto& each) { return unclear.contains(each.first); });
  return names;
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
      cells.push_back({plain_dollars(each, 4)});
    cells.push_back({line.is_within ? "" : "differs"});
    rows.push_back(std::move(cells));
  };
  for (const ReconciledLine& line : result.lines) add(line, line.day);
  add(result.all, "all");
  print_all(columns, rows);
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
      std::cout << "," << plain_dollars(each, 9);
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
  std::vector<BilledLine>& invoice = std::get<Invoice>(read).lines;
  std::map<std::string, std::string> names = names_at_hosts(spent.reach.config, options.provider);
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
  if (const std::string& note = std::get<Invoice>(read).note; !note.empty())
    std::cerr << "isocost: " << options.file << ": " << note << "\n";
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

Command add_reconcile(CLI::App& spend, std::shared_ptr<const SpendOptions> options) {
  const auto invoice = std::make_shared<ReconcileOptions>();
  CLI::App* reconcile = spend.add_subcommand(
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
      "With --config, names of models that the file of a host has are those of its endpoints.\n"
      "Example: isocost spend reconcile invoice.csv --provider deepseek\n"
      "Exit status: 0 both agree, 2 they differ, 1 they could not be compared.");
  return {reconcile, [options, invoice] { return reconcile_file(*options, *invoice); }};
}

}  // namespace gateway
