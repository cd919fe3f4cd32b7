// What an operator can set, already validated. Plain data: no YAML, no I/O, no behaviour.
// Loaded by load.hpp; immutable afterwards and shared by all threads.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/values/access.hpp"
#include "config/values/engine.hpp"
#include "config/values/format.hpp"
#include "config/values/prices.hpp"
#include "config/values/problem.hpp"
#include "config/values/quota.hpp"
#include "config/values/secret.hpp"
#include "config/values/units.hpp"

namespace config {

// What a request can need and an endpoint can do. An endpoint without the feature is left out.
enum class Feature { tools, json_object, json_schema, images, audio, files, reasoning, logprobs, prefill };
inline constexpr std::size_t feature_count = 9;
inline constexpr std::array<std::string_view, feature_count> feature_names{
    "tools", "json_object", "json_schema", "images", "audio", "files", "reasoning", "logprobs", "prefill"};
using Features = std::bitset<feature_count>;

enum class Quantization { unknown, int4, int8, fp4, mxfp4, nvfp4, fp6, fp8, mxfp8, fp16, bf16, fp32 };
inline constexpr std::array<std::string_view, 12> quantization_names{
    "unknown", "int4", "int8", "fp4", "mxfp4", "nvfp4", "fp6", "fp8", "mxfp8", "fp16", "bf16", "fp32"};

// The policies that there are without any in the configuration, and the one that decides where nothing says
// which.
inline constexpr std::array<std::string_view, 6> shipped_policy_names{
    "balanced", "cheapest", "fastest", "interactive", "batch", "openrouter"};
inline constexpr std::string_view usual_policy = shipped_policy_names[0];

// Whose API it is: which formats it speaks, and where it expects its credential, where nothing else is said.
enum class Dialect { openai, anthropic, google, bedrock, azure };

// How a model is told to think: not at all, by a number of tokens, or by an effort that it fills as it likes.
enum class Thinking { none, budget, adaptive };

// In which words a host of OpenAI's chat is told how much to think. as_it_came: OpenAI's own, and whatever
// else the client says. none: in no words, because it takes none.
enum class ReasoningSwitch {
  as_it_came,
  effort,                    // reasoning_effort: "high"
  reasoning,                 // reasoning: {effort: "high"}, as OpenRouter has it
  reasoning_enabled,         // reasoning: {enabled: true}
  thinking,                  // thinking: {type: "enabled"}
  enable_thinking,           // enable_thinking: true, thinking_budget: 1024
  template_enable_thinking,  // chat_template_kwargs: {enable_thinking: true}
  template_thinking,         // chat_template_kwargs: {thinking: true}
  none,
};
inline constexpr std::array<std::string_view, 9> reasoning_switch_names{"as_it_came",
                                                                        "effort",
                                                                        "reasoning",
                                                                        "reasoning_enabled",
                                                                        "thinking",
                                                                        "enable_thinking",
                                                                        "template_enable_thinking",
                                                                        "template_thinking",
                                                                        "none"};

// What of its prompts a host writes to its cache, and bills: whatever it is sent, or what `cache_control`
// marks.
enum class CacheWrites { all, marked };

// What becomes of a text between <think> and </think> that begins an answer: reasoning; what it is, text; or
// reasoning also without its begin, which some hosts' templates put into the prompt.
enum class ThinkTags { reasoning, text, opened };

// What the host does with prompts. Absent means unknown, and unknown counts as the worst.
struct DataPolicy {
  std::optional<bool> retains_prompts{};
  std::optional<bool> trains_on_prompts{};
  std::optional<bool> zero_data_retention{};

