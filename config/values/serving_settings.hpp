// How the gateway itself runs, as an operator says it: where it listens, what it bears, what it keeps and
// tells. Plain data.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/values/access.hpp"
#include "config/values/secret.hpp"
#include "config/values/units.hpp"

namespace config {

struct ServingLimits {
  std::size_t max_head_bytes = 32u << 10;
  std::size_t max_body_bytes = 32u << 20;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{10'000};  // for each KiB/s of body to fall behind; see faults
  std::chrono::milliseconds keep_alive{75'000};
  std::chrono::milliseconds write_idle_timeout{60'000};
  std::chrono::milliseconds deadline{600'000};  // all attempts until the first byte; a policy may set less
  std::chrono::milliseconds comment_after{15'000};  // of a stream's silence, and again; 0: no comments
  std::chrono::milliseconds drain_delay{0};         // between the order to stop and the end of accepting
  std::chrono::milliseconds drain_timeout{300'000};
  std::chrono::milliseconds queue_timeout{5'000};  // for a provider at its max_in_flight; 0: no waiting
  int max_queued = 1'000;                          // requests that wait so, per worker
  int max_requests = 0;  // under way in the whole gateway, waiting ones included; 0: no limit of its own
  std::size_t body_budget = 256u << 20;  // bytes of all larger bodies under way together; beyond it 503
  int max_connections = 0;               // of the whole gateway; 0: 45 % of the process's file limit
  // Neither this machine's own addresses nor `trusted_proxies` are counted; whom those name is. 0: no limit.
  int max_connections_per_ip = 256;
};

// The addresses that begin with the same `bits`. IPv4 stands in its IPv6 form, ::ffff:a.b.c.d.
struct AddressRange {
  std::array<unsigned char, 16> first{};
  int bits = 128;

  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

// What attempts beyond the first may add to the traffic where they go to hosts that are failing or were asked
// before by the same request.
struct RetrySettings {
  double share = 0.2;     // of the requests
  int burst = 5;          // and in 10 s beside it
  double per_host = 0.5;  // of both, because of one host's failures
};

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// With it clients reach `listen` over TLS alone. The files are in PEM form.
struct ListenerTls {
  std::string certificate;  // with those that it was signed by
  std::string key;
  std::string client_ca;                // who signs clients' certificates; empty: none are asked for
  bool is_certificate_required = true;  // where `client_ca` is said
  bool admin = false;                   // `Settings::admin`, too
  bool http2 = false;                   // for clients that can; else HTTP/1.1 alone

  friend bool operator==(const ListenerTls&, const ListenerTls&) = default;
};

enum class LogRequests { all, failures, none };

struct LogSettings {
  LogRequests requests = LogRequests::all;
  std::string file;  // empty: standard output
};

// Decisions and outcomes of requests, kept for replaying them. Never prompts or answers.
struct RecordsSettings {
  bool enabled = true;
  bool is_named = false;            // whether the configuration names the file
  std::string file;                 // empty: in the state directory, or where there is none, nowhere
  std::size_t max_size = 1u << 30;  // the oldest go beyond this many bytes
  std::chrono::hours keep{24 * 7};  // or beyond this age

  friend bool operator==(const RecordsSettings&, const RecordsSettings&) = default;
};

// Whom the costs of attempts that the client got nothing of are charged to: the client's key, or nobody.
enum class Charged { everything, answer };

// What requests cost, kept in the state directory or in PostgreSQL.
struct LedgerSettings {
  bool enabled = true;
  std::string url;                   // postgresql://..., without a password; empty: the state directory
  Secret password;                   // empty: as PostgreSQL's own client finds it
  bool required = false;             // nobody is served while it cannot be written, not only who has a budget
  std::chrono::hours keep{24 * 90};  // single requests; their sums by day are kept for ever
  std::size_t journal = std::size_t{16} << 20;  // of each worker: what waits for the disk
  Charged charged = Charged::everything;

  friend bool operator==(const LedgerSettings&, const LedgerSettings&) = default;
};

// Where gateways that share a ledger share their quotas, too.
struct RedisSettings {
  std::string url;  // redis://host:port/database, without a password; empty: nowhere
  std::string user;
  Secret password;
  bool shares_measurements = true;  // what is measured of hosts, beside quotas and what policies have spent

  friend bool operator==(const RedisSettings&, const RedisSettings&) = default;
};

// By whom what is counted for Prometheus is told apart.
enum class Tenants { team, key, none };

struct MetricsSettings {
  Tenants tenants = Tenants::team;

  friend bool operator==(const MetricsSettings&, const MetricsSettings&) = default;
};

// OpenTelemetry's names for what models are asked have changed: those of October 2026, and those before them.
enum class GenAiNames : std::uint8_t { of_october_2026, of_1_41 };

// What spans are called that go to a collector, which the environment names.
struct TelemetrySettings {
  GenAiNames genai_names = GenAiNames::of_october_2026;
};

// Small questions that the gateway asks of hosts whose answers hardly anybody sees, to find what changed
// there.
struct CanarySettings {
  Money a_day{50'000'000};                   // the most that an endpoint's may cost in a day
  std::chrono::milliseconds every{900'000};  // between two to an endpoint, in the mean

  friend bool operator==(const CanarySettings&, const CanarySettings&) = default;
};

// How it is found out whether answers have become worse, beside looking at what passes.
struct QualityWatch {
  std::optional<CanarySettings> canaries{};  // absent: none are asked

  friend bool operator==(const QualityWatch&, const QualityWatch&) = default;
};

// Who is told that four fifths of a limit are used.
struct NotifySettings {
  std::optional<BaseUrl> webhook{};  // absent: nobody; its path includes what stands behind a `?`
  Secret token;                      // sent to it as a Bearer token; empty: none

  friend bool operator==(const NotifySettings&, const NotifySettings&) = default;
};

// Pages of other sites that may call from a browser.
struct CorsSettings {
  std::vector<std::string> origins;  // "https://app.example.com"; "*": every one
};

}  // namespace config
