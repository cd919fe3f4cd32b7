// The tables of everything that can stand in a configuration: the one truth about keys, from which the
// loader, the JSON Schema and the suggestions come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/forms/form.hpp"
#include "config/values/settings.hpp"

namespace config {

const Fields<KeySettings>& key_fields();
const Fields<TeamSettings>& team_fields();
const Fields<AlwaysSettings>& always_fields();
const Fields<ProviderSettings>& provider_fields();
const Fields<ModelSettings>& model_fields();
const Fields<RouteMember>& route_member_fields();
const Fields<PresetSettings>& preset_fields();
const Fields<PolicySettings>& policy_fields();
const Fields<RuleSettings>& rule_fields();
const Fields<CorsSettings>& cors_fields();
const Fields<ServingLimits>& limit_fields();
const Fields<RetrySettings>& retry_fields();
const Fields<ListenerTls>& listener_tls_fields();
const Fields<LogSettings>& log_fields();
const Fields<RecordsSettings>& records_fields();
const Fields<LedgerSettings>& ledger_fields();
const Fields<RedisSettings>& redis_fields();
const Fields<Quota>& quota_fields();
const Fields<KeyLimits>& key_limit_fields();
const Fields<MetricsSettings>& metrics_fields();
const Fields<TelemetrySettings>& telemetry_fields();
const Fields<NotifySettings>& notify_fields();
const Fields<QualityWatch>& quality_fields();
const Fields<Settings>& settings_fields();

// What names may look like; each reports a bad one.
bool is_label(const Node& node, std::string_view name);       // of providers, variants and policies
bool is_model_name(const Node& node, std::string_view name);  // of models and routes
bool is_team_name(const Node& node, std::string_view name);

}  // namespace config