  friend bool operator==(const DataPolicy&, const DataPolicy&) = default;
};

struct ProviderLimits {
  std::chrono::milliseconds connect_timeout{2'000};        // resolve and connect, per attempt
  std::chrono::milliseconds tls_handshake_timeout{5'000};  // after connecting
  std::chrono::milliseconds first_token_timeout{120'000};  // from the request written to the first data event
  std::chrono::milliseconds liveness_timeout{30'000};   // between two bytes of an answer, comments included
  std::chrono::milliseconds progress_timeout{180'000};  // between two data events of a stream
  std::chrono::milliseconds keep_alive{60'000};         // how long an idle connection is kept
  int max_idle_connections = 256;                       // per worker
  int warm_connections = 1;                             // per worker, before anybody needs them
  std::optional<int> max_in_flight{};                   // over all workers; absent: unlimited
  KeyLimits each_key{};              // what the host lets every key do, unless `of_keys` says otherwise
  std::vector<KeyLimits> of_keys{};  // of single keys, in the order of the credentials

  friend bool operator==(const ProviderLimits&, const ProviderLimits&) = default;
};

struct ProviderSettings {
  ProviderName name;
  std::string display_name;  // "DeepSeek"; the name when not set
  BaseUrl base_url;
  Dialect dialect = Dialect::openai;
  Formats speaks = Format::chat;  // of its endpoints, unless they say it themselves
  Secret credential;              // empty: none is sent
  std::string
      credential_header;  // instead of the dialect's own: "api-key"; the credential alone is its value
  std::string credential_source;  // "${DEEPSEEK_API_KEY}", for messages; never the secret
  AccessSettings access;
  ReasoningSwitch reasoning_switch = ReasoningSwitch::as_it_came;  // unless its endpoints say it themselves
  std::string inference_geo;  // where Anthropic's models are asked to run: "us"; empty: it is not said
  std::optional<std::string> jurisdiction{};  // headquarters, ISO 3166-1 alpha-2; absent: unknown
  std::vector<std::string> regions;           // datacentres, ISO 3166-1 alpha-2
  DataPolicy data_policy;
  ProviderLimits limits;
  std::optional<std::string> ca_file{};  // trusted beside the system's roots
  // Whether closing the connection ends the bill; unknown counts as not.
  std::optional<bool> cancel_stops_billing{};
  bool keeps_responses = false;  // whether clients may refer to answers that it has stored (Responses)
  bool reports_cost = false;  // whether the cost in its usage is what it bills; openrouter.ai's is by default
  bool optional = false;      // left out, with its endpoints, while its credential is not there
  bool allow_plaintext = false;  // http beyond this machine: anyone on the way reads key and prompts
  bool traceparent = false;      // whether it is told to which trace a request belongs (W3C Trace Context)
  std::optional<EngineSettings> engine{};        // of one's own, watched while the gateway runs
  std::optional<DiscoverySettings> discovery{};  // each address of its name is a host
  std::string address;  // the one of them that this is; empty: whichever its name has

  friend bool operator==(const ProviderSettings&, const ProviderSettings&) = default;
};

// Whether nothing that it is told who asks by is there.
bool is_without_credential(const ProviderSettings& provider);
// All that nobody may read; some are empty.
std::vector<const Secret*> secrets_of(const ProviderSettings& provider);

// One model at one host.
struct EndpointSettings {
  EndpointName name;  // "deepinfra/turbo": the provider's name, or the provider's name / a variant
  ProviderName provider;
  std::string variant;             // empty: the provider's only endpoint of the model
  std::size_t provider_index = 0;  // in Settings::providers
  std::string host_model;          // what the host calls the model
  Formats speaks = Format::chat;   // as its provider, unless it says it itself
  Tokens context{};                // prompt and output together
  std::optional<Tokens> max_output{};
  std::optional<int> max_inputs{};  // texts of one embeddings request; absent: as many as come
  Quantization quantization = Quantization::unknown;
  Prices prices;                             // where none of the rules holds
  std::optional<MachineSettings> machine{};  // that `prices` come from
  std::vector<PriceRule> price_rules;
  Features features;
  // Where a request is put into another API for it:
  std::optional<Thinking> thinking{};  // absent: adaptive where `features` has reasoning, else none
  bool takes_sampling = true;          // temperature, top_p and top_k; newer models refuse them
  CacheWrites cache_writes = CacheWrites::all;
  ReasoningSwitch reasoning_switch =
      ReasoningSwitch::as_it_came;  // as its provider, unless it says it itself
  std::vector<std::string> tags;
};

struct ModelSettings {
  ModelName name;                  // "deepseek/deepseek-r1"
  std::vector<ModelName> aliases;  // "deepseek-r1"
  std::string display_name;
  std::string description;
  std::int64_t created = 0;  // seconds since 1970, for GET /v1/models
  ThinkTags think_tags = ThinkTags::reasoning;
  bool embeddings_equal = false;  // whether all its endpoints give the same vector for the same text
  std::vector<EndpointSettings> endpoints;
};

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
