#include "gateway/control/reload.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <utility>

#include "config/values/address.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr auto between_looks = std::chrono::seconds(1);
constexpr unsigned looks_between_certificates = 20;

json::array texts(const config::Problems& problems) {
  json::array array;
  for (const config::Problem& problem : problems) array.emplace_back(config::to_text(problem));
  return array;
}

// What `started` was read for once, and now says something else.
config::Problems left_for_a_restart(const config::Settings& started, const config::Settings& now) {
  config::Problems problems;
  const auto compare = [&](const auto& a, const auto& b, std::string path) {
    if (a == b) return;
    problems.push_back({.severity = config::Severity::warning,
                        .path = std::move(path),
                        .message = "was changed, which takes effect at the next start",
                        .suggestion = {},
                        .excerpt = {}});
  };
  compare(started.listen, now.listen, "listen");
  compare(started.admin, now.admin, "admin");
  compare(started.tls.has_value(), now.tls.has_value(), "tls");
  compare(started.tls && started.tls->admin, now.tls && now.tls->admin, "tls.admin");
  compare(started.workers, now.workers, "workers");
  compare(started.records, now.records, "records");
  compare(started.ledger, now.ledger, "ledger");
  compare(started.state, now.state, "state");
  compare(started.name, now.name, "name");
  // Whether measurements are shared is followed at once.
  config::RedisSettings redis = now.redis;
  redis.shares_measurements = started.redis.shares_measurements;
  compare(started.redis, redis, "redis");
  compare(started.limits.max_connections, now.limits.max_connections, "limits.max_connections");
  compare(started.limits.max_connections_per_ip, now.limits.max_connections_per_ip,
          "limits.max_connections_per_ip");
  return problems;
}

// The file alone was checked when it was loaded: but not that `listen` may differ from where we listen.
config::Problems opened_to_all(const std::string& host, const config::Settings& now) {
  if (!now.keys.empty() || config::is_loopback(host)) return {};
  return {{.path = "keys",
           .message = "has no key, but the gateway listens on `" + host +
                      "`, which other machines can reach, until it is started again",
           .suggestion = "keep a key, or start the gateway again",
           .excerpt = {}}};
}

}  // namespace

Reload::Reload(std::shared_ptr<const Generation> current, Load load, Adopt adopt, Say say, Metrics& metrics,
               const std::string& file, providers::WallClock wall)
    : started_(current->catalogue),
      listening_(started_->settings().listen.host),
      current_(std::move(current)),
      load_(std::move(load)),
      adopt_(std::move(adopt)),
      say_(std::move(say)),
      metrics_(metrics),
      watch_(file),
      last_generation_(current_->catalogue->generation()),
      said_(current_->catalogue->settings()),
      wall_(std::move(wall)) {}

Reloaded Reload::now() {
  if (!load_) {
    return refuse({{.path = "",
                    .message = "there is no configuration file to load again",
                    .suggestion = "start with `isocost serve --config FILE`",
                    .excerpt = {}}});
  }
  watch_.take();  // before it is read: what is written from now on counts as a change
  return take(load_());
}

namespace {

// Beside the configured ones, which come first where two have the same name or are the same key. One whose
// policy or team is not there any more is refused, and said.
void join(config::Settings& settings, const std::vector<config::KeySettings>& stored,
          config::Problems& problems) {
  std::erase_if(settings.keys, [](const config::KeySettings& key) { return key.is_stored; });
  const std::size_t configured = settings.keys.size();
  const auto is_policy = [&](const std::string& name) {
    const auto is_it = [&](const config::PolicySettings& policy) { return policy.name.text == name; };
    return std::ranges::find(config::shipped_policy_names, name) != config::shipped_policy_names.end() ||
           std::ranges::any_of(settings.policies, is_it);
  };
  for (config::KeySettings key : stored) {
    const auto begin = settings.keys.begin(), end = begin + static_cast<std::ptrdiff_t>(configured);
    const bool is_known = std::any_of(begin, end, [&](const config::KeySettings& each) {
      return each.name == key.name || each.sha256 == key.sha256;
    });
    if (is_known) continue;
    const bool has_policy = !key.policy || is_policy(key.policy->text);
    const bool has_team = settings.teams.empty() || key.team.empty() ||
                          std::ranges::any_of(settings.teams, [&](const config::TeamSettings& team) {
                            return team.name.text == key.team;
                          });
    if (!key.is_disabled && (!has_policy || !has_team)) {
      key.is_disabled = true;
      problems.push_back({.severity = config::Severity::warning,
                          .path = "keys",
                          .message = "the key `" + key.name.text +
                                     "`, made by `isocost keys`, is refused: its " +
                                     (has_policy ? "team" : "policy") + " is not there any more",
                          .suggestion = "change it by `isocost keys change`",
                          .excerpt = {}});
    }
    if (!has_policy) key.policy.reset();
    settings.keys.push_back(std::move(key));
  }
}

}  // namespace

