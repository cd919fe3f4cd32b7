// What Prometheus scrapes. The only part that sees prometheus-cpp; all families stand in one list in
// metrics_families.hpp. Labels come from the configuration, never from a client. Each family has a bound to
// its series, buckets counted, 20,000 in all: what would be one more is counted under "other". record, adopt
// and observe belong to the control loop; count and text may be called from every thread.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/metrics/family_facts.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/observe/shadows.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

// What happens outside of any request's record.
enum class Event {
  header_timeout,     // a client did not finish its request's head in time
  body_timeout,       // nor its body
  write_stall,        // a client stopped reading
  idle_timeout,       // a kept-alive connection without a next request
  malformed_request,  // refused by the strict gate
  accept_paused,      // out of descriptors
  escaped_exception,  // caught around a loop's run()
  log_line_lost,      // the request log could not be written
  record_dropped,     // the way to the control loop was full
  reload_succeeded,
  reload_failed,
  address_refused,         // a connection or request beyond what its address may have
  connection_turned_away,  // answered with 503, because the gateway had all it may have
  idle_given_up,           // a kept-alive connection closed to make room for another
  body_turned_away,        // a body beyond the memory for all of them
  tls_handshake_failed,    // a client's
  ledger_entry_written,
  ledger_entry_lost,  // its journal was full
  ledger_write_failed,
  span_dropped,  // a part of a trace that no collector took
  bulletin_told,
  bulletin_heard,
  bulletin_refused,
  glimpse_left_out,  // measured, and not told to other gateways
  http2_agreed,      // with a client, for one connection
  http2_cut_off,     // such a connection, whose client asked for more work than its requests are worth
  left_in_head,      // a client closed before its request's head was whole
  left_in_body,      // or its body
};
inline constexpr std::size_t event_count = static_cast<std::size_t>(Event::left_in_body) + 1;

class Metrics {
 public:
  Metrics(std::string_view version, std::shared_ptr<const routing::Catalogue> catalogue);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Takes a new generation. What was counted for endpoints that are still there goes on; the others' series
  // end.
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue);
  // Counts one request. Looks nothing up by text but the model's name.
  void record(const Record& record);
  // Sets the gauges; to be called before each text(), or once a second.
  void observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight, config::TimePoint now,
               std::span<const routing::EndpointIndex> drained = {});
  void count(Event event, std::uint64_t times = 1);
  // Bytes and connections as the listener sees them: gauges, set before each text().
  void observe_connections(int open);
  // When the certificate that clients are shown ends, seconds since 1970.
  void observe_certificate(std::int64_t expires);
  // Requests under way, and what of its memory the process uses, as a share.
  void observe_load(int under_way, double memory_used);
  // Requests for which something of a quota is set aside, and the most money of them at one of those who pay.
  void observe_reserved(std::size_t requests, double dollars);
  // Gateways that share quotas, whether their server does not answer, and the most money that one of those
  // who pay has in hand here.
  void observe_sharing(int gateways, bool is_away, double leased_dollars);
  // With how many gateways the market is one, this one counted, and since when they were not listened to.
  void observe_shared_market(std::size_t gateways, config::Duration age);
  // Whether keys that others change cannot be looked at.
  void observe_keys_away(bool is_away);
  // What waits for the ledger's disk, since when, and the share of the fullest journal that is used.
  void observe_ledger(std::size_t waiting_bytes, config::Duration lag, double journal_used);
  // How a policy's budget for the day stands, in dollars, and how much money counts for that.
  void observe_budget(std::string_view policy, double a_day, double spent, double money);
  // Of policies that may be gone; those that are there are told again.
  void forget_budgets();
  // Of `whose` budgets the share that is used the most; and that is expected when they refill, where it is
  // known.
  struct Budget {
    std::string_view whose;
    double used = 0;
    std::optional<double> forecast{};
  };
  void observe_budgets(std::span<const Budget> budgets);
  // What policies require of ttft.p90, in seconds; those of earlier ones end.
  void observe_limits(std::span<const std::pair<std::string, double>> by_policy);
  // One that was asked, what it cost, and the share of its endpoint's budget for the day that is used.
  void observe_canary(bool is_answered, double dollars, double budget_used, config::TimePoint now);
  // Where policies in shadow stand, and the requests that nobody could judge for them; those that are gone
  // end.
  void observe_shadows(std::vector<ShadowStanding> standings, std::uint64_t left_out);
  // The text exposition format, version 0.0.4.
  std::string text() const;
  // Every family there is, as they stand in the list.
  const std::vector<FamilyFacts>& families() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gateway
