#include "gateway/commands/catalogue_command.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "config/files/load.hpp"
#include "config/values/timestamp.hpp"
#include "gateway/catalogue_import/catalogue_file.hpp"
#include "gateway/catalogue_import/compare.hpp"
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/row_pattern.hpp"
#include "gateway/commands/download.hpp"
#include "gateway/commands/problems.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/text/table.hpp"
#include "gateway/text/this_screen.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

constexpr int wants_review = 2;

struct WantedCatalogue {
  std::vector<std::string> from;
  std::vector<std::string> models;
  std::string model;
  std::string config;
  std::string out;
  std::vector<std::string> notes;
  std::vector<std::string> days;  // of the lists, in their order
  bool shows_all = false;
};

// What is fetched is of today; of a file nobody knows it who does not say so.
std::string day_of_list(const WantedCatalogue& wanted, std::size_t index) {
  if (index < wanted.days.size()) return wanted.days[index];
  return wanted.from[index].starts_with("https://")
             ? config::day_text(std::chrono::floor<std::chrono::days>(providers::system_wall()))
             : std::string();
}

void check_days(const WantedCatalogue& wanted) {
  for (const std::string& day : wanted.days) {
    if (!config::is_month_or_day(day))
      throw std::runtime_error(
          "--as-of: `" + day +
          "` is no month and no day; allowed are YYYY-MM and YYYY-MM-DD, such as 2026-11-29");
  }
  if (wanted.days.size() > wanted.from.size())
    throw std::runtime_error("--as-of is said " + std::to_string(wanted.days.size()) + " times of " +
                             std::to_string(wanted.from.size()) +
                             (wanted.from.size() == 1 ? " list" : " lists") +
                             "; allowed is once for each list");
}

Agreement agreement_from(const WantedCatalogue& wanted) {
  check_days(wanted);
  std::vector<CatalogueRows> lists;
  for (std::size_t i = 0; i < wanted.from.size(); ++i) {
    lists.push_back(rows_of_list(text_from(wanted.from[i]), wanted.from[i]));
    const std::string day = day_of_list(wanted, i);
    for (CatalogueRow& row : lists.back().rows) {
      if (row.date.empty()) row.date = day;
    }
  }
  return agreement_of(std::move(lists));
}

void say(std::string_view title, std::size_t count, const std::vector<std::string>& lines, bool shows_all) {
  constexpr std::size_t few = 20;
  if (count == 0) return;
  std::cout << title << ": " << count << "\n";
  const std::size_t shown = shows_all ? lines.size() : std::min(lines.size(), few);
  for (std::size_t i = 0; i < shown; ++i) std::cout << "  " << fitted(lines[i], 400) << "\n";
  if (shown < lines.size()) std::cout << "  … and " << lines.size() - shown << " more (--all)\n";
}

std::vector<std::string> lines_of(const std::vector<CatalogueDoubt>& doubts) {
  std::vector<std::string> lines;
  for (const CatalogueDoubt& doubt : doubts) lines.push_back(doubt.place + ": " + doubt.what);
  return lines;
}

// Whether something is to be looked at.
bool tell(const CatalogueComparison& comparison, bool shows_all) {
  std::vector<std::string> changes;
  for (const CatalogueChange& change : comparison.changes) {
    changes.push_back(change.endpoint + ": " + change.what +
                      (change.is_kept ? ": kept as it is, since only one list knows of so deep a cut" : ""));
  }
  std::cout << "endpoints as they are listed: " << comparison.same << "\n";
  say("changes", changes.size(), changes, shows_all);
  say("in no list", comparison.unlisted.size(), comparison.unlisted, shows_all);
  return !changes.empty();
}

std::optional<CatalogueComparison> compared(const WantedCatalogue& wanted, Agreement& agreement) {
  // No key is needed to compare prices.
  config::Sources sources = process_sources();
  sources.variable = [known = sources.variable](const std::string& name) {
    const auto value = known(name);
    return value ? value : std::optional<std::string>("no-key-is-needed-here");
  };
  const config::Loaded loaded = config::load_file(wanted.config, sources);
  // Nor all that is needed to serve.
  const config::Settings* settings = loaded.settings ? &*loaded.settings
                                     : loaded.draft  ? &*loaded.draft
                                                     : nullptr;
  if (!settings) {
    print(loaded.problems);
    return std::nullopt;
  }
  return compare(*settings, agreement);
}

void write_whole(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(draft, path, error);
  if (!file || error) {
    std::filesystem::remove(draft, error);
    throw std::runtime_error("the file " + path + " cannot be written");
  }
}

std::vector<Offer> meant(const Agreement& agreement, const std::vector<std::string>& patterns) {
  std::vector<Offer> offers;
  for (const Offer& offer : agreement.offers) {
    if (is_meant(offer.row, patterns)) offers.push_back(offer);
  }
  return offers;
}

