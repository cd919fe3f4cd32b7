#include "config/forms/settings_form.hpp"

#include <algorithm>

#include "config/forms/credential.hpp"
#include "config/forms/leaf.hpp"
#include "config/values/address.hpp"
#include "config/values/ascii.hpp"
#include "config/values/time_zone.hpp"

namespace config {
namespace {

struct ListenForm {
  using Value = ListenAddress;

  std::optional<ListenAddress> read(const Node& node) const {
    const auto text = text_of(node, "an address and a port such as `127.0.0.1:8080`");
    if (!text) return std::nullopt;
    auto parsed = parse_listen_address(*text);
    if (auto* address = std::get_if<ListenAddress>(&parsed)) return std::move(*address);
    const auto& fault = std::get<AddressFault>(parsed);
    node.error(fault.message, fault.suggestion);
    return std::nullopt;
  }

  JsonMembers schema() const {
    return {{"type", json_string("string")},
            {"pattern", json_string(R"(^(\[[0-9a-fA-F:.]+\]|[^:\s]+):[0-9]+$)")}};
  }
  std::string show(const ListenAddress& address) const {
    return json_string(address.host + ":" + std::to_string(address.port));
  }
};

// The form of a whole file: there has been one so far. It is read for its number alone, so that a file of a
// later isocost says that it is one.
struct VersionForm {
  using Value = int;
  static constexpr int newest = 1;

  std::optional<int> read(const Node& node) const {
    const std::string wanted = "1, the only version that this isocost knows";
    const auto text = text_of(node, wanted);
    if (!text || *text == std::to_string(newest)) return newest;
    node.refuse(wanted, "a file of a later version needs the isocost that it was written for");
    return std::nullopt;
  }
  JsonMembers schema() const { return {{"enum", json_list({std::to_string(newest)})}}; }
};

struct TimeZoneForm {
  using Value = std::string;

  std::optional<std::string> read(const Node& node) const {
    const auto text = text_of(node, "a time zone such as `Europe/Berlin`");
    if (!text) return std::nullopt;
    std::string why;
    if (load_time_zone(*text, why)) return std::string(*text);
    node.error(why, "write it as in /usr/share/zoneinfo, for example `Europe/Berlin`, or `UTC`");
    return std::nullopt;
  }
  JsonMembers schema() const { return {{"type", json_string("string")}}; }
  std::string show(const std::string& name) const { return json_string(name); }
};

struct AddressRangeForm {
  using Value = AddressRange;

  std::optional<AddressRange> read(const Node& node) const {
    const auto text = text_of(node, "an address or a range such as `10.0.0.0/8`");
    if (!text) return std::nullopt;
    auto parsed = parse_address_range(*text);
    if (auto* range = std::get_if<AddressRange>(&parsed)) return *range;
    const auto& fault = std::get<AddressFault>(parsed);
    node.error(fault.message, fault.suggestion);
    return std::nullopt;
  }

  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string("^[0-9a-fA-F:.]+(/[0-9]{1,3})?$")}};
  }
};

// Begins with a letter or digit; then also `others`.
bool is_word(std::string_view name, std::string_view others, std::size_t longest) {
  const auto allowed = [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; };
  return !name.empty() && name.size() <= longest && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, allowed);
}

struct RouteForm {
  using Value = RouteSettings;
  ListOf<Mapping<RouteMember>> members{{route_member_fields},
                                       "a list of members such as `[{model: a}, {model: b}]`"};

  std::optional<RouteSettings> read(const Node& node) const {
    auto list = members.read(node);
    return list ? std::optional(RouteSettings{.name = {}, .members = std::move(*list)}) : std::nullopt;
  }
  JsonMembers schema() const { return members.schema(); }
};

}  // namespace

bool is_label(const Node& node, std::string_view name) {
  if (is_word(name, "._-", 64)) return true;
  node.key_error(
      "a name here has at most 64 letters, digits, `.`, `_` and `-`, and begins with a letter or digit");
  return false;
}

bool is_model_name(const Node& node, std::string_view name) {
  if (is_word(name, "._-/:@+", 200)) return true;
  node.key_error(
      "a model's name has at most 200 letters, digits, `.`, `_`, `-`, `/`, `:`, `@` and `+`, and begins with "
      "a "
      "letter or digit");
  return false;
}

// As long and as free as the team of a key.
bool is_team_name(const Node& node, std::string_view name) {
  if (!name.empty() && name.size() <= 64) return true;
  node.key_error("the name of a team has 1 to 64 characters");
  return false;
}

