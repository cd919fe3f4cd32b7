#include "gateway/surface/provider_preferences.hpp"

#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

using providers::JsonString;
using providers::JsonType;
using routing::ProviderPreferences;

template <class Value, std::size_t count>
using Choices = std::array<std::pair<std::string_view, Value>, count>;

// Words that routing takes as they are.
constexpr Choices<std::string_view, 2> data_collections{{{"allow", "allow"}, {"deny", "deny"}}};
constexpr Choices<std::string_view, 4> sorts{
    {{"price", "price"}, {"throughput", "throughput"}, {"latency", "latency"}, {"exacto", "exacto"}}};
constexpr Choices<std::string_view, 2> partitions{{{"model", "model"}, {"none", "none"}}};
constexpr auto quantizations = [] {
  Choices<std::string_view, config::quantization_names.size()> choices;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    choices[i] = {config::quantization_names[i], config::quantization_names[i]};
  }
  return choices;
}();

bool unknown(BodyWalk& walk, const Path& path, std::string_view allowed) {
  return walk.wrong("unknown_member", path, "an unknown member", allowed);
}

template <std::size_t count>
bool read_word(BodyWalk& walk, const Path& path, const Choices<std::string_view, count>& allowed,
               std::string& word) {
  std::optional<std::string_view> value;
  if (!walk.choice(path, allowed, value)) return false;
  if (value) word = *value;
  return true;
}

// `if_true` or `if_false` where the client said so.
template <class Value>
bool read_either(BodyWalk& walk, const Path& path, Value if_true, Value if_false, Value& value) {
  std::optional<bool> said;
  if (!walk.boolean(path, said)) return false;
  if (said) value = *said ? if_true : if_false;
  return true;
}

bool read_quantizations(BodyWalk& walk, const Path& path, std::vector<std::string>& values) {
  return walk.array(path, [&](const Path& at) {
    std::optional<std::string_view> value;
    if (!walk.choice(at, quantizations, value)) return false;
    if (!value) return walk.wrong("invalid_type", at, "null", "a string");
    if (values.size() == quantizations.size()) {
      return walk.wrong("invalid_value", path, "more elements than there are quantizations", "each once");
    }
    values.emplace_back(*value);
    return true;
  });
}

bool read_sort(BodyWalk& walk, const Path& path, ProviderPreferences& preferences) {
  if (walk.json.type() != JsonType::object) return read_word(walk, path, sorts, preferences.sort);
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("by")) return read_word(walk, at, sorts, preferences.sort);
    if (key.is("partition")) return read_word(walk, at, partitions, preferences.partition);
    return unknown(walk, at, "by or partition");
  });
}

bool read_percentiles(BodyWalk& walk, const Path& path, routing::Cutoffs& limits) {
  using Spelling = BodyWalk::Spelling;
  if (walk.json.type() != JsonType::object) return walk.real(path, Spelling::number, limits.p50);
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("p50")) return walk.real(at, Spelling::number, limits.p50);
    if (key.is("p75")) return walk.real(at, Spelling::number, limits.p75);
    if (key.is("p90")) return walk.real(at, Spelling::number, limits.p90);
    if (key.is("p99")) return walk.real(at, Spelling::number, limits.p99);
    return unknown(walk, at, "p50, p75, p90 or p99");
  });
}

bool read_max_price(BodyWalk& walk, const Path& path, routing::PriceCeiling& price) {
  constexpr auto spelling = BodyWalk::Spelling::number_or_string;
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("prompt")) return walk.real(at, spelling, price.prompt);
    if (key.is("completion")) return walk.real(at, spelling, price.completion);
    if (key.is("request")) return walk.real(at, spelling, price.request);
    if (key.is("image")) return walk.real(at, spelling, price.image);
    if (key.is("audio")) return walk.real(at, spelling, price.audio);
    return unknown(walk, at, "prompt, completion, request, image or audio");
  });
}

}  // namespace

bool read_preferences(BodyWalk& walk, const Path& path, ProviderPreferences& preferences) {
  using routing::Fallbacks, routing::Parameters;
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("order")) return walk.strings(at, preferences.order);
    if (key.is("only")) return walk.strings(at, preferences.only);
    if (key.is("ignore")) return walk.strings(at, preferences.ignore);
    if (key.is("allow_fallbacks")) {
      return read_either(walk, at, Fallbacks::allowed, Fallbacks::forbidden, preferences.fallbacks);
    }
    if (key.is("require_parameters")) {
      return read_either(walk, at, Parameters::required, Parameters::best_effort, preferences.parameters);
    }
    if (key.is("data_collection")) {
      return read_word(walk, at, data_collections, preferences.data_collection);
    }
    if (key.is("zdr")) return read_either(walk, at, true, false, preferences.zdr);
    if (key.is("enforce_distillable_text")) {
      return read_either(walk, at, true, false, preferences.distillable_text);
    }
    if (key.is("quantizations")) return read_quantizations(walk, at, preferences.quantizations);
    if (key.is("sort")) return read_sort(walk, at, preferences);
    if (key.is("preferred_min_throughput")) {
      return read_percentiles(walk, at, preferences.min_throughput);
    }
    if (key.is("preferred_max_latency")) return read_percentiles(walk, at, preferences.max_latency);
    if (key.is("max_price")) return read_max_price(walk, at, preferences.max_price);
    return unknown(walk, at,
                   "order, only, ignore, allow_fallbacks, require_parameters, data_collection, zdr, "
                   "enforce_distillable_text, quantizations, sort, preferred_min_throughput, "
                   "preferred_max_latency or max_price");
  });
}

}  // namespace gateway