config::Problems Reload::use(config::Problems& problems) {
  config::Settings settings = at_each_address(said_, addresses_);
  join(settings, stored_, problems);
  Prefills found = gateway::join(prefills_, settings, wall_());
  current_ = std::make_shared<const Generation>(
      std::make_shared<const routing::Catalogue>(std::move(settings), ++last_generation_), *current_,
      std::move(found));
  return adopt_(current_);
}

void Reload::use_keys(std::vector<config::KeySettings> stored) {
  stored_ = std::move(stored);
  config::Problems problems;
  use(problems);
  for (const config::Problem& problem : problems) say_(config::to_text(problem));
}

void Reload::use_prefills(Prefills known) {
  prefills_ = std::move(known);
  config::Problems known_already;
  use(known_already);
}

void Reload::forget_old_prefills() {
  if (wall_() < first_end(current_->prefills)) return;
  config::Problems known_already;
  use(known_already);
}

void Reload::use_addresses(Addresses addresses) {
  if (addresses == addresses_) return;
  const auto without = [](const Addresses& all, const std::string& name, const std::string& address) {
    const auto found = all.find(name);
    return found == all.end() || std::ranges::find(found->second, address) == found->second.end();
  };
  const auto tell = [&](const Addresses& these, const Addresses& others, const std::string& what) {
    for (const auto& [name, all] : these) {
      for (const std::string& address : all) {
        if (without(others, name, address)) say_("isocost: " + name + what + address);
      }
    }
  };
  tell(addresses, addresses_, " is at ");
  tell(addresses_, addresses, " is no longer at ");
  addresses_ = std::move(addresses);
  config::Problems known_already;
  use(known_already);
}

Reloaded Reload::take(config::Loaded loaded) {
  watch_.watch_also(loaded.files);
  if (!loaded.settings) return refuse(loaded.problems);
  config::Settings with_keys = *loaded.settings;
  config::Problems of_keys;
  join(with_keys, stored_, of_keys);
  const config::Problems open = opened_to_all(listening_, with_keys);
  if (!open.empty()) return refuse(open);
  const config::Problems later = left_for_a_restart(started_->settings(), *loaded.settings);
  loaded.problems.insert(loaded.problems.end(), later.begin(), later.end());

  said_ = std::move(*loaded.settings);
  const config::Problems unmet = use(loaded.problems);
  renew_certificate();
  loaded.problems.insert(loaded.problems.end(), unmet.begin(), unmet.end());
  metrics_.count(Event::reload_succeeded);
  for (const config::Problem& problem : loaded.problems) say_(config::to_text(problem));
  last_ = {.succeeded = true,
           .text = "generation " + std::to_string(last_generation_) + " was taken into use"};
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
  last_ = {.succeeded = false, .text = message};
  for (const config::Problem& problem : problems) last_.text += "\n" + config::to_text(problem);
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

void Reload::renew_certificate() {
  const auto& tls = current_->tls;
  if (!tls) return;
  try {
    if (tls->renew()) say_("isocost: the new certificate in `" + tls->files().certificate + "` is in use");
  } catch (const providers::TlsServer::Fault& fault) {
    metrics_.count(Event::reload_failed);
    say_("isocost: tls." + fault.setting + ": " + fault.what() + "; the certificate before stays in use");
  }
  metrics_.observe_certificate(tls->expires());
}

void Reload::watch(boost::asio::io_context& control) {
  looking_.emplace(control).begin(between_looks, [this] {
    if_changed();
    forget_old_prefills();
    if (looks_++ % looks_between_certificates == 0) renew_certificate();
  });
}

void Reload::if_changed() {
  if (!load_ || !watch_.settled()) return;
  config::Loaded loaded = load_();
  // Who goes on writing between the look and the reading is waited for.
  if (!watch_.is_as_seen()) return;
  watch_.take();
  take(std::move(loaded));
}

}  // namespace gateway