const Fields<Settings>& settings_fields() {
  using S = Settings;
  static const Fields<S> fields = {
      .meaning = "a configuration of isocost",
      .list = {
          field<S>(
              "version", [](S&, int) {}, VersionForm{},
              "The version of this file's form. When left out it is 1."),
          field<S>("listen", &S::listen, ListenForm{}, "Where clients reach the gateway."),
          field<S>("admin", &S::admin, ListenForm{},
                   "Where metrics and administration are reached. Metrics and hosts are open there; spend, "
                   "limits, keys, "
                   "changes and single requests take a key with a role once there is any key. When left out, "
                   "all of it "
                   "is on `listen`, for keys with a role."),
          field<S>("tls", &S::tls, Mapping<ListenerTls>{listener_tls_fields},
                   "TLS towards clients. When left out, `listen` speaks HTTP in the open."),
          field<S>("workers", &S::workers, WholeForm{0, 256},
                   "Threads that serve clients. 0: one for each core."),
          field<S>("trusted_proxies", &S::trusted_proxies,
                   ListOf<AddressRangeForm>{{}, "a list of addresses such as `[10.0.0.0/8]`"},
                   "Addresses of proxies in front of the gateway. Whom their X-Forwarded-For names is the "
                   "client, for limits and log."),
          field<S>("keys", &S::keys, ListOf<Mapping<KeySettings>>{{key_fields}, "a list of client keys"},
                   "Who may use the gateway. Without any, only this machine can."),
          field<S>("providers", &S::providers,
                   Named<Mapping<ProviderSettings>>{
                       {provider_fields}, "a mapping from names to providers", is_label},
                   "The companies and machines that host models.", Need::required),
          field<S>(
              "models", &S::models,
              Named<Mapping<ModelSettings>>{{model_fields}, "a mapping from names to models", is_model_name},
              "The models clients may ask for.", Need::required),
          field<S>("routes", &S::routes,
                   Named<RouteForm>{{}, "a mapping from names to lists of members", is_model_name},
                   "Names that stand for the endpoints of several models."),
          field<S>("presets", &S::presets,
                   Named<Mapping<PresetSettings>>{
                       {preset_fields}, "a mapping from names to presets such as `{brief: {}}`", is_label},
                   "Models, policies and defaults that chats may ask for by one name, as `@preset/NAME`."),
          field<S>(
              "policies", &S::policies,
              Named<Mapping<PolicySettings>>{{policy_fields}, "a mapping from names to policies", is_label},
              "Your policies, beside those that come with isocost."),
          field<S>("rules", &S::rules, ListOf<Mapping<RuleSettings>>{{rule_fields}, "a list of rules"},
                   "Which requests get which policy. The first that applies wins."),
          field<S>("default_policy", &S::default_policy, SourceForm{"the name of a policy"},
                   "The policy of requests that no rule is for. `balanced` when left out."),
          field<S>(
              "shadow", [](S& s, std::vector<PolicyName> names) { s.shadow = std::move(names); },
              ListOf<NameForm<PolicyName>>{{TextForm{"the name of a policy", 64}},
                                           "a list of policies such as `[mine]`"},
              "Policies that run in shadow: each decision is taken under them, too, and what they would "
              "have cost or saved is shown beside the policy in force. Nobody is asked because of them. "
              "At most 8."),
          field<S>("always", &S::always, Mapping<AlwaysSettings>{always_fields},
                   "What holds for every request under every policy, however it was chosen."),
          field<S>("teams", &S::teams,
                   Named<Mapping<TeamSettings>>{
                       {team_fields}, "a mapping from names to teams such as `{search: {}}`", is_team_name},
                   "The teams that keys belong to. When left out, any word may be a key's team."),
          field<S>("cors", &S::cors, Mapping<CorsSettings>{cors_fields},
                   "Pages in browsers that may call the gateway."),
          field<S>(
              "seal_key", [](S& s, Credential c) { s.seal_key = std::move(c.secret); },
              CredentialForm{Absence::refused},
              "What ids of answers that a provider with `keeps_responses` stores are sealed with: the "
              "same in all gateways that take each other's. One that is made at the first start, and "
              "kept in the state directory, when left out."),
          field<S>("limits", &S::limits, Mapping<ServingLimits>{limit_fields}, "Timeouts and bounds."),
          field<S>("retries", &S::retries, Mapping<RetrySettings>{retry_fields},
                   "How much further attempts may add to the traffic of hosts that fail."),
          field<S>("log", &S::log, Mapping<LogSettings>{log_fields}, "The log of requests."),
          field<S>("records", &S::records, Mapping<RecordsSettings>{records_fields},
                   "What `isocost explain --request` and `isocost replay` read."),
          field<S>("ledger", &S::ledger, Mapping<LedgerSettings>{ledger_fields},
                   "What requests cost, as `isocost spend` reads it."),
          field<S>("redis", &S::redis, Mapping<RedisSettings>{redis_fields},
                   "Where gateways with one ledger share what quotas have left. Without it each of them "
                   "counts for itself what ends while it runs."),
          field<S>(
              "name", [](S& s, std::string text) { s.name = std::move(text); },
              TextForm{.wanted = "a name", .longest = 64},
              "How this gateway is called among those that share a ledger: each has another one, and keeps "
              "it. One that is made at the first start, and kept in the state directory, when left out."),
          field<S>("metrics", &S::metrics, Mapping<MetricsSettings>{metrics_fields},
                   "What is counted for Prometheus."),
          field<S>("telemetry", &S::telemetry, Mapping<TelemetrySettings>{telemetry_fields},
                   "How traces are written that go to a collector of OpenTelemetry."),
          field<S>("quality", &S::quality, Mapping<QualityWatch>{quality_fields},
                   "How it is found out whether hosts' answers have become worse, beside looking at those "
                   "that pass."),
          field<S>("notify", &S::notify, Mapping<NotifySettings>{notify_fields},
                   "Who is told that a limit is nearly used."),
          field<S>("quota", &S::quota, Mapping<Quota>{quota_fields}, "What all requests together may use."),
          field<S>("time_zone", &S::time_zone, TimeZoneForm{},
                   "Where the days, weeks and months of quotas begin at midnight."),
          field<S>(
              "state", &S::state, TextForm{.wanted = "a path", .longest = 4096},
              "The directory of what is kept: ledger, keys and seals. One gateway's at a time. When left "
              "out, STATE_DIRECTORY, else /var/lib/isocost for root, else ~/.local/state/isocost."),
      }};
  return fields;
}

}  // namespace config
