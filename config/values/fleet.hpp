// A fleet file: hosts that do not exist, and how they behave. Simulated hosts serve it over HTTP and the
// simulator runs it in simulated time. Plain data: no YAML, no I/O, no behaviour; immutable once loaded.
// Times are those of the hosts' own world; `Fleet::time_scale` says how much of a real second each of them
// takes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/values/settings.hpp"

namespace config {

// Time to the first token once a request has its slot:
//   (base + per_1000_prompt · uncached prompt / 1000) · exp(load · occupancy) · lognormal(log_sd)
struct FirstTokenBehaviour {
  Seconds base{0.5};              // median with an empty prompt at an idle host
  Seconds per_1000_prompt{0.05};  // for each 1,000 prompt tokens that are not in the cache
  double load = 0.5;              // ln of the slow-down when all slots are taken
  double log_sd = 0.25;
};

// Tokens per second that one request gets: tokens_per_second · (1 − load · occupancy) · lognormal(log_sd)
struct SpeedBehaviour {
  double tokens_per_second = 60;  // median at an idle host
  double load = 0.3;              // share lost when all slots are taken, 0..1
  double log_sd = 0.15;
};

// Requests that run together, and how many more may wait, first come first served.
struct BatchBehaviour {
  int slots = 64;
  int queue = 256;        // beyond it a request is refused
  int full_status = 503;  // how it is refused: 429 or 503
};

// Leading blocks of a prompt that the host has seen lately cost no time (and the price for cached tokens).
struct PromptCacheBehaviour {
  int block_tokens = 64;          // what is cached is a whole number of blocks
  Seconds time_to_live{300};      // since last use
  double reliability = 0.9;       // share of requests that reach the replica that has them
  std::size_t capacity = 65'536;  // blocks; the least recently used goes first
};

// Absent limits do not apply. Both are buckets that hold a minute's worth.
struct RateLimitBehaviour {
  std::optional<double> requests_per_minute{};
  std::optional<double> tokens_per_minute{};  // prompt when it comes, output when it ends
};

// How long answers are, before the host's verbosity. The same request has the same length at every host.
struct AnswerLengths {
  double median_tokens = 500;
  double log_sd = 0.7;
};

struct BusyHours {
  DailyWindow when;
  double ttft_factor = 2;
  double speed_factor = 0.7;
};

// Episodes that come by chance, both times exponentially distributed, or at set times since the start.
struct Recurrence {
  struct Window {
    Seconds at{};  // since the fleet's start
    Seconds length{};
  };
  std::optional<Seconds>
      mean_between{};  // from the end of one to the start of the next; absent: none by chance
  Seconds mean_length{60};
  std::vector<Window> scheduled;
};

struct BusyEpisodes {
  Recurrence when;
  double ttft_factor = 3;
  double speed_factor = 0.5;
};

// New requests are refused; those under way go on.
struct Outages {
  Recurrence when;
  int status = 503;  // 0: the connection is closed without a reply
};

// A slow wander of ln(TTFT) and of ln(speed) around their medians that forgets itself with `time_constant`.
struct Drift {
  double ttft_log_sd = 0;
  double speed_log_sd = 0;
  Seconds time_constant{600};
};

struct ErrorReply {
  int status = 500;
  double probability = 0;
};

// From a moment on: how many answers break what was asked for, in calls of tools and where JSON was asked
// for.
struct Lapses {
  Seconds at{};  // since the fleet's start
  double share = 0;
};

// From a moment on: another variant of the model answers, without a word, which counts its prompts otherwise.
struct Variant {
  Seconds at{};             // since the fleet's start
  double prompt_scale = 1;  // tokens it counts, over what it counted at first
};

// What goes wrong with single requests. Probabilities are per request.
struct Mishaps {
  std::vector<ErrorReply> errors;
  double cut = 0;                         // the connection breaks at some token
  double stall = 0;                       // tokens stop at some token
  std::optional<Seconds> stall_length{};  // absent: for good
  double straggler = 0;                   // unlucky placement: slow from beginning to end
  double straggler_factor = 5;
  std::vector<Lapses> lapses;     // in order of time
  std::vector<Variant> variants;  // in order of time
};

// From a moment on, or at certain hours.
struct PriceChange {
  Seconds at{};  // since the fleet's start
  Prices prices;
};
struct PriceWindow {
  DailyWindow when;
  Prices prices;
};

struct SimulatedHost {
  // Who it is: becomes a provider with one endpoint.
  ProviderName name;
  std::string display_name;  // the name when not set
  std::optional<std::uint16_t>
      port{};                // absent: the fleet's base port + its place in the list; 0: a free one
  std::string path = "/v1";  // before /chat/completions
  Secret key;                // the Bearer token it asks for; empty: none
  std::optional<std::string> jurisdiction{};  // headquarters, ISO 3166-1 alpha-2
  std::vector<std::string> regions;
  DataPolicy data_policy;
  bool cancel_stops_billing = false;
  std::string source;  // where its facts come from, with a date; for people

  // What it serves.
  ModelName model;              // one of Fleet::models
  std::vector<ModelName> also;  // others of them that it answers as, by their names: with the same capacity
  std::string host_model;       // what it calls the model; the model's name when empty
  Tokens context{131'072};
  std::optional<Tokens> max_output{};
  Quantization quantization = Quantization::unknown;
  Features features;
  std::vector<std::string> tags;
  Prices prices;
  std::vector<PriceChange> price_changes;  // in order of time
  std::vector<PriceWindow> price_windows;  // goes before what price_changes say

  // How it behaves.
  FirstTokenBehaviour ttft;
  SpeedBehaviour speed;
  BatchBehaviour batch;
  std::optional<PromptCacheBehaviour> prompt_cache{};  // absent: it has none
  RateLimitBehaviour rate_limits;
  double verbosity = 1;        // its answers' length over the usual
  double reasoning_share = 0;  // of the answer's tokens, which come first, as reasoning
  std::vector<BusyHours> busy_hours;
  std::optional<BusyEpisodes> busy_episodes{};
  std::optional<Outages> outages{};
  Drift drift;
  Mishaps mishaps;
};

struct SimulatedModel {
  ModelName name;  // "deepseek/deepseek-r1"
  std::vector<ModelName> aliases;
  std::string display_name;  // the name when not set
  std::string description;
  std::int64_t created = 0;  // seconds since 1970
  AnswerLengths answers;
};

struct Fleet {
  std::string title;  // for people
  std::uint64_t seed = 1;
  std::string listen = "127.0.0.1";
  std::uint16_t base_port = 0;  // 0: every host without a port of its own takes a free one
  // Real seconds per second of the hosts' world: 1 is truthful, 0.1 makes 30 s of waiting 3 s. 0: no waiting
  // at all, for tests. Serving over HTTP only.
  double time_scale = 1;
  std::vector<SimulatedModel> models;
  std::vector<SimulatedHost> hosts;
};

// The port a host is configured to listen on; 0: a free one.
std::uint16_t configured_port(const Fleet& fleet, std::size_t host);

// Providers, models and endpoints that reach this fleet; all else at its default. `ports` are where the hosts
// really listen, one per host and in their order.
Settings settings_for(const Fleet& fleet, std::span<const std::uint16_t> ports);

// What a host asks for at a moment. `elapsed` is the world's time since the start, `wall` its time of day.
const Prices& prices_at(const SimulatedHost& host, Seconds elapsed, MinuteOfDay wall);

}  // namespace config
