#include "routing/language/fact.hpp"

#include <algorithm>
#include <array>

namespace routing {

using namespace dimensions;

namespace {

constexpr double most = 1e300;
using enum Type;
using D = Domain;
using F = Fact;
using S = Source;
using U = Unknown;

constexpr std::string_view always = "always known";
constexpr std::string_view closed = "satisfies no rule";
constexpr std::string_view open = "satisfies a limit; in a cost, the prediction's quantile";

constexpr FactInfo text_fact(F fact, std::string_view name, S source, D domain, std::string_view about) {
  return {fact, name, text, plain, source, U::never, 0, 0, domain, about, always};
}
constexpr FactInfo closed_fact(F fact, std::string_view name, Type type, D domain, std::string_view about) {
  return {fact, name, type, plain, S::declared, U::declared, 0, 0, domain, about, closed};
}
constexpr FactInfo number_fact(F fact, std::string_view name, Dimension dimension, S source,
                               std::string_view about, std::string_view when_unknown = always) {
  return {fact, name, number, dimension, source, U::never, 0, most, D::any, about, when_unknown};
}
constexpr FactInfo share_fact(F fact, std::string_view name, S source, U unknown, std::string_view about,
                              std::string_view when_unknown) {
  return {fact, name, number, plain, source, unknown, 0, 1, D::any, about, when_unknown};
}
constexpr FactInfo percentile(F fact, std::string_view name, Dimension dimension, std::string_view about) {
  return {fact, name, number, dimension, S::measured, U::live, 0, most, D::any, about, open};
}
constexpr FactInfo need_fact(F fact, std::string_view name, std::string_view about) {
  return {fact, name, truth, plain, S::request, U::never, 0, 0, D::any, about, always};
}

constexpr std::string_view ttft_about = "time to first token, percentile of the last 5 minutes";
constexpr std::string_view speed_about =
    "output speed that this share of the replies of the last 5 minutes reached";
constexpr std::string_view gap_about = "time between two tokens, percentile of the last 5 minutes";
constexpr std::string_view time_about = "whole reply, percentile of the last 5 minutes";

constexpr std::array<FactInfo, fact_count> table{{
    text_fact(F::provider, "provider", S::declared, D::provider, "name of the provider"),
    text_fact(F::model, "model", S::declared, D::model, "the model this endpoint serves"),
    text_fact(F::endpoint, "endpoint", S::declared, D::endpoint, "name of the endpoint"),
    {F::tags, "tags", set, plain, S::declared, U::never, 0, 0, D::tag, "labels given in the configuration",
     "no tags"},
    closed_fact(F::jurisdiction, "jurisdiction", text, D::country, "country of the provider's headquarters"),
    closed_fact(F::regions, "regions", set, D::country, "countries of its datacentres"),
    closed_fact(F::quantization, "quantization", text, D::quantization, "number format of the weights"),
    number_fact(F::context, "context", tokens, S::declared, "prompt and output together, at most"),
    number_fact(F::max_output_limit, "max_output_limit", tokens, S::declared, "longest output the host gives",
                "the context"),
    number_fact(F::price_input, "price.input", dollars_per_token, S::declared, "list price of prompt tokens"),
    number_fact(F::price_output, "price.output", dollars_per_token, S::declared,
                "list price of output tokens"),
    number_fact(F::price_cache_read, "price.cache_read", dollars_per_token, S::declared,
                "list price of prompt tokens read from the host's cache", "the input price"),
    number_fact(F::price_request, "price.request", dollars, S::declared, "list price of a request", "$0"),
    number_fact(F::price_image, "price.image", dollars, S::declared, "list price of a picture in the prompt",
                "$0"),
    closed_fact(F::retains_prompts, "retains_prompts", truth, D::any, "the host stores prompts"),
    closed_fact(F::trains_on_prompts, "trains_on_prompts", truth, D::any, "the host trains on prompts"),
    closed_fact(F::zdr, "zdr", truth, D::any, "zero data retention is agreed with the host"),

    number_fact(F::ttft, "ttft", seconds, S::predicted, "time to first token expected for this request",
                "the prior of its peers"),
    number_fact(F::throughput, "throughput", tokens_per_second, S::predicted,
                "output speed expected for this request", "the prior of its peers"),
    number_fact(F::generation, "generation", seconds, S::predicted,
                "time expected from the first token to the last", "the prior of its peers"),
    number_fact(F::time, "time", seconds, S::predicted, "`ttft + generation`", "the prior of its peers"),
    number_fact(F::price, "price", dollars, S::predicted, "dollars expected for this request",
                "the prior of its peers"),
    share_fact(F::failure, "failure", S::predicted, U::never, "probability that the attempt fails",
               "the prior of its peers"),
    share_fact(F::headroom, "headroom", S::predicted, U::live, "share of the host's rate limit that is left",
               "satisfies a limit; in a cost, 100 %"),
    number_fact(F::in_flight, "in_flight", plain, S::predicted, "requests under way at this endpoint"),
    share_fact(F::cache_hit, "cache_hit", S::predicted, U::never,
               "share of the prompt expected to be read from the host's cache", "0 %"),
    number_fact(F::expected_output, "expected_output", tokens, S::predicted,
                "output expected for this request", "the prior of its peers"),

    share_fact(
        F::quality, "quality", S::predicted, U::live,
        "share of the endpoint's answers, lately, that pass what this request's answer will be checked "
        "on: tool arguments, JSON, that there is one; the least of these",
        "satisfies a limit; in a cost, 100 %"),

    percentile(F::ttft_p50, "ttft.p50", seconds, ttft_about),
    percentile(F::ttft_p75, "ttft.p75", seconds, ttft_about),
    percentile(F::ttft_p90, "ttft.p90", seconds, ttft_about),
    percentile(F::ttft_p95, "ttft.p95", seconds, ttft_about),
    percentile(F::ttft_p99, "ttft.p99", seconds, ttft_about),
    percentile(F::throughput_p50, "throughput.p50", tokens_per_second, speed_about),
    percentile(F::throughput_p75, "throughput.p75", tokens_per_second, speed_about),
    percentile(F::throughput_p90, "throughput.p90", tokens_per_second, speed_about),
    percentile(F::throughput_p95, "throughput.p95", tokens_per_second, speed_about),
    percentile(F::throughput_p99, "throughput.p99", tokens_per_second, speed_about),
    percentile(F::itl_p50, "itl.p50", seconds, gap_about),
    percentile(F::itl_p75, "itl.p75", seconds, gap_about),
    percentile(F::itl_p90, "itl.p90", seconds, gap_about),
    percentile(F::itl_p95, "itl.p95", seconds, gap_about),
    percentile(F::itl_p99, "itl.p99", seconds, gap_about),
    percentile(F::time_p50, "time.p50", seconds, time_about),
    percentile(F::time_p75, "time.p75", seconds, time_about),
    percentile(F::time_p90, "time.p90", seconds, time_about),
    percentile(F::time_p95, "time.p95", seconds, time_about),
    percentile(F::time_p99, "time.p99", seconds, time_about),
    share_fact(F::uptime, "uptime", S::measured, U::live, "share of good replies in the last 30 minutes",
               "satisfies a limit; in a cost, `1 - failure`"),
    number_fact(F::samples, "samples", plain, S::measured, "replies in the last 5 minutes", "0"),

    number_fact(F::prompt, "prompt", tokens, S::request, "prompt, estimated"),
    number_fact(F::max_output, "max_output", tokens, S::request, "longest output the client accepts",
                "`expected_output`; in a rule's `when`, 0 tok"),
    need_fact(F::stream, "stream", "the reply is to be streamed"),
    need_fact(F::tools, "tools", "the request offers tools"),
    need_fact(F::json_schema, "json_schema", "the request asks for JSON of a schema"),
    need_fact(F::images, "images", "the request contains images"),
    need_fact(F::reasoning, "reasoning", "the request asks for reasoning"),
    text_fact(F::model_requested, "model_requested", S::request, D::public_model,
              "model name as the client wrote it"),
    text_fact(F::key, "key", S::request, D::key, "name of the client's key; `\"\"` without one"),
    text_fact(F::team, "team", S::request, D::team, "team of the client's key; `\"\"` without one"),
    text_fact(F::user, "user", S::request, D::any, "`user` of the request; `\"\"` without one"),
    {F::hour, "hour", number, plain, S::request, U::never, 0, 23, D::any, "hour of the day, UTC, 0 to 23",
     always},
    text_fact(F::weekday, "weekday", S::request, D::weekday, "day of the week, UTC: `mon` to `sun`"),
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < fact_count; ++i) {
    if (table[i].fact != static_cast<Fact>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "the table must stand in the order of the enumeration");

constexpr std::array function_table{
    FunctionInfo{"supports(\"tools\")", "truth",
                 "the endpoint offers a feature: tools, json_object, json_schema, images, audio, files, "
                 "reasoning, logprobs, prefill"},
    FunctionInfo{"header(\"x-name\")", "text",
                 "a header of the request whose name begins with `x-`; `\"\"` when it is absent"},
    FunctionInfo{
        "probability(ttft > 2 s)", "share",
        "how likely the prediction makes it, for `ttft`, `throughput` and `generation`; of a further "
        "attempt's `ttft`, what was waited for those before it counts"},
    FunctionInfo{"min(a, b)", "number", "the lesser of two or more numbers of one unit"},
    FunctionInfo{"max(a, b)", "number", "the greater of two or more numbers of one unit"},
    FunctionInfo{"if a then b else c", "what b and c are", "b where a is true, c where it is not"},
    FunctionInfo{"weighted(a)", "a draw", "in `choose` only: draws in proportion to a"},
};

}  // namespace

std::span<const FactInfo> facts() {
  return table;
}

const FactInfo& info(Fact fact) {
  return table[static_cast<std::size_t>(fact)];
}

const FactInfo* find_fact(std::string_view name) {
  const auto found = std::ranges::find(table, name, &FactInfo::name);
  return found == table.end() ? nullptr : &*found;
}

std::span<const FunctionInfo> functions() {
  return function_table;
}

std::vector<std::string> known_words() {
  std::vector<std::string> words{"supports", "header", "probability", "min",   "max",
                                 "if",       "then",   "else",        "and",   "or",
                                 "not",      "in",     "true",        "false", "weighted"};
  for (const FactInfo& fact : table) words.emplace_back(fact.name);
  return words;
}

std::string_view to_text(Type type) {
  switch (type) {
    case number:
      return "a number";
    case truth:
      return "true or false";
    case text:
      return "a text";
    case set:
      return "a set";
    case broken:
      break;
  }
  return "nothing";
}

std::string_view to_text(Source source) {
  switch (source) {
    case S::declared:
      return "declared";
    case S::predicted:
      return "predicted";
    case S::measured:
      return "measured";
    case S::request:
      break;
  }
  return "request";
}

std::string_view to_text(Domain domain) {
  switch (domain) {
    case D::country:
      return "country code";
    case D::quantization:
      return "quantization";
    case D::weekday:
      return "day of the week";
    case D::provider:
      return "provider";
    case D::model:
      return "model";
    case D::public_model:
      return "model, alias or route";
    case D::endpoint:
      return "endpoint";
    case D::tag:
      return "tag";
    case D::team:
      return "team";
    case D::key:
      return "key";
    case D::any:
      break;
  }
  return "text";
}

}  // namespace routing
