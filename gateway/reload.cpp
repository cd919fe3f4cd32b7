#include "gateway/reload.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "gateway/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

json::array texts(const config::Problems& problems) {
  json::array array;
  for (const config::Problem& problem : problems) array.emplace_back(config::to_text(problem));
  return array;
}

// What is read once, when the process starts.
config::Problems left_for_a_restart(const config::Settings& before, const config::Settings& after) {
  config::Problems problems;
  const auto warn = [&](std::string path) {
    problems.push_back({.severity = config::Severity::warning,
                        .path = std::move(path),
                        .message = "was changed, which takes effect at the next start",
                        .suggestion = {},
                        .excerpt = {}});
  };
  const auto differs = [](const config::ListenAddress& a, const config::ListenAddress& b) {
    return a.host != b.host || a.port != b.port;
  };
  if (differs(before.listen, after.listen)) warn("listen");
  if (before.admin.has_value() != after.admin.has_value() ||
      (before.admin && differs(*before.admin, *after.admin))) {
    warn("admin");
  }
  if (before.workers != after.workers) warn("workers");
  if (before.limits.max_connections != after.limits.max_connections) warn("limits.max_connections");
  return problems;
}

}  // namespace

Reload::Reload(std::shared_ptr<const Generation> current, Load load, Adopt adopt, Say say, Metrics& metrics,
               const std::string& file)
    : current_(std::move(current)),
      load_(std::move(load)),
      adopt_(std::move(adopt)),
      say_(std::move(say)),
      metrics_(metrics),
      watch_(file),
      last_generation_(current_->catalogue->generation()) {}

Reloaded Reload::now() {
  if (!load_) {
    return refuse({{.path = "",
                    .message = "there is no configuration file to load again",
                    .suggestion = "start with `isocost serve --config FILE`",
                    .excerpt = {}}});
  }
  config::Loaded loaded = load_();
  if (!loaded.settings) return refuse(loaded.problems);
  const config::Problems later = left_for_a_restart(current_->catalogue->settings(), *loaded.settings);
  loaded.problems.insert(loaded.problems.end(), later.begin(), later.end());

  current_ = std::make_shared<const Generation>(
      std::make_shared<const routing::Catalogue>(std::move(*loaded.settings), ++last_generation_));
  adopt_(current_);
  metrics_.count(Event::reload_succeeded);
  for (const config::Problem& problem : loaded.problems) say_(config::to_text(problem));
  say_("isocost: reloaded; generation " + std::to_string(last_generation_) + " is in use");
  json::object page{{"result", "reloaded"}, {"generation", last_generation_}};
  page["warnings"] = texts(loaded.problems);
  return {.status = 200, .body = json_page(page)};
}

Reloaded Reload::refuse(const config::Problems& problems) {
  metrics_.count(Event::reload_failed);
  for (const config::Problem& problem : problems) say_(config::to_text(problem));
  const auto errors = std::ranges::count(problems, config::Severity::error, &config::Problem::severity);
  const std::string generation = std::to_string(current_->catalogue->generation());
  const std::string message = "The configuration was not reloaded: " + std::to_string(errors) +
                              (errors == 1 ? " error" : " errors") + ". Generation " + generation +
                              " stays in use.";
  say_("isocost: " + message);
  json::object page{{"error",
                     {{"message", message},
                      {"type", "invalid_request_error"},
                      {"param", nullptr},
                      {"code", "invalid_configuration"}}},
                    {"generation", current_->catalogue->generation()}};
  page["problems"] = texts(problems);
  return {.status = 400, .body = json_page(page)};
}

void Reload::if_changed() {
  if (watch_.changed()) now();
}

}  // namespace gateway
