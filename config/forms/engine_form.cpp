#include "config/forms/engine_form.hpp"

#include <algorithm>
#include <string_view>

#include "config/forms/leaf.hpp"
#include "config/values/quantity.hpp"

namespace config {
namespace {

using std::chrono::milliseconds;

std::string_view without_end(std::string_view text, std::string_view end) {
  if (!text.ends_with(end)) return {};
  text.remove_suffix(end.size());
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "2.50 $/h"
struct HourlyForm {
  using Value = Money;
  std::optional<Money> read(const Node& node) const {
    constexpr std::string_view wanted = "dollars an hour such as `2.50 $/h`";
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    const auto money = parse_money(without_end(*text, "/h"));
    if (money && money->nanos > 0) return money;
    node.refuse(wanted, is_bare_number(std::string(*text)) ? "write `" + std::string(*text) + " $/h`" : "");
    return std::nullopt;
  }
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string(R"(^[0-9]+(\.[0-9]+)? *\$/h$)")}};
  }
};

// "1500 tok/s"
struct PaceForm {
  using Value = double;
  std::optional<double> read(const Node& node) const {
    constexpr std::string_view wanted = "tokens per second such as `1500 tok/s` or `20 ktok/s`";
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    std::string_view number = without_end(*text, "ktok/s");
    const double scale = number.empty() ? 1 : 1000;
    if (number.empty()) number = without_end(*text, "tok/s");
    const auto value = parse_real(number);
    if (value && *value * scale >= 0.1 && *value * scale <= 1e9) return *value * scale;
    node.refuse(wanted, is_bare_number(std::string(*text)) ? "write `" + std::string(*text) + " tok/s`" : "");
    return std::nullopt;
  }
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string(R"(^[0-9]+(\.[0-9]+)? *k?tok/s$)")}};
  }
};

// "/health", or `none`.
struct PathForm {
  using Value = std::string;
  std::optional<std::string> read(const Node& node) const {
    constexpr std::string_view wanted = "a path such as `/health`, or `none`";
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    const auto may_stand = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '#'; };
    const bool is_path =
        text->starts_with('/') && text->size() <= 1000 && std::ranges::all_of(*text, may_stand);
    if (is_path || *text == "none") return std::string(*text);
    node.refuse(wanted);
    return std::nullopt;
  }
  JsonMembers schema() const {
    return {{"type", json_string("string")}, {"pattern", json_string(R"(^(/[^\s#]*|none)$)")}};
  }
};

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

const Fields<EngineSettings>& engine_fields() {
  using S = EngineSettings;
  const DurationForm<milliseconds> duration{milliseconds(50), std::chrono::hours(1)};
  static const Fields<S> fields = {
      .meaning = "an engine such as `{kind: vllm}`",
      .list = {
          field<S>("kind", &S::kind, WordForm<EngineKind>{{"vllm", "sglang", "llamacpp", "ollama", "tgi"}},
                   "Which one it is. SGLang tells its load if it was started with `--enable-metrics`; Ollama "
                   "tells of none.",
                   Need::required),
          field<S>("interval", &S::interval, duration, "How often it is looked at."),
          field<S>(
              "timeout", &S::timeout, duration,
              "How long a look may take. An engine that fails two in a row is not asked until it answers."),
          field<S>("health", &S::health, PathForm{},
                   "Where it says whether it is ready: `/health` when left out, `/api/version` of Ollama. "
                   "`none`: not asked."),
          field<S>("load", &S::load, PathForm{},
                   "Where it says how many requests it runs and how many wait: `/metrics` when left out, "
                   "`/slots` of llama.cpp. `none`: not asked."),
      }};
  return fields;
}

const Fields<DiscoverySettings>& discovery_fields() {
  using S = DiscoverySettings;
  static const Fields<S> fields = {
      .meaning = "how addresses are found, such as `{interval: 5 s}`",
      .list = {
          field<S>("interval", &S::interval,
                   DurationForm<milliseconds>{milliseconds(100), std::chrono::hours(24)},
                   "How often the name is looked up. An address goes when two look-ups in a row lack it."),
      }};
  return fields;
}

const Fields<MachineSettings>& machine_fields() {
  using S = MachineSettings;
  static const Fields<S> fields = {
      .meaning = "a machine such as `{hour: 2.50 $/h, input: 20 ktok/s, output: 2500 tok/s}`",
      .list =
          {
              field<S>("hour", &S::hour, HourlyForm{}, "What it costs.", Need::required),
              field<S>("input", &S::input, PaceForm{},
                       "Tokens of prompts that it reads per second while it does nothing else.",
                       Need::required),
              field<S>(
                  "output", &S::output, PaceForm{},
                  "Tokens of answers per second, of all that it runs at once, while it does nothing else.",
                  Need::required),
              field<S>(
                  "utilization", &S::utilization, ShareForm{},
                  "The share of the time that it has work; 100 % when left out. At half of it a token costs "
                  "twice as much."),
          },
      .check = [](const Node& node, MachineSettings& machine) {
        if (machine.utilization > 0) return;
        node["utilization"].refuse("a share above `0 %`");
        machine.utilization = 1;
      }};
  return fields;
}

void check_engine(const Node& node, const ProviderSettings& provider) {
  const auto& engine = provider.engine;
  if (engine && engine->kind == EngineKind::ollama && node["engine"].has("load"))
    node["engine"]["load"].error("Ollama tells of no load", "leave it out");
  if (engine && engine->health_path().empty() && engine->load_path().empty())
    node["engine"].error("nothing of it would be looked at", "leave `engine` out");
  if (!provider.discovery) return;
  if (provider.access.proxy && node.has("proxy")) {
    node["discovery"].error("addresses are reached directly, and `proxy` says the opposite");
  }
  if (!provider.base_url.host.empty() && is_address(provider.base_url.host)) {
    node["discovery"].error("`" + provider.base_url.host + "` is an address already",
                            "write a name in `base_url`, or leave `discovery` out");
  }
}

void check_machine(const Node& node, EndpointSettings& endpoint) {
  if (!node.has("machine")) return;
  for (const std::string_view other : {"price", "price_rules"}) {
    if (!node.has(other)) continue;
    return node["machine"].error("`" + std::string(other) + "` says what it costs already",
                                 "leave one of them out");
  }
  if (!endpoint.machine || endpoint.machine->input <= 0 || endpoint.machine->output <= 0) return;
  endpoint.prices.input = endpoint.machine->input_price();
  endpoint.prices.output = endpoint.machine->output_price();
  endpoint.prices.cache_read = PricePerMillionTokens{};
}

}  // namespace config