int import(const WantedCatalogue& wanted) {
  Agreement agreement = agreement_from(wanted);
  bool is_to_be_looked_at = !agreement.contradictions.empty();
  if (!wanted.config.empty()) {
    const auto comparison = compared(wanted, agreement);
    if (!comparison) return 1;
    is_to_be_looked_at |= tell(*comparison, wanted.shows_all);
  }
  const std::vector<Offer> offers = meant(agreement, wanted.models);
  if (offers.empty()) {
    say("not believed", agreement.doubts.size(), lines_of(agreement.doubts), wanted.shows_all);
    throw std::runtime_error("no list has a believable price of a model that is meant");
  }
  const CatalogueFile file = catalogue_file(offers, wanted.notes);
  agreement.contradictions.insert(agreement.contradictions.end(), file.contradictions.begin(),
                                  file.contradictions.end());
  is_to_be_looked_at |= !file.contradictions.empty();
  say("contradictions", agreement.contradictions.size(), lines_of(agreement.contradictions),
      wanted.shows_all);
  std::cout << "without a price by the token: " << agreement.unpriced << "\n";
  say("not believed", agreement.doubts.size(), lines_of(agreement.doubts), wanted.shows_all);
  say("left out, since no list says where they are", file.unreachable.size(), file.unreachable,
      wanted.shows_all);
  write_whole(wanted.out, file.text);
  std::cout << wanted.out << ": " << file.models << " models at " << file.endpoints
            << " endpoints. Read it, then: isocost check " << wanted.out << "\n";
  return is_to_be_looked_at ? wants_review : 0;
}

int diff(const WantedCatalogue& wanted) {
  Agreement agreement = agreement_from(wanted);
  const auto comparison = compared(wanted, agreement);
  if (!comparison) return 1;
  return tell(*comparison, wanted.shows_all) ? wants_review : 0;
}

int show(const WantedCatalogue& wanted) {
  const Agreement agreement = agreement_from(wanted);
  std::vector<Offer> offers = meant(agreement, {wanted.model});
  if (offers.empty())
    throw std::runtime_error("no list has " + wanted.model + "; patterns like '*r1*' find more");
  std::ranges::stable_sort(offers, {}, [](const Offer& offer) { return offer.row.prices.output; });
  std::vector<Row> rows;
  for (const Offer& offer : offers) {
    const CatalogueRow& row = offer.row;
    std::string sources;
    for (const std::string& source : offer.dated) sources += (sources.empty() ? "" : ", ") + source;
    rows.push_back({{row.provider},
                    {row.host_model.empty() ? "-" : row.host_model},
                    {price_text(row.prices.input)},
                    {price_text(row.prices.output)},
                    {row.prices.cache_read ? price_text(*row.prices.cache_read) : "-"},
                    {std::to_string(row.context)},
                    {sources}});
  }
  const std::vector<Column> columns{{"provider", Align::left},
                                    {"host's name", Align::left},
                                    {"input"},
                                    {"output"},
                                    {"cached", Align::right, 2},
                                    {"context", Align::right, 1},
                                    {"lists", Align::left, 3}};
  for (const std::string& line : table(columns, rows, this_screen({.columns = 160})))
    std::cout << line << "\n";
  return 0;
}

void add_from(CLI::App& command, WantedCatalogue& wanted) {
  command
      .add_option("FROM", wanted.from,
                  "Lists, the one believed first: files, https addresses, or - for the standard input")
      ->required();
  command
      .add_option("--as-of", wanted.days,
                  "Of which day (2026-11-29) or month (2026-11) the lists are, in their order, where they do "
                  "not say it of a price themselves; today for those that are fetched")
      ->allow_extra_args(false);
}

}  // namespace

Command add_catalogue(CLI::App& app) {
  const auto wanted = std::make_shared<WantedCatalogue>();
  CLI::App* catalogue = app.add_subcommand(
      "catalog",
      "Models, hosts and prices out of public lists: models.dev, LiteLLM, OpenRouter, genai-prices");
  catalogue->require_subcommand(1);
  catalogue->footer(
      "Example: isocost catalog show 'deepseek-r1*' https://models.dev/api.json\nExit status: as each says.");
  CLI::App* importing =
      catalogue->add_subcommand("import", "Write a configuration out of lists, to be reviewed");
  importing
      ->add_option(
          "--models", wanted->models,
          "Only these: 'deepseek-r1*', 'openai/*', 'gpt-5*@openai,azure' at those hosts alone; may be said "
          "several times; all by default")
      ->allow_extra_args(false);
  importing->add_option("--config", wanted->config, "The configuration in force, to compare with");
  importing
      ->add_option("--note", wanted->notes,
                   "A line for the head of the file, such as which lists these are and of when; may be said "
                   "several times")
      ->allow_extra_args(false);
  importing->add_option("--out", wanted->out, "The file to write")->required();
  importing->add_flag("--all", wanted->shows_all,
                      "Say all that was found, not the first twenty of each kind");
  add_from(*importing, *wanted);
  importing->footer(
      "Example: isocost catalog import https://models.dev/api.json --models 'deepseek*' --out catalog.yaml\n"
      "Exit status: 0 written; 2 written, and something is to be looked at; 1 not written.");
  CLI::App* differing = catalogue->add_subcommand("diff", "What lists say against a configuration");
  differing->add_option("--config", wanted->config, "The configuration in force")->required();
  differing->add_flag("--all", wanted->shows_all,
                      "Say all that was found, not the first twenty of each kind");
  add_from(*differing, *wanted);
  differing->footer(
      "Example: isocost catalog diff --config isocost.yaml https://models.dev/api.json\n"
      "Exit status: 0 the same; 2 something changed; 1 it could not be told.");
  CLI::App* showing = catalogue->add_subcommand("show", "Who offers a model, and for how much");
  showing->add_option("MODEL", wanted->model, "Its name, or a pattern")->required();
  add_from(*showing, *wanted);
  showing->footer(
      "Example: isocost catalog show deepseek-r1-0528 models.dev.json litellm.json\nExit status: 0 shown, 1 "
      "not.");
  return {catalogue, [wanted, importing, differing] {
            if (importing->parsed()) return import(*wanted);
            return differing->parsed() ? diff(*wanted) : show(*wanted);
          }};
}

}  // namespace gateway
