#include "gateway/account_commands/keys_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

#include "gateway/account_commands/key_options.hpp"
#include "gateway/account_commands/listed_keys.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/keys/known_names.hpp"
#include "gateway/keys/open_keys.hpp"
#include "gateway/state/process_sources.hpp"
#include "providers/dialect/path_segment.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using What = KeyCall::What;

std::string segment(const std::string& name) {
  std::string text;
  providers::append_segment(text, name);
  return text;
}

std::string path_of(const KeyCall& call) {
  switch (call.what) {
    case What::list:
    case What::create:
      return "/admin/keys";
    case What::change:
    case What::limit:
      return "/admin/keys/" + segment(call.whom) + "/change";
    case What::rotate:
      return "/admin/keys/" + segment(call.whom) + "/rotate";
    case What::revoke:
    case What::erase:
      return "/admin/keys/" + segment(call.whom) + "/revoke";
    case What::show:
      break;
  }
  return "/admin/keys/" + segment(call.whom);
}

// What the configuration has, where one is named: null without. Empty, after saying why, where it has errors.
std::optional<std::shared_ptr<const Generation>> configured(const std::string& file, std::string& why) {
  if (file.empty()) return nullptr;
  config::Loaded loaded = with_policies(config::load_file(file, process_sources()));
  if (loaded.settings) {
    return std::make_shared<const Generation>(
        std::make_shared<const routing::Catalogue>(*std::move(loaded.settings), 1));
  }
  why = file + " has errors; `isocost check " + file + "` says which";
  return std::nullopt;
}

bool names_something(const std::string& body) {
  const json::object said = json::parse(body).as_object();
  return std::ranges::any_of(std::array{"team", "models", "policies", "policy"},
                             [&](const char* member) { return said.contains(member); });
}

// Nobody serves: what a gateway would check is checked here.
Reached in_store(const KeyCall& call, const LedgerPlace& place, const std::string& file) {
  std::string why;
  const auto known = configured(file, why);
  if (!known) return {.problem = why};
  const bool says = call.what == What::create || call.what == What::change;
  if (says && *known) {
    if (const auto unknown = unknown_name(call.body, **known))
      return {.problem = "The key cannot be so: " + *unknown + "."};
  }
  if (says && !*known && names_something(call.body)) {
    std::cerr << "isocost: no gateway runs here, and without --config nobody checks whether the team, models "
                 "and policies that were named are there\n";
  }
  try {
    KeyStore store(open_keys(place));
    const auto now = std::chrono::system_clock::to_time_t(providers::system_wall());
    const auto keys = *known ? (*known)->catalogue->settings().keys : std::vector<config::KeySettings>();
    const KeyAnswer answer = store.call(call, keys, now);
    if (answer.status < 400) return {.body = answer.body};
    return {.problem = std::string(json::parse(answer.body).at("error").at("message").as_string())};
  } catch (const std::exception& fault) {
    return {.problem = fault_at(place, fault)};
  }
}

void print_keys(const json::array& keys) {
  const ListedKeys all = listed_keys(keys, providers::system_wall());
  print_all(all.columns, all.rows);
}

// The text of a key is nowhere but in `text`. Where it cannot be shown it is gone, and that has a way out.
int show_once(const std::string& text, const json::object& key) {
  if (std::cout << text << std::endl) return 0;
  const std::string name(said_of(key, "name"));
  std::cerr
      << "isocost keys: standard output cannot be written, and the key `" << name
      << "` was not shown: nobody has it, and one that it replaces is refused already. `isocost keys rotate "
      << name << "` makes another and shows that\n";
  return 1;
}

int run(const KeysOptions& options, KeyCall call) {
  const bool sends = call.what != What::list && call.what != What::show;
  const Reached reached =
      reach(options.reach, path_of(call), sends ? call.body : "",
            [&](const LedgerPlace& place) { return in_store(call, place, options.reach.config); });
  if (!reached.body) {
    std::cerr << "isocost keys: " << reached.problem << "\n";
    return 1;
  }
  const json::value answer = json::parse(*reached.body);
  const json::object* const made = answer.is_object() ? &answer.get_object() : nullptr;
  const bool has_text = made && made->contains("key");
  if (options.as_json) {
    if (has_text) return show_once(*reached.body, *made);
    std::cout << *reached.body << "\n";
    return 0;
  }
  if (call.what == What::list) {
    print_keys(answer.at("data").as_array());
    if (answer.at("data").as_array().empty())
      std::cerr << "isocost: there are no keys" << whose(options.reach);
    return 0;
  }
  if (has_text) {
    const int status = show_once(std::string(made->at("key").as_string()), *made);
    if (status == 0)
      std::cerr << "isocost: this is the key `" << said_of(*made, "name") << "`; it is shown this once\n";
    return status;
  }
  print_keys({answer});
  return 0;
}

}  // namespace

