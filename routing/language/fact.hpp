// Every name that the policy language knows, in one table: what it is, in which unit, where it comes from and
// what an unknown value means. The checker, the compiler and the documentation read this table. Immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "routing/language/dimension.hpp"

namespace routing {

enum class Type : std::uint8_t { number, truth, text, set, broken };

// Declared facts stand in the configuration, predictions are made for this request, measurements are of
// earlier ones, and the request's own facts came with it.
enum class Source : std::uint8_t { declared, predicted, measured, request };

// Texts that can only be one of a list, so that a misspelt one is found when the policy is loaded.
enum class Domain : std::uint8_t {
  any,
  country,
  quantization,
  weekday,
  provider,
  model,
  public_model,
  endpoint,
  tag,
  team,
  key
};

// In the order of the table.
enum class Fact : std::uint8_t {
  // declared
  provider,
  model,
  endpoint,
  tags,
  jurisdiction,
  regions,
  quantization,
  context,
  max_output_limit,
  price_input,
  price_output,
  price_cache_read,
  price_request,
  price_image,
  retains_prompts,
  trains_on_prompts,
  zdr,
  // predicted
  ttft,
  throughput,
  generation,
  time,
  price,
  failure,
  headroom,
  in_flight,
  cache_hit,
  expected_output,
  quality,
  // measured
  ttft_p50,
  ttft_p75,
  ttft_p90,
  ttft_p95,
  ttft_p99,
  throughput_p50,
  throughput_p75,
  throughput_p90,
  throughput_p95,
  throughput_p99,
  itl_p50,
  itl_p75,
  itl_p90,
  itl_p95,
  itl_p99,
  time_p50,
  time_p75,
  time_p90,
  time_p95,
  time_p99,
  uptime,
  samples,
  // request
  prompt,
  max_output,
  stream,
  tools,
  json_schema,
  images,
  reasoning,
  model_requested,
  key,
  team,
  user,
  hour,
  weekday,
};
inline constexpr std::size_t fact_count = static_cast<std::size_t>(Fact::weekday) + 1;

enum class Unknown : std::uint8_t {
  never,     // the value is always there, or has a stated substitute
  declared,  // absent from the configuration: satisfies nothing
  live,      // no evidence yet: satisfies a limit, counts as its prior in a cost
};

struct FactInfo {
  Fact fact{};
  std::string_view name;
  Type type = Type::number;
  Dimension dimension{};
  Source source{};
  Unknown unknown = Unknown::never;
  double least = 0;  // numbers never lie outside these
  double most = 0;
  Domain domain = Domain::any;
  std::string_view about;
  std::string_view when_unknown;
};

std::span<const FactInfo> facts();
const FactInfo& info(Fact fact);
// Null when there is no such name.
const FactInfo* find_fact(std::string_view name);

struct FunctionInfo {
  std::string_view form;  // "supports(\"tools\")"
  std::string_view gives;
  std::string_view about;
};
std::span<const FunctionInfo> functions();

// The names of the words that stand for nothing but themselves: `if`, `and`, functions.
std::vector<std::string> known_words();

std::string_view to_text(Type type);
std::string_view to_text(Source source);
std::string_view to_text(Domain domain);

}  // namespace routing
