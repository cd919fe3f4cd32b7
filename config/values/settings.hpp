// What an operator can set, already validated. Plain data: no YAML, no I/O, no behaviour.
// Loaded by load.hpp; immutable afterwards and shared by all threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/values/host_settings.hpp"
#include "config/values/problem.hpp"
#include "config/values/quota.hpp"
#include "config/values/secret.hpp"
#include "config/values/serving_settings.hpp"
#include "config/values/units.hpp"

namespace config {

// The policies that there are without any in the configuration, and the one that decides where nothing says
// which.
inline constexpr std::array<std::string_view, 6> shipped_policy_names{
    "balanced", "cheapest", "fastest", "interactive", "batch", "openrouter"};
inline constexpr std::string_view usual_policy = shipped_policy_names[0];

// A public name that stands for the endpoints of several models.
struct RouteMember {
  ModelName model;
  Money quality_penalty{};  // declared dollars per request that this model's lesser answers cost
};
struct RouteSettings {
  ModelName name;
  std::vector<RouteMember> members;
};

// A name that clients may ask for, and what calls that do then mean where they do not say it themselves.
struct PresetSettings {
  PresetName name;
  std::optional<ModelName> model{};                           // absent: the call names one
  std::optional<PolicyName> policy{};                         // unless the call chooses one
  std::string system;                                         // said before everything else; empty: nothing
  std::vector<std::pair<std::string, std::string>> defaults;  // members of a chat's body, as JSON
};

// A text of the policy language, and where it stands, so that its errors can point at it.
struct SourceText {
  std::string text;
  Place place;
};

// What holds under every policy, however it was chosen. Nothing relaxes it, and what is unknown does not
// satisfy it.
struct AlwaysSettings {
  std::optional<SourceText> allow{};
  std::vector<SourceText> require{};
};

struct TeamSettings {
  TeamName name;
  AlwaysSettings always{};
  Quota quota{};
};

// What a key may do beside inference: look at metrics, hosts and spend; reload; everything.
enum class Role { none, viewer, operator_, admin };

// The SHA-256 of a whole client key. The key itself is never stored.
using KeyHash = std::array<unsigned char, 32>;

// Who is served first where not all can be: `batch` waits for the others, and is turned away before them.
enum class Priority : std::uint8_t { interactive, normal, batch };
inline constexpr std::array<std::string_view, 3> priority_names{"interactive", "normal", "batch"};

struct KeySettings {
  KeyName name;
  KeyHash sha256{};                    // all zeros: known by its certificate alone
  std::string certificate{};           // a name in the certificate that its holders show; empty: none will do
  std::string team;                    // one of Settings::teams where there are any
  std::vector<ModelName> models;       // empty: every model
  std::vector<PolicyName> policies;    // empty: every policy
  std::optional<PolicyName> policy{};  // instead of the default one
  AlwaysSettings always{};
  Role role = Role::none;
  Quota quota{};
  Quota user_quota{};                     // of each `user` that its requests name
  std::vector<std::string> tags{};        // of its requests, beside their own
  std::optional<std::int64_t> expires{};  // seconds since 1970
  bool is_disabled = false;
  bool is_stored = false;  // made by `isocost keys`, and not in the configuration
  // Of its requests, and the highest that they may ask for; absent: normal, and any.
  std::optional<Priority> priority{};
  Place place{};  // for problems found later
};

struct PolicySettings {
  PolicyName name;
  Place place;
  std::string description;
  std::optional<SourceText> extends{};
  std::optional<SourceText> allow{};
  std::vector<SourceText> require;
  std::vector<SourceText> prefer;
  std::optional<SourceText> minimize{};
  std::optional<SourceText> value_of_time{};  // shorthand for minimize: "18 $/h"
  std::optional<SourceText> choose{};
  std::vector<SourceText> relax;
  std::optional<std::int16_t> attempts{};
  std::optional<std::int16_t> continue_hops{};  // attempts that may go on with a broken stream; 0: none
  std::optional<Duration> deadline{};
  std::optional<double> hedge_budget{};  // a share, 0.05 = 5 %
  std::optional<double> explore{};       // a share of expected spend
  std::optional<double> demotion{};      // a factor on the cost
  std::optional<SourceText> budget{};    // "40 $/day": what its requests should cost, never a wall
};

struct RuleSettings {
  SourceText when;
  PolicyName policy;
  Place place;
};

struct Settings {
  ListenAddress listen;
  std::optional<ListenAddress> admin{};  // metrics and administration; absent: reading alone, on `listen`
  std::optional<ListenerTls> tls{};      // of `listen`
  int workers = 0;                       // 0: one per core
  // Proxies in front of the gateway: their X-Forwarded-For names the client for limits and log.
  std::vector<AddressRange> trusted_proxies;
  std::vector<KeySettings> keys;  // empty: no key asked for, loopback only
  std::vector<ProviderSettings> providers;
  std::vector<ModelSettings> models;
  std::vector<RouteSettings> routes;
  std::vector<PresetSettings> presets;
  std::vector<PolicySettings> policies;  // beside the shipped ones
  std::vector<RuleSettings> rules;
  std::optional<SourceText> default_policy{};  // absent: usual_policy
  AlwaysSettings always;                       // of everybody
  std::vector<TeamSettings> teams;             // empty: any word may be a key's team
  Quota quota;                                 // of all requests together
  std::string time_zone = "UTC";               // in which days, weeks and months begin
  std::string state;                           // the directory of what is kept; empty: the usual one
  CorsSettings cors;
  Secret seal_key;  // what ids of stored answers are sealed with; empty: one of the gateway's own
  bool is_seal_key_kept = false;  // made by this gateway, and known to no other
  ServingLimits limits;
  RetrySettings retries;
  LogSettings log;
  RecordsSettings records;
  LedgerSettings ledger;
  std::string name;  // among the gateways that share a ledger; empty: one made at the first start
  RedisSettings redis;
  MetricsSettings metrics;
  TelemetrySettings telemetry;
  QualityWatch quality;
  NotifySettings notify;
  // Policies under which each decision is taken as well, for comparison; nobody is asked because of them.
  std::vector<PolicyName> shadow;
};

}  // namespace config
