#include "gateway/commands/explain_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/commands/fetch.hpp"
#include "gateway/commands/pretence_query.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/recall/record_desk.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/pretence.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/state/read_whole.hpp"
#include "gateway/surfaces/surfaces.hpp"
#include "gateway/text/this_screen.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

int complain(const std::string& problem) {
  std::cerr << "isocost explain: " << problem << "\n";
  return 1;
}

std::optional<std::string> text_of(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  return read_whole(file);
}

// The call as JSON, with the model that was asked for; else what is wrong.
struct Call {
  std::string body{};
  std::string problem{};
};

Call call_of(const ExplainOptions& options) {
  std::string text = R"({"messages":[{"role":"user","content":"Hello"}]})";
  if (!options.request.empty()) {
    auto read = text_of(options.request);
    if (!read) return {.problem = "cannot read " + options.request + ": " + std::strerror(errno)};
    text = *std::move(read);
  }
  boost::system::error_code error;
  json::value call = json::parse(text, error);
  const std::string where = options.request == "-" ? "standard input" : options.request;
  if (error || !call.is_object()) return {.problem = where + " holds no JSON object"};
  if (!options.model.empty()) call.as_object()["model"] = options.model;
  if (!call.as_object().contains("model")) return {.problem = "which model? Give one with --model"};
  return {.body = json::serialize(call)};
}

std::optional<Screen> screen_for(const ExplainOptions& options) {
  if (options.json) return std::nullopt;
  return this_screen({.columns = 120, .rows = 0});
}

// Query of a page that comes as a table for this screen, or as it is.
std::string query_for(const ExplainOptions& options) {
  const auto screen = screen_for(options);
  if (!screen) return {};
  return "?format=table&columns=" + std::to_string(screen->columns) +
         (screen->paint == Paint::colours ? "&paint=colours" : "");
}

int ask(const ExplainOptions& options, const std::string& body) {
  std::string path = "/v1/route/explain" + query_for(options);
  const std::string as = pretence_query(options.as, options.team, options.at);
  if (!as.empty()) path += (path.find('?') == std::string::npos ? "?" : "&") + as;
  std::string fields;
  if (!options.policy.empty()) fields = "x-isocost-policy: " + options.policy + "\r\n";
  const Fetched fetched = fetch(
      {.url = options.url, .path = path, .token = options.token, .body = body, .fields = std::move(fields)});
  if (!fetched.body) {
    return complain(fetched.refusal.empty() ? fetched.problem : fetched.refusal);
  }
  std::cout << *fetched.body << (options.json ? "\n" : "");
  return 0;
}

int ask_for_served(const ExplainOptions& options) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  };
  if (!std::ranges::all_of(options.served, is_plain))
    return complain("an id has letters, digits, `_` and `-` only");
  const Fetched fetched = fetch({.url = options.url,
                                 .path = "/admin/requests/" + options.served + query_for(options),
                                 .token = options.token});
  if (!fetched.body) return complain(fetched.refusal.empty() ? fetched.problem : fetched.refusal);
  std::cout << *fetched.body << (options.json ? "\n" : "");
  return 0;
}

int read_served(const ExplainOptions& options) {
  const auto opened = RecordReader::open(options.from);
  if (const auto* why = std::get_if<std::string>(&opened)) return complain(*why);
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(opened);
  const RecordDesk::Answer answer = explained_request(reader, options.served, screen_for(options));
  if (answer.status != 200) return complain(answer.body);
  std::cout << answer.body << (options.json ? "\n" : "");
  return 0;
}

