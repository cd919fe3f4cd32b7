#include "gateway/generation/configuration.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "gateway/generation/listener_tls.hpp"
#include "gateway/record_file/recorded_measures.hpp"
#include "gateway/state/seal_key.hpp"
#include "gateway/state/state_directory.hpp"
#include "providers/credentials/token_request.hpp"
#include "providers/net/certificates.hpp"
#include "routing/policy/policy_check.hpp"
#include "routing/policy/reach.hpp"

namespace gateway {
namespace {

bool has_errors(const config::Problems& problems) {
  return std::ranges::find(problems, config::Severity::error, &config::Problem::severity) != problems.end();
}

// Whether `path` is `outer` or within it.
bool within(std::string_view path, std::string_view outer) {
  if (outer.empty() || !path.starts_with(outer)) return false;
  return path.size() == outer.size() || path[outer.size()] == '.' || path[outer.size()] == '[';
}

// The errors of policies beside those that the file had already: of each line, and of what could not be read,
// the first one alone.
void add_policy_errors(config::Loaded& loaded) {
  if (!loaded.draft) return;
  config::Problems found;
  routing::compile(*loaded.draft, found);
  for (config::Problem& problem : found) {
    const bool is_known = std::ranges::any_of(loaded.problems, [&](const config::Problem& other) {
      const bool same = other.place.line == problem.place.line || within(problem.path, other.path);
      return other.severity == config::Severity::error && same;
    });
    if (problem.severity == config::Severity::error && !is_known)
      loaded.problems.push_back(std::move(problem));
  }
}

void check_shown(const config::ProviderSettings& provider, const config::ClientCertificate& tls,
                 config::Problems& problems) {
  const auto fault = providers::fault_in(tls);
  if (!fault) return;
  const std::string& file = fault->setting == "key" ? tls.key : tls.certificate;
  problems.push_back({.path = "providers." + provider.name.text + ".tls." + std::string(fault->setting),
                      .message = "the file `" + file + "` cannot be used: " + fault->why,
                      .suggestion = "it must be in PEM form, and a key without a password",
                      .excerpt = {}});
}

// The gateway serves without it: other hosts do not need this key.
void check_signing(const config::ProviderSettings& provider, config::Problems& problems) {
  const auto& account = provider.access.google;
  const bool signs = account && !account->is_absent && !account->metadata_server;
  if (!signs || providers::signed_assertion(*account, {})) return;
  problems.push_back({.severity = config::Severity::warning,
                      .path = "providers." + provider.name.text + ".google.service_account",
                      .message = "the private key in it cannot be read: its hosts will not be asked",
                      .suggestion = "it is an RSA key in PEM form, without a password, as Google gives it",
                      .excerpt = {}});
}

// Certificates that no connection could use: found here, they leave the last good configuration in use.
void check_certificates(const config::Settings& settings, config::WallTime now, config::Problems& problems) {
  check_listener_tls(settings, now, problems);
  for (const config::ProviderSettings& provider : settings.providers) {
    if (const auto& tls = provider.access.tls) check_shown(provider, *tls, problems);
    check_signing(provider, problems);
    if (!provider.ca_file) continue;
    const auto fault = providers::fault_in_certificates(*provider.ca_file);
    if (!fault) continue;
    problems.push_back(
        {.path = "providers." + provider.name.text + ".ca_file",
         .message = "the certificates in `" + *provider.ca_file + "` cannot be used: " + *fault,
         .suggestion = "it must hold certificates in PEM form",
         .excerpt = {}});
  }
}

// Where answers are stored for clients and no key is named: one of the gateway's own.
void find_seal_key(config::Settings& settings, config::Problems& problems) {
  const auto keeps = [](const config::ProviderSettings& each) { return each.keeps_responses; };
  const auto keeper = std::ranges::find_if(settings.providers, keeps);
  if (!settings.seal_key.empty() || keeper == settings.providers.end()) return;
  std::string why;
  settings.seal_key = kept_seal_key(state_path(settings.state), why);
  settings.is_seal_key_kept = !settings.seal_key.empty();
  if (settings.is_seal_key_kept) return;
  problems.push_back({.path = "providers." + keeper->name.text + ".keeps_responses",
                      .message = "the key that ids of stored answers are sealed with cannot be kept: " + why,
                      .suggestion = "set `seal_key: ${NAME}`, or give the process a directory for its state",
                      .excerpt = {}});
}

}  // namespace

config::Loaded with_seal_key(config::Loaded loaded) {
  if (loaded.settings) find_seal_key(*loaded.settings, loaded.problems);
  return loaded;
}

config::Loaded with_records(config::Loaded loaded, const std::string& name) {
  if (!loaded.settings) return loaded;
  config::RecordsSettings& records = loaded.settings->records;
  records.is_named = !records.file.empty();
  if (!records.enabled) records.file.clear();
  if (!records.enabled || records.is_named) return loaded;
  const std::string directory = state_path(loaded.settings->state);
  std::error_code error;
  if (!directory.empty()) error = make_state_directory(directory);
  if (!directory.empty() && !error) {
    records.file = directory + "/" + name;
    return loaded;
  }
  loaded.problems.push_back({.severity = config::Severity::warning,
                             .path = "records",
                             .message = directory.empty()
                                            ? "there is no state directory: no records are kept"
                                            : "`" + directory + "` cannot be made: no records are kept",
                             .suggestion = "name a file, `records: {file: ...}`, or say `enabled: false`",
                             .excerpt = {}});
  return loaded;
}

config::Loaded with_policies(config::Loaded loaded, config::WallTime now) {
  if (!loaded.settings) {
    add_policy_errors(loaded);
    return loaded;
  }
  check_certificates(*loaded.settings, now, loaded.problems);
  routing::compile(*loaded.settings, loaded.problems);
  if (has_errors(loaded.problems)) loaded.settings.reset();
  return loaded;
}

config::Loaded with_policies_checked(config::Loaded loaded, config::WallTime now) {
  if (!loaded.settings) return with_policies(std::move(loaded), now);
  check_certificates(*loaded.settings, now, loaded.problems);
  const routing::PolicySet policies = routing::compile(*loaded.settings, loaded.problems);
  if (has_errors(loaded.problems)) {
    loaded.settings.reset();
    return loaded;
  }
  const routing::Catalogue catalogue(*loaded.settings, 0);
  routing::check_reach(catalogue.settings(), catalogue, loaded.problems);
  const std::string& records = loaded.settings->records.file;
  const std::vector<routing::Measured> measured =
      records.empty() ? std::vector<routing::Measured>() : recorded_measures(records, catalogue);
  routing::check_policies(policies, catalogue, measured, loaded.problems);
  return loaded;
}

config::Problems out_of_reach(const routing::PolicySet& policies, const routing::Snapshot& market) {
  std::vector<routing::Measured> measured;
  for (const routing::EndpointState& state : market.endpoints) measured.push_back(state.measured);
  config::Problems problems;
  routing::check_policies(policies, *market.catalogue, measured, problems);
  return problems;
}

}  // namespace gateway
