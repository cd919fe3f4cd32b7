#include "gateway/provider_preferences.hpp"

#include "gateway/quoted.hpp"

namespace gateway {
namespace {

using providers::JsonString;
using providers::JsonType;
using DataCollection = ProviderPreferences::DataCollection;
using Sort = ProviderPreferences::Sort;
using Partition = ProviderPreferences::Partition;
using config::Quantization;

template <class Value, std::size_t count>
using Choices = std::array<std::pair<std::string_view, Value>, count>;

constexpr Choices<DataCollection, 2> data_collections{
    {{"allow", DataCollection::allow}, {"deny", DataCollection::deny}}};
constexpr Choices<Sort, 4> sorts{{{"price", Sort::price},
                                  {"throughput", Sort::throughput},
                                  {"latency", Sort::latency},
                                  {"exacto", Sort::exacto}}};
constexpr Choices<Partition, 2> partitions{{{"model", Partition::model}, {"none", Partition::none}}};
constexpr Choices<Quantization, 12> quantizations{{{"int4", Quantization::int4},
                                                   {"int8", Quantization::int8},
                                                   {"fp4", Quantization::fp4},
                                                   {"mxfp4", Quantization::mxfp4},
                                                   {"nvfp4", Quantization::nvfp4},
                                                   {"fp6", Quantization::fp6},
                                                   {"fp8", Quantization::fp8},
                                                   {"mxfp8", Quantization::mxfp8},
                                                   {"fp16", Quantization::fp16},
                                                   {"bf16", Quantization::bf16},
                                                   {"fp32", Quantization::fp32},
                                                   {"unknown", Quantization::unknown}}};

bool unknown(BodyWalk& walk, const Path& path, std::string_view allowed) {
  return walk.wrong("unknown_member", path, "an unknown member", allowed);
}

bool read_quantizations(BodyWalk& walk, const Path& path, std::vector<Quantization>& values) {
  return walk.array(path, [&](const Path& at) {
    std::optional<Quantization> value;
    if (!walk.choice(at, quantizations, value)) return false;
    if (!value) return walk.wrong("invalid_type", at, "null", "a string");
    if (values.size() == quantizations.size()) {
      return walk.wrong("invalid_value", path, "more elements than there are quantizations", "each once");
    }
    values.push_back(*value);
    return true;
  });
}

bool read_sort(BodyWalk& walk, const Path& path, ProviderPreferences& preferences) {
  if (walk.json.type() != JsonType::object) return walk.choice(path, sorts, preferences.sort);
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("by")) return walk.choice(at, sorts, preferences.sort);
    if (key.is("partition")) return walk.choice(at, partitions, preferences.partition);
    return unknown(walk, at, "by or partition");
  });
}

bool read_percentiles(BodyWalk& walk, const Path& path, PercentileLimits& limits) {
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

bool read_max_price(BodyWalk& walk, const Path& path, MaxPrice& price) {
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
  return walk.object(path, [&](const JsonString& key, const Path& at) {
    if (key.is("order")) return walk.strings(at, preferences.order);
    if (key.is("only")) return walk.strings(at, preferences.only);
    if (key.is("ignore")) return walk.strings(at, preferences.ignore);
    if (key.is("allow_fallbacks")) return walk.boolean(at, preferences.allow_fallbacks);
    if (key.is("require_parameters")) return walk.boolean(at, preferences.require_parameters);
    if (key.is("data_collection")) return walk.choice(at, data_collections, preferences.data_collection);
    if (key.is("zdr")) return walk.boolean(at, preferences.zdr);
    if (key.is("enforce_distillable_text")) return walk.boolean(at, preferences.enforce_distillable_text);
    if (key.is("quantizations")) return read_quantizations(walk, at, preferences.quantizations);
    if (key.is("sort")) return read_sort(walk, at, preferences);
    if (key.is("preferred_min_throughput")) {
      return read_percentiles(walk, at, preferences.preferred_min_throughput);
    }
    if (key.is("preferred_max_latency")) return read_percentiles(walk, at, preferences.preferred_max_latency);
    if (key.is("max_price")) return read_max_price(walk, at, preferences.max_price);
    return unknown(walk, at,
                   "order, only, ignore, allow_fallbacks, require_parameters, data_collection, zdr, "
                   "enforce_distillable_text, quantizations, sort, preferred_min_throughput, "
                   "preferred_max_latency or max_price");
  });
}

}  // namespace gateway
