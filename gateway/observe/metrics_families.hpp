// Every family of metrics there is, in one list, with its name, its help and its labels. Only for
// metrics*.cpp. Names: isocost_, base units (seconds, bytes, tokens, dollars), counters end in _total.
#pragma once

#include "gateway/observe/metric_family.hpp"

namespace gateway {

// Upper bounds in seconds. Reasoning models think for minutes before the first visible word, hence the long
// tails; at most 21, so that about 40 endpoints fit into one family.
inline const std::vector<double> first_token_buckets{.025, .05, .1, .2, .4, .6, .8, 1,   1.5, 2.5, 5,
                                                     7.5,  10,  15, 20, 30, 45, 60, 120, 300, 600};
inline const std::vector<double> total_buckets{.025, .05, .1, .25, .5, 1,   2.5, 5,   10,  15,
                                               20,   30,  45, 60,  90, 120, 180, 300, 450, 600};
inline const std::vector<double> token_buckets{.001, .0025, .005, .01, .015, .025, .05, .075,
                                               .1,   .15,   .2,   .3,  .5,   1,    2.5};
inline const std::vector<double> gap_buckets{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 180};
inline const std::vector<double> decision_buckets{1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5,
                                                  1e-4, 2.5e-4, 5e-4, 1e-3, 1e-2};
inline const std::vector<double> added_buckets{2.5e-5, 5e-5, 1e-4, 1.5e-4, 2e-4, 3e-4, 5e-4, 1e-3,
                                               2.5e-3, 5e-3, 1e-2, 2.5e-2, .1,   .5,   2.5};

struct MetricsFamilies {
  prometheus::Registry registry;
  using Labels = std::vector<std::string>;
  const Labels endpoint{"endpoint", "model"};
  const Labels tenant{"team", "key"};

  CounterFamily requests{registry, "isocost_requests_total", "Requests by how they ended for the client.",
                         Labels{"path", "model", "status", "ending"}};
  CounterFamily rejected{
      registry, "isocost_rejected_requests_total",
      "Requests answered with an error of the gateway, by its code. A key that was not given is "
      "missing_api_key, one that is not known invalid_api_key; a host's 401 is neither.",
      Labels{"code"}};
  CounterFamily client_aborts{registry, "isocost_client_aborts_total",
                              "Clients that closed first, by how far their request was.", Labels{"phase"}};
  CounterFamily budgeted_retries{
      registry, "isocost_budgeted_retries_total",
      "Further attempts at hosts that are failing or were asked before by the same request: paid from "
      "the budget of retries, or refused for want of it.",
      Labels{"outcome"}};
  CounterFamily hedges{registry, "isocost_hedges_total",
                       "Second requests beside a host that was slow to begin, by what became of them.",
                       Labels{"outcome"}};
  CounterFamily hedge_dollars{registry, "isocost_hedge_wasted_dollars_total",
                              "What requests cost that another one of the same client's outran; partly an "
                              "estimate."};
  CounterFamily client_retries{registry, "isocost_client_retries_total",
                               "Requests that a client's SDK said to be a retry."};
  CounterFamily timeouts{registry, "isocost_timeouts_total", "Limits of time that were reached.",
                         Labels{"phase"}};
  CounterFamily fallbacks{registry, "isocost_fallbacks_total",
                          "Attempts that another one followed, by why they failed.", Labels{"reason"}};
  CounterFamily picks{registry, "isocost_picks_total", "Choices of an endpoint, by the reason of the choice.",
                      Labels{"reason"}};
  CounterFamily left_out{registry, "isocost_left_out_total",
                         "Endpoints that the decision for a request's first attempt left out, by why: "
                         "policy_allow, always, context, cooling and so on.",
                         Labels{"reason"}};
  HistogramFamily request_time{registry, "isocost_request_duration_seconds",
                               "From the request read to the end of its answer.", Labels{"path"},
                               total_buckets};
  HistogramFamily decision_time{registry, "isocost_decision_duration_seconds",
                                "Time to choose, all attempts of a request together.", Labels{},
                                decision_buckets};
  HistogramFamily added_time{registry, "isocost_added_latency_seconds",
                             "Time until the first byte that was not spent waiting for hosts.", Labels{},
                             added_buckets};
  CounterFamily received{registry, "isocost_received_bytes_total", "Bytes read from clients."};
  CounterFamily sent{registry, "isocost_sent_bytes_total", "Bytes handed to clients."};

