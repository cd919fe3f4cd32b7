// Who hosts what, as an operator says it: providers, models, and the endpoints where both meet. Plain data.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/access.hpp"
#include "config/values/engine.hpp"
#include "config/values/format.hpp"
#include "config/values/prices.hpp"
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

// As which member of an answer of the history a host of OpenAI's chat is told what was thought for it. none:
// it is told nothing of it, because it refuses or ignores it.
enum class EarlierThinking { reasoning_content, reasoning, none };
inline constexpr std::array<std::string_view, 3> earlier_thinking_names{"reasoning_content", "reasoning",
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
  EarlierThinking earlier_thinking = EarlierThinking::reasoning_content;
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

}  // namespace config
