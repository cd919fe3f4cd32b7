// Every family of metrics there is, in one list, with its name, its help and its labels. Only for
// metrics*.cpp. Names: isocost_, base units (seconds, bytes, tokens, dollars), counters end in _total.
#pragma once

#include "gateway/metrics/busiest.hpp"
#include "gateway/metrics/metric_family.hpp"
#include "gateway/overload/shed.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// Upper bounds in seconds. Reasoning models think for minutes before the first visible word, hence the long
// tails; at most 21, so that about 40 models fit into one family. An endpoint has few of its own: there may
// be hundreds.
inline const std::vector<double> first_token_buckets{.025, .05, .1, .2, .4, .6, .8, 1,   1.5, 2.5, 5,
                                                     7.5,  10,  15, 20, 30, 45, 60, 120, 300, 600};
inline const std::vector<double> endpoint_buckets{.1, .25, .5, 1, 2.5, 5, 15, 60};
inline const std::vector<double> policy_buckets{.25, .5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 30, 60, 120};
inline const std::vector<double> line_buckets{.25, 1, 2.5, 5, 30};
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
  MetricRegistry registry;
  using Labels = std::vector<std::string>;
  const Labels endpoint{"endpoint", "model"}, model{"model"}, policy{"policy", "model"};
  const Labels tenant{"team", "key"};
  // Of a label that has so many values, one more for what is none of them.
  static constexpr std::size_t one_of(std::size_t values) { return values + 1; }
  static constexpr std::size_t tls_faults = static_cast<std::size_t>(routing::TlsFault::unfinished);
  static constexpr std::size_t of_policies = 200, of_tenants = 330, of_checks = 4 * 3 + 1, of_demoted = 40,
                               of_shadows = 32, of_budgets = 100, of_evidence = 100;

  CounterFamily requests{registry, "isocost_requests_total", "Requests by how they ended for the client.",
                         Labels{"path", "model", "status", "ending"}};
  CounterFamily rejected{
      registry,
      "isocost_rejected_requests_total",
      "Requests answered with an error of the gateway, by its code. A key that was not given is "
      "missing_api_key, one that is not known invalid_api_key; a host's 401 is neither.",
      Labels{"code"},
      {},
      of_policies};
  CounterFamily client_aborts{registry,
                              "isocost_client_aborts_total",
                              "Clients that closed first, by how far their request was: in its head or body, "
                              "before an attempt, waiting for an answer, streaming.",
                              Labels{"phase"},
                              {},
                              one_of(5)};
  CounterFamily budgeted_retries{
      registry,
      "isocost_budgeted_retries_total",
      "Further attempts at hosts that are failing or were asked before by the same request: paid from "
      "the budget of retries, or refused for want of it.",
      Labels{"outcome"},
      {},
      one_of(2)};
  CounterFamily repeats{registry, "isocost_repeated_requests_total",
                        "Requests that were sent to a host once more, because it had closed a kept "
                        "connection; what it did with the first one is not known."};
  CounterFamily hedges{
      registry,
      "isocost_hedges_total",
      "Second requests beside a host that was slow to begin, by what became of them: won, the "
      "client got its answer, or the beginning; lost, the first host was quicker; failed, of "
      "itself; client_left, before either had answered.",
      Labels{"outcome"},
      {},
      one_of(4)};
  CounterFamily shed{
      registry,
      "isocost_shed_requests_total",
      "Requests turned away for nothing but load, by their priority and why: too_late (so many wait for the "
      "same hosts that it could not have begun in time), line_full, displaced (somebody whose turn is "
      "earlier took its place), outwaited (its time in line was over), requests, memory, lag (the loop is "
      "behind).",
      Labels{"priority", "reason"},
      {},
      3 * (shed_reasons - 1)};
  HistogramFamily line_time{registry,
                            "isocost_line_wait_seconds",
                            "How long requests waited in line, for quotas or for a host with room, of those "
                            "that did, by priority.",
                            Labels{"priority"},
                            line_buckets,
                            3 * 8};
  CounterFamily continued{registry,
                          "isocost_continuations_total",
                          "Attempts that went on with a stream that had broken, by what became of them.",
                          Labels{"outcome"},
                          {},
                          4};
  CounterFamily client_retries{registry, "isocost_client_retries_total",
                               "Requests that a client's SDK said to be a retry."};
  CounterFamily timeouts{
      registry, "isocost_timeouts_total", "Limits of time that were reached.", Labels{"phase"}, {},
      one_of(7)};
  CounterFamily fallbacks{registry,
                          "isocost_fallbacks_total",
                          "Attempts that another one followed, by why they failed.",
                          Labels{"reason"},
                          {},
                          one_of(routing::failure_kinds + 1)};  // and `ran_on`
  CounterFamily picks{registry,
                      "isocost_picks_total",
                      "Choices of an endpoint, by the reason of the choice.",
                      Labels{"reason"},
                      {},
                      one_of(routing::reason_count)};
  CounterFamily left_out{registry, "isocost_left_out_total",
                         "Endpoints that the decision for a request's first attempt left out, by why: "
                         "policy_allow, policy_require, always, context, cooling and so on.",
                         Labels{"policy", "model", "reason"}};
  CounterFamily nobody_left{registry,
                            "isocost_nobody_left_total",
                            "Requests for whose first attempt every endpoint was left out.",
                            policy,
                            {},
                            of_policies};
  CounterFamily relaxed{
      registry,
      "isocost_relaxed_requests_total",
      "Requests for which limits of the policy's `require` were given up, because nobody met "
      "them.",
      policy,
      {},
      of_policies};
  CounterFamily regret{
      registry,
      "isocost_regret_dollars_total",
      "How much dearer first choices were than the best other endpoint, by what is known of both once the "
      "request is over; waiting and failing included, one request's luck not.",
      policy,
      {},
      of_policies};
  CounterFamily regret_sd{
      registry,
      "isocost_regret_sd_dollars_total",
      "Standard deviations of the differences behind isocost_regret_dollars_total, of the "
      "choices that were dearer: a bound to how wrong that sum may be.",
      policy,
      {},
      of_policies};
  CounterFamily judged_cost{registry,
                            "isocost_judged_cost_dollars_total",
                            "What the choices behind isocost_regret_dollars_total cost, waiting and failing "
                            "included: regret over it is its share.",
                            policy,
                            {},
                            of_policies};
  CounterFamily judged{registry,
                       "isocost_judged_requests_total",
                       "Requests whose first choice was judged once they were over, by whether another "
                       "endpoint would have been better: best, dearer, unsure (dearer by less than two "
                       "standard deviations).",
                       Labels{"policy", "model", "verdict"},
                       {},
                       3 * of_policies};
  CounterFamily shadow_requests{
      registry,
      "isocost_shadow_requests_total",
      "Requests that were decided under a policy in shadow (`shadow`), too, by the policy in force and by "
      "what "
      "came of it: judged; forbidden (it might have chosen whom the policy in force never allows), unserved "
      "(it would have left nobody), unmeasured (it would have chosen whom nothing is known of). Of the 32 "
      "pairs "
      "with the most requests.",
      Labels{"policy", "shadow", "model", "outcome"},
      {},
      4 * of_shadows + 5};
  GaugeFamily shadow_difference{
      registry,
      "isocost_shadow_difference",
      "What a policy in shadow would add to a request; less than zero: what it would save. `measure` is cost "
      "(dollars, waiting and failing included, at the values of the policy in force), billed (dollars that "
      "hosts bill) or answer (seconds until the whole answer); `bound` is mean, or low or high of a 95 % "
      "interval that may be looked at at any time, of the requests that were judged. Absent while there is "
      "too little for one, and where nothing may be done by it: some would be forbidden or unserved, or more "
      "than a tenth unmeasured.",
      Labels{"policy", "shadow", "model", "measure", "bound"},
      {},
      9 * of_shadows + 5};
  CounterFamily shadow_left_out{registry, "isocost_shadow_left_out_total",
                                "Requests that were not decided under the policies in shadow: too many at a "
                                "time, or the configuration or what was known then is gone."};
  CounterFamily policy_dollars{registry,
                               "isocost_policy_spent_dollars_total",
                               "What the hosts bill for requests, by the policy that decided.",
                               policy,
                               {},
                               of_policies};
  HistogramFamily policy_first_token{
      registry,
      "isocost_policy_first_token_seconds",
      "From the request read to the first visible token of the attempt that served, by policy.",
      Labels{"policy"},
      policy_buckets,
      600};
  GaugeFamily first_token_limit{registry,
                                "isocost_policy_first_token_limit_seconds",
                                "What a policy's `require` says of ttft.p90.",
                                Labels{"policy"},
                                {},
                                of_budgets};
  GaugeFamily budget_used{
      registry,
      "isocost_budget_used_ratio",
      "Of a budget in dollars what is used or set aside, as a share: the one of everybody, and "
      "of all teams and of all keys the one that is used most.",
      Labels{"whose"},
      {},
      one_of(4)};
  GaugeFamily budget_forecast{
      registry,
      "isocost_budget_forecast_ratio",
      "What will be used of a budget in dollars when it refills, if it goes on like this, "
      "as a share: of each kind the highest.",
      Labels{"whose"},
      {},
      one_of(4)};
  CounterFamily side_dollars{registry,
                             "isocost_side_spent_dollars_total",
                             "Of what the hosts bill: for attempts that another one outran (hedge) or that "
                             "failed (failure), of which none is whose client left. And what "
                             "exploring was expected to cost beyond the best, waiting included (exploring).",
                             Labels{"on"},
                             {},
                             one_of(3)};
  HistogramFamily request_time{registry, "isocost_request_duration_seconds",
                               "From the request read to the end of its answer.", Labels{"path"},
                               total_buckets};
  HistogramFamily decision_time{registry, "isocost_decision_duration_seconds",
                                "Time to choose, all attempts of a request together.", Labels{},
                                decision_buckets};
  HistogramFamily added_time{registry, "isocost_added_latency_seconds",
                             "Time until the first byte that was not spent waiting for hosts.", Labels{},
                             added_buckets};
  CounterFamily received{registry, "isocost_received_bytes_total",
                         "Bytes of requests read from clients, without their heads."};
  CounterFamily sent{registry, "isocost_sent_bytes_total",
                     "Bytes of answers handed to clients, without their heads."};

  // Of one endpoint at most 30 series, of an engine of one's own four more, one more of one that was both
  // drained and demoted, and one while anything of its answers is noted: `busiest` of them have their own,
  // all others are one, "other".
  static constexpr std::size_t of_endpoints(std::size_t each) { return (Busiest::most + 1) * each; }
  static constexpr std::size_t outcomes = 5, token_types = 5, states = 6;
  CounterFamily attempts{
      registry,
      "isocost_attempts_total",
      "Attempts at an endpoint, by outcome: success or the kind of failure; kinds beyond the first three of "
      "an "
      "endpoint are other. credential: it refused our key; payment: our account there has no money left; "
      "ran_on: its answer was cut off, far beyond what was asked for.",
      Labels{"endpoint", "model", "outcome"},
      {},
      of_endpoints(outcomes)};
  HistogramFamily endpoint_first_token{
      registry,
      "isocost_endpoint_first_token_seconds",
      "From dispatch to the first delta of any kind, reasoning included, by endpoint.",
      endpoint,
      endpoint_buckets,
      of_endpoints(11)};
  CounterFamily attempt_seconds{registry,
                                "isocost_attempt_seconds_total",
                                "Time of attempts that succeeded, from dispatch to the end of the reply.",
                                endpoint,
                                {},
                                of_endpoints(1)};
  CounterFamily output_seconds{
      registry,
      "isocost_output_seconds_total",
      "Time of streamed replies from their first delta to their end: output tokens over it are tokens per "
      "second.",
      endpoint,
      {},
      of_endpoints(1)};
  CounterFamily tokens{registry,
                       "isocost_tokens_total",
                       "Tokens as the hosts counted them. prompt includes cached, output includes reasoning.",
                       Labels{"endpoint", "model", "type"},
                       {},
                       of_endpoints(token_types)};
  CounterFamily dollars{
      registry,       "isocost_spent_dollars_total", "What the hosts bill, as far as known.", endpoint, {},
      of_endpoints(1)};
  GaugeFamily in_flight{
      registry,       "isocost_attempts_in_flight", "Attempts under way at the endpoint.", endpoint, {},
      of_endpoints(1)};
  GaugeFamily standing{registry,
                       "isocost_endpoint_state",
                       "1 for the state the endpoint is in: serving, cooling (it asked us to wait), open "
                       "(circuit breaker), trial, drained (an operator took it out of service), not_ready "
                       "(an engine of one's own "
                       "that says so). Of other: how many are.",
                       Labels{"endpoint", "model", "state"},
                       {},
                       of_endpoints(states - 1)};

  HistogramFamily first_token{registry, "isocost_time_to_first_token_seconds",
                              "From dispatch to the first delta of any kind, reasoning included.", model,
                              first_token_buckets};
  HistogramFamily attempt_time{registry, "isocost_attempt_duration_seconds",
                               "From dispatch to the end of an endpoint's whole reply.", model,
                               total_buckets};
  HistogramFamily per_token{registry, "isocost_time_per_output_token_seconds",
                            "Mean time between two output tokens of a streamed reply.", model, token_buckets};
  HistogramFamily gap{registry, "isocost_inter_token_gap_max_seconds",
                      "The longest wait between two deltas of one streamed reply.", model, gap_buckets};
  CounterFamily tls_failures{registry,
                             "isocost_tls_failures_total",
                             "Attempts that got no secure connection to an endpoint, by what was wrong.",
                             Labels{"fault"},
                             {},
                             one_of(tls_faults)};

  GaugeFamily engine{
      registry,
      "isocost_engine_requests",
      "Of an engine of one's own: requests that it runs, that wait there, and those of both that are not "
      "this gateway's.",
      Labels{"endpoint", "model", "which"},
      {},
      of_endpoints(3)};

  // Only of endpoints that ever had one.
  GaugeFamily demoted{
      registry,
      "isocost_endpoint_demoted",
      "Checks that the endpoint's answers were found to pass less often than before, or than "
      "at other hosts; 0 once they pass them again. Only of endpoints of which any was found. "
      "Of other: of all of them.",
      endpoint,
      {},
      of_demoted};
  GaugeFamily evidence{
      registry,
      "isocost_quality_evidence",
      "Of the endpoint's check that is noted or demoted, the surest one: how many times as likely what came "
      "is, were it worse now, over many looks. canary_count, canary_answer: by canaries, beside the host's "
      "own past. Absent while nothing is noted.",
      Labels{"endpoint", "model", "check"},
      {},
      of_evidence};
  CounterFamily canaries{registry,
                         "isocost_canaries_total",
                         "Canaries that the gateway asked of hosts that few requests go to (`quality`).",
                         Labels{"outcome"},
                         {},
                         one_of(2)};
  CounterFamily canary_dollars{registry, "isocost_canary_spent_dollars_total",
                               "What hosts bill for canaries, what was set aside where that is not known."};
  GaugeFamily canary_budget{registry, "isocost_canary_budget_used_ratio",
                            "Of an endpoint's budget for canaries of the day what is used, as a share: of "
                            "the ones asked in the last hour the highest."};
  CounterFamily checked_answers{
      registry,
      "isocost_checked_answers_total",
      "Answers that were checked, by what on (tool_arguments: JSON, and as the tool's schema asks; json: "
      "where it was asked for; content: that there is any; finish: that it says how it ended) and outcome: "
      "passed, failed, unjudged.",
      Labels{"check", "outcome"},
      {},
      of_checks};

  GaugeFamily connections{registry, "isocost_client_connections", "Connections of clients that are open."};
  CounterFamily malformed{registry, "isocost_malformed_requests_total",
                          "Requests refused by the HTTP gate, before anything else looked at them. "
                          "isocost_rejected_requests_total says by which code."};
  CounterFamily accept_paused{registry, "isocost_accept_pauses_total",
                              "Times that accepting connections was paused for want of descriptors."};
  CounterFamily refused{registry, "isocost_refused_connections_total",
                        "Connections closed at once, and requests refused, because their address had all it "
                        "may have."};
  CounterFamily turned_away{
      registry,
      "isocost_turned_away_total",
      "Connections and bodies answered with 503, because the gateway had all it may have.",
      Labels{"for_want_of"},
      {},
      one_of(2)};
  CounterFamily given_up{registry, "isocost_idle_connections_given_up_total",
                         "Idle connections of clients closed to make room for new ones."};
  CounterFamily handshakes{registry, "isocost_tls_handshake_failures_total",
                           "Connections of clients on which no TLS session could be made."};
  CounterFamily http2{
      registry,
      "isocost_http2_connections_total",
      "Connections of clients on which HTTP/2 was agreed on, and those of them that were cut off, since a "
      "client asked for more work than its requests are worth: resets, pings or empty frames without end.",
      Labels{"what"},
      {},
      one_of(2)};
  GaugeFamily certificate_expires{
      registry, "isocost_tls_certificate_expiry_timestamp_seconds",
      "When the certificate that clients are shown ends, in seconds since 1970. Absent without TLS."};
  CounterFamily escaped{registry, "isocost_escaped_exceptions_total",
                        "Exceptions that ended in a loop's last resort. Each one is a bug."};
  CounterFamily lost_lines{registry, "isocost_lost_log_lines_total", "Lines of the request log not written."};
  CounterFamily dropped{registry, "isocost_dropped_records_total",
                        "Records of requests that could not be handed over for counting."};
  CounterFamily dropped_spans{registry, "isocost_dropped_spans_total",
                              "Spans of traces that the collector did not take in time."};
  CounterFamily reloads{
      registry, "isocost_config_reloads_total", "Reloads of the configuration.", Labels{"result"}, {},
      one_of(2)};
  CounterFamily ledger{
      registry,
      "isocost_ledger_entries_total",
      "Requests by what became of their entries in the ledger: written, or lost because the disk "
      "took nothing for too long.",
      Labels{"outcome"},
      {},
      one_of(2)};
  CounterFamily ledger_faults{
      registry, "isocost_ledger_faults_total",
      "Times that the ledger could not be written; what it was to hold stays in journals."};
  CounterFamily tenant_requests{registry,
                                "isocost_tenant_requests_total",
                                "Requests by team, and by key where `metrics.tenants` says so.",
                                tenant,
                                {},
                                of_tenants};
  CounterFamily tenant_prompt{registry,
                              "isocost_tenant_prompt_tokens_total",
                              "Tokens of prompts, cached ones included, by team or key.",
                              tenant,
                              {},
                              of_tenants};
  CounterFamily tenant_output{
      registry,  "isocost_tenant_output_tokens_total", "Tokens of answers, by team or key.", tenant, {},
      of_tenants};
  CounterFamily tenant_cost{registry,
                            "isocost_tenant_cost_dollars_total",
                            "What hosts bill for requests of the team or key, all attempts together.",
                            tenant,
                            {},
                            of_tenants};
  CounterFamily tenant_charged{registry,
                               "isocost_tenant_charged_dollars_total",
                               "What of it counts against the quotas of the team or key.",
                               tenant,
                               {},
                               of_tenants};
  CounterFamily limits_hit{
      registry,
      "isocost_limits_hit_total",
      "Requests that a quota kept waiting or out, by whose it is, what it counts and in which window.",
      Labels{"of", "limit", "outcome"},
      {},
      100};
  GaugeFamily ledger_waiting{registry, "isocost_ledger_waiting_bytes",
                             "Entries in the journals that the ledger does not have on disk yet."};
  GaugeFamily ledger_lag{registry, "isocost_ledger_lag_seconds",
                         "Since when entries wait for the disk; 0 while none does."};
  GaugeFamily journal_used{registry, "isocost_journal_used_ratio",
                           "Share of the fullest worker's journal that is used: full, requests with a budget "
                           "are refused."};
  GaugeFamily reserved_requests{registry, "isocost_reserved_requests",
                                "Requests under way for which something of a quota is set aside."};
  GaugeFamily requests_under_way{registry, "isocost_requests_under_way",
                                 "Requests under way, those that wait in line included."};
  GaugeFamily memory_used{registry, "isocost_memory_used_ratio",
                          "What the process uses of the memory that it may have; from 0.9 on new requests "
                          "are turned away. 0 where nothing bounds it."};
  GaugeFamily sharing_gateways{
      registry, "isocost_sharing_gateways",
      "Gateways that were heard of within 5 s by the server through which quotas are shared."};
  GaugeFamily sharing_away{registry, "isocost_sharing_away",
                           "1 while the server through which quotas are shared does not answer."};
  GaugeFamily leased_dollars{registry, "isocost_leased_dollars",
                             "The most money that one of those who pay has in hand here, of budgets that "
                             "several gateways share."};
  CounterFamily bulletins{
      registry,
      "isocost_market_bulletins_total",
      "What gateways told each other of what they measured: told by this one, heard from "
      "others, and refused because it was damaged, too old, or of another version or key.",
      Labels{"what"},
      {},
      4};
  CounterFamily glimpses_left_out{
      registry, "isocost_market_glimpses_left_out_total",
      "Of what this gateway measured, what the others were not told, since they had enough of that host."};
  GaugeFamily market_gateways{registry, "isocost_market_gateways",
                              "Gateways that share what they measure, this one counted; 0 where that is not "
                              "shared."};
  GaugeFamily market_age{registry, "isocost_market_exchange_age_seconds",
                         "How long ago other gateways were listened to; 0 where nothing is shared."};
  GaugeFamily keys_away{registry, "isocost_keys_away",
                        "1 while the store of keys that other gateways change cannot be looked at."};
  GaugeFamily reserved_dollars{
      registry, "isocost_reserved_dollars",
      "Money set aside for requests under way, at the one of all keys, teams, users and "
      "everybody with the most."};
  GaugeFamily budget{registry,
                     "isocost_policy_budget_dollars",
                     "What requests under the policy should cost in a day (`budget`).",
                     Labels{"policy"},
                     {},
                     of_budgets};
  GaugeFamily budget_spent{registry,
                           "isocost_policy_spent_today_dollars",
                           "What requests under the policy have cost today.",
                           Labels{"policy"},
                           {},
                           of_budgets};
  GaugeFamily budget_money{registry,
                           "isocost_policy_money_factor",
                           "How much a dollar to a host counts under the policy: 1 within the day's plan, at "
                           "most 10.",
                           Labels{"policy"},
                           {},
                           of_budgets};
  GaugeFamily generation{registry, "isocost_config_generation", "Generation of the configuration in use."};
  GaugeFamily snapshot_version{registry, "isocost_snapshot_version",
                               "Version of the newest market snapshot."};
  GaugeFamily snapshot_age{registry, "isocost_snapshot_age_seconds", "Age of the newest market snapshot."};
  GaugeFamily build{
      registry, "isocost_build_info", "Always 1; the version is a label.", Labels{"version"}, {}, one_of(1)};

  GaugeFamily resident{registry, "process_resident_memory_bytes", "Resident memory."};
  GaugeFamily virtual_memory{registry, "process_virtual_memory_bytes", "Virtual memory."};
  CounterFamily cpu{registry, "process_cpu_seconds_total", "User and system CPU time."};
  GaugeFamily open_files{registry, "process_open_fds", "Open file descriptors."};
  GaugeFamily most_files{registry, "process_max_fds", "Limit of open file descriptors."};
  GaugeFamily start_time{registry, "process_start_time_seconds", "When the process began, since 1970."};
};

}  // namespace gateway