  CounterFamily attempts{
      registry, "isocost_attempts_total",
      "Attempts at an endpoint, by outcome: success or the kind of failure. credential: it refused "
      "our key; payment: our account there has no money left.",
      Labels{"endpoint", "model", "outcome"}};
  CounterFamily tls_failures{registry, "isocost_tls_failures_total",
                             "Attempts that got no secure connection to the endpoint, by what was wrong.",
                             Labels{"endpoint", "model", "fault"}};
  HistogramFamily first_token{registry, "isocost_time_to_first_token_seconds",
                              "From dispatch to the first delta of any kind, reasoning included.", endpoint,
                              first_token_buckets};
  HistogramFamily attempt_time{registry, "isocost_attempt_duration_seconds",
                               "From dispatch to the end of the endpoint's whole reply.", endpoint,
                               total_buckets};
  HistogramFamily per_token{registry, "isocost_time_per_output_token_seconds",
                            "Mean time between two output tokens of a streamed reply.", endpoint,
                            token_buckets};
  HistogramFamily gap{registry, "isocost_inter_token_gap_max_seconds",
                      "The longest wait between two deltas of one streamed reply.", endpoint, gap_buckets};
  CounterFamily tokens{registry, "isocost_tokens_total",
                       "Tokens as the hosts counted them. prompt includes cached, output includes reasoning.",
                       Labels{"endpoint", "model", "type"}};
  CounterFamily dollars{registry, "isocost_spent_dollars_total", "What the hosts bill, as far as known.",
                        endpoint};
  GaugeFamily in_flight{registry, "isocost_attempts_in_flight", "Attempts under way at the endpoint.",
                        endpoint};
  GaugeFamily standing{registry, "isocost_endpoint_state",
                       "1 for the state the endpoint is in: serving, cooling (it asked us to wait), open "
                       "(circuit breaker), trial, not_ready (an engine of one's own that says so).",
                       Labels{"endpoint", "model", "state"}};

  GaugeFamily engine{
      registry, "isocost_engine_requests",
      "Of an engine of one's own: requests that it runs, that wait there, and those of both that are not "
      "this gateway's.",
      Labels{"endpoint", "model", "which"}};