int decide_here(const ExplainOptions& options, std::string body) {
  config::Loaded loaded = with_policies(config::load_file(options.config, process_sources()));
  for (const config::Problem& problem : loaded.problems) std::cerr << config::to_text(problem) << "\n";
  if (!loaded.settings) return 1;

  boost::asio::io_context io{1};
  providers::Wheel timer(io);
  DecidingServices services{.timer = timer, .dice = Dice(1)};
  auto hosts = std::make_shared<Hosts>();
  auto catalogue = std::make_shared<const routing::Catalogue>(std::move(*loaded.settings), 1);
  routing::Market market(catalogue, timer.now());
  hosts->generation = std::make_shared<const Generation>(catalogue);
  services.hosts = hosts;
  services.snapshot = market.snapshot(timer.now());

  const KeyRing& keys = hosts->generation->keys;
  const config::KeySettings* key = keys.find(options.token);
  if (!options.token.empty() && !key) return complain("the key is not one of " + options.config);
  const auto meant = pretence(options.as, options.team, options.at, catalogue->settings(), timer.wall());
  if (const auto* why = std::get_if<std::string>(&meant)) return complain(*why);
  if (std::get<Pretence>(meant).key) key = std::get<Pretence>(meant).key;
  Incoming incoming;
  incoming.body = std::move(body);
  incoming.policy_header = options.policy;
  incoming.arrived = timer.now();
  incoming.as_of = std::get<Pretence>(meant).wall;
  auto understood = understand(*surface_of(config::Format::chat), incoming, key, services);
  if (const auto* error = std::get_if<ErrorReply>(&understood)) return complain(error->message);
  std::cout << explained(services, std::get<InferenceRequest>(understood), screen_for(options)).page
            << (options.json ? "\n" : "");
  return 0;
}

}  // namespace

int explain(const ExplainOptions& options) {
  if (!options.served.empty()) return options.from.empty() ? ask_for_served(options) : read_served(options);
  Call call = call_of(options);
  if (!call.problem.empty()) return complain(call.problem);
  return options.config.empty() ? ask(options, call.body) : decide_here(options, std::move(call.body));
}

Command add_explain(CLI::App& app) {
  const auto options = std::make_shared<ExplainOptions>();
  ExplainOptions& dry = *options;
  CLI::App* explain =
      app.add_subcommand("explain", "Show which endpoint a call would go to, or one went to, and why");
  std::vector<CLI::Option*> of_a_call;  // and nothing to a request that was served
  of_a_call.push_back(explain->add_option(
      "REQUEST", dry.request, "File of a chat request in JSON, - for standard input; else \"Hello\""));
  of_a_call.push_back(
      explain->add_option("--model", dry.model, "Model to ask for, instead of the request's own"));
  of_a_call.push_back(
      explain->add_option("--policy", dry.policy, "Policy to decide by, as x-isocost-policy"));
  auto* at = explain->add_option("--url", dry.url, "Address of a running gateway")->capture_default_str();
  of_a_call.push_back(explain
                          ->add_option("--config", dry.config,
                                       "Decide on this configuration's declared facts, without a gateway")
                          ->type_name("FILE")
                          ->excludes(at));
  explain->add_option("--key", dry.token, "Client key, where the gateway asks for one")
      ->envname("ISOCOST_KEY");
  of_a_call.push_back(
      explain
          ->add_option("--as", dry.as, "Name of the key that would ask: what it may, and what it is bound by")
          ->type_name("NAME"));
  of_a_call.push_back(
      explain->add_option("--team", dry.team, "The same of any key of a team")->type_name("NAME"));
  of_a_call.push_back(
      explain->add_option("--at", dry.at, "When it would come, in UTC: 2026-11-28T03:00, or 03:00")
          ->type_name("TIME"));
  auto* served =
      explain
          ->add_option("--request", dry.served, "A request that was served, by the x-request-id of its reply")
          ->type_name("ID");
  for (CLI::Option* each : of_a_call) served->excludes(each);
  explain->add_option("--from", dry.from, "Record file that has it, instead of asking a gateway")
      ->type_name("FILE")
      ->needs(served)
      ->excludes(at);
  explain->add_flag("--json", dry.json, "The whole decision, for machines");
  explain->footer(
      "Examples: isocost explain --model deepseek-r1:interactive request.json\n          isocost explain "
      "--request req_1k0mjo69olj5o7cv8voeaidc\n"
      "Exit status: 0 explained, 1 not.");
  return {explain, [options] { return gateway::explain(*options); }};
}

}  // namespace gateway