Command add_keys(CLI::App& app) {
  const auto chosen = std::make_shared<std::function<int()>>();
  CLI::App* keys = app.add_subcommand("keys", "Make, limit and revoke client keys");
  keys->require_subcommand(1);
  keys->footer(
      "Example: isocost keys create --name ci --team search --limit dollars/day=10\n"
      "Exit status: 0 done, 1 not.");
  // Each has options of its own: what one takes of the environment must not undo what was said to another.
  struct One {
    CLI::App* app = nullptr;
    std::shared_ptr<KeysOptions> options{};
  };
  const auto command = [&](const char* name, const char* meaning, What what, const char* example) {
    const auto options = std::make_shared<KeysOptions>();
    CLI::App* one = keys->add_subcommand(name, meaning);
    one->footer("Example: isocost keys " + std::string(example) + "\nExit status: 0 done, 1 not.");
    add_reach(*one, options->reach);
    one->add_flag("--json", options->as_json, "Print JSON");
    one->callback([options, chosen, what] {
      *chosen = [options, what]() -> int {
        const bool makes = what == What::create || what == What::change;
        const KeyBody body = makes ? body_of(*options) : KeyBody{.text = "{}"};
        if (!body.text) {
          std::cerr << "isocost keys: " << body.fault << "\n";
          return 1;
        }
        if (what == What::change && *body.text == "{}") {
          std::cerr << "isocost keys: nothing is said that is to be changed; `isocost keys change --help` "
                       "has what may be\n";
          return 1;
        }
        KeyCall call{.what = what, .whom = options->name, .body = *body.text};
        if (what == What::create) {
          json::value said = json::parse(*body.text);
          said.as_object()["name"] = options->name;
          call.body = json::serialize(said);
        }
        return run(*options, call);
      };
    });
    return One{one, options};
  };
  const auto describe = [&](const One& command_of) {
    const auto& [one, options] = command_of;
    one->add_option("--team", options->team, "Whom it belongs to");
    one->add_option("--role", options->role, "none, viewer, operator or admin");
    one->add_option("--priority", options->priority, "interactive, normal or batch");
    one->add_option("--limit", options->limits,
                    "As dollars/day=10, requests/minute=60, tokens/hour=none, concurrent=4");
    one->add_option("--user-limit", options->user_limits, "The same, of each of its users");
    one->add_option("--models", options->models, "Models and routes it may use")->delimiter(',');
    one->add_option("--policies", options->policies, "Policies it may choose")->delimiter(',');
    one->add_option("--policy", options->policy, "Its policy where a request chooses none");
    one->add_option("--tags", options->tags, "What its requests are counted under")->delimiter(',');
    one->add_option("--expires", options->expires, "The day it ends")->type_name("YYYY-MM-DD");
  };
  const One create = command("create", "Make one, and show it once", What::create,
                             "create --name ci --team search --limit dollars/day=10");
  create.app->add_option("--name", create.options->name, "How logs and reports call it")->required();
  describe(create);
  command("list", "All of them", What::list, "list --json");
  const auto named = [&](const One& one) {
    one.app->add_option("name", one.options->name, "Its name, or its SHA-256")->required();
    return one;
  };
  named(command("show", "One of them", What::show, "show ci"));
  const One limit = named(
      command("limit", "Change what it may use", What::change, "limit ci dollars/day=20 concurrent=none"));
  limit.app->add_option("limits", limit.options->limits, "As dollars/day=10 or dollars/day=none")->required();
  const One change = named(command("change", "Change what is said of it; `none` takes it away", What::change,
                                   "change ci --team ads --policy none --expires 2027-01-01"));
  describe(change);
  change.app
      ->add_option("--disabled", change.options->is_disabled, "Whether it is refused for the time being")
      ->type_name("true|false");
  named(command("rotate", "Make it another one of the same name, and show that once", What::rotate,
                "rotate ci"));
  named(command("revoke", "Refuse it from now on, for good", What::revoke, "revoke ci"));
  return {keys, [chosen] { return (*chosen)(); }};
}

}  // namespace gateway