  GaugeFamily connections{registry, "isocost_client_connections", "Connections of clients that are open."};
  CounterFamily malformed{registry, "isocost_malformed_requests_total",
                          "Requests refused by the HTTP gate, before anything else looked at them."};
  CounterFamily accept_paused{registry, "isocost_accept_pauses_total",
                              "Times that accepting connections was paused for want of descriptors."};
  CounterFamily refused{registry, "isocost_refused_connections_total",
                        "Connections closed at once, and requests refused, because their address had all it "
                        "may have."};
  CounterFamily turned_away{
      registry, "isocost_turned_away_total",
      "Connections and bodies answered with 503, because the gateway had all it may have.",
      Labels{"for_want_of"}};
  CounterFamily given_up{registry, "isocost_idle_connections_given_up_total",
                         "Idle connections of clients closed to make room for new ones."};
  CounterFamily handshakes{registry, "isocost_tls_handshake_failures_total",
                           "Connections of clients on which no TLS session could be made."};
  GaugeFamily certificate_expires{
      registry, "isocost_tls_certificate_expiry_timestamp_seconds",
      "When the certificate that clients are shown ends, in seconds since 1970. Absent without TLS."};
  CounterFamily escaped{registry, "isocost_escaped_exceptions_total",
                        "Exceptions that ended in a loop's last resort. Each one is a bug."};
  CounterFamily lost_lines{registry, "isocost_lost_log_lines_total", "Lines of the request log not written."};
  CounterFamily dropped{registry, "isocost_dropped_records_total",
                        "Records of requests that could not be handed over for counting."};
  CounterFamily reloads{registry, "isocost_config_reloads_total", "Reloads of the configuration.",
                        Labels{"result"}};
  CounterFamily ledger{
      registry, "isocost_ledger_entries_total",
      "Requests by what became of their entries in the ledger: written, or lost because the disk "
      "took nothing for too long.",
      Labels{"outcome"}};
  CounterFamily ledger_faults{
      registry, "isocost_ledger_faults_total",
      "Times that the ledger could not be written; what it was to hold stays in journals."};
  CounterFamily tenant_requests{registry, "isocost_tenant_requests_total",
                                "Requests by team, and by key where `metrics.tenants` says so.", tenant};
  CounterFamily tenant_prompt{registry, "isocost_tenant_prompt_tokens_total",
                              "Tokens of prompts, cached ones included, by team or key.", tenant};
  CounterFamily tenant_output{registry, "isocost_tenant_output_tokens_total",
                              "Tokens of answers, by team or key.", tenant};
  CounterFamily tenant_cost{registry, "isocost_tenant_cost_dollars_total",
                            "What hosts bill for requests of the team or key, all attempts together.",
                            tenant};
  CounterFamily tenant_charged{registry, "isocost_tenant_charged_dollars_total",
                               "What of it counts against the quotas of the team or key.", tenant};
  CounterFamily limits_hit{
      registry, "isocost_limits_hit_total",
      "Requests that a quota kept waiting or out, by whose it is, what it counts and in which window.",
      Labels{"of", "limit", "outcome"}};
  GaugeFamily ledger_waiting{registry, "isocost_ledger_waiting_bytes",
                             "Entries in the journals that the ledger does not have on disk yet."};
  GaugeFamily ledger_lag{registry, "isocost_ledger_lag_seconds",
                         "Since when entries wait for the disk; 0 while none does."};
  GaugeFamily journal_used{registry, "isocost_journal_used_ratio",
                           "Share of the fullest worker's journal that is used: full, requests with a budget "
                           "are refused."};
  GaugeFamily reserved_requests{registry, "isocost_reserved_requests",
                                "Requests under way for which something of a quota is set aside."};
  GaugeFamily sharing_gateways{
      registry, "isocost_sharing_gateways",
      "Gateways that were heard of within 5 s by the server through which quotas are shared."};
  GaugeFamily sharing_away{registry, "isocost_sharing_away",
                           "1 while the server through which quotas are shared does not answer."};
  GaugeFamily leased_dollars{registry, "isocost_leased_dollars",
                             "The most money that one of those who pay has in hand here, of budgets that "
                             "several gateways share."};
  GaugeFamily keys_away{registry, "isocost_keys_away",
                        "1 while the store of keys that other gateways change cannot be looked at."};
  GaugeFamily reserved_dollars{
      registry, "isocost_reserved_dollars",
      "Money set aside for requests under way, at the one of all keys, teams, users and "
      "everybody with the most."};
  GaugeFamily budget{registry, "isocost_policy_budget_dollars",
                     "What requests under the policy should cost in a day (`budget`).", Labels{"policy"}};
  GaugeFamily budget_spent{registry, "isocost_policy_spent_today_dollars",
                           "What requests under the policy have cost today.", Labels{"policy"}};
  GaugeFamily budget_money{registry, "isocost_policy_money_factor",
                           "How much a dollar to a host counts under the policy: 1 within the day's plan, at "
                           "most 10.",
                           Labels{"policy"}};
  GaugeFamily generation{registry, "isocost_config_generation", "Generation of the configuration in use."};
  GaugeFamily snapshot_version{registry, "isocost_snapshot_version",
                               "Version of the newest market snapshot."};
  GaugeFamily snapshot_age{registry, "isocost_snapshot_age_seconds", "Age of the newest market snapshot."};
  GaugeFamily build{registry, "isocost_build_info", "Always 1; the version is a label.", Labels{"version"}};

  GaugeFamily resident{registry, "process_resident_memory_bytes", "Resident memory."};
  GaugeFamily virtual_memory{registry, "process_virtual_memory_bytes", "Virtual memory."};
  CounterFamily cpu{registry, "process_cpu_seconds_total", "User and system CPU time."};
  GaugeFamily open_files{registry, "process_open_fds", "Open file descriptors."};
  GaugeFamily most_files{registry, "process_max_fds", "Limit of open file descriptors."};
  GaugeFamily start_time{registry, "process_start_time_seconds", "When the process began, since 1970."};
};

}  // namespace gateway
