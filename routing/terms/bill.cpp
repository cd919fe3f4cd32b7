#include "routing/terms/bill.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

using config::PricePerMillionTokens;

// Most kinds of tokens are none, most of the time.
void add(ExactMoney& sum, PricePerMillionTokens price, std::int64_t tokens) {
  if (tokens == 0) return;
  constexpr std::int64_t million = 1'000'000;
  // In two parts, because nanos x tokens may pass 64 bits.
  const std::int64_t rest = price.price.nanos % million * tokens;
  sum = sum + ExactMoney{price.price.nanos / million * tokens + rest / million, rest % million};
}

std::int64_t within(config::Tokens part, std::int64_t whole) {
  return std::clamp<std::int64_t>(part.count, 0, whole);
}

// What is sound or a picture has its own price; what is read from the cache is not paid a second time.
ExactMoney prompt_price(const config::Prices& prices, const Usage& usage, std::int64_t prompt) {
  const std::int64_t cached = within(usage.cached, prompt);
  const std::int64_t cached_audio = within(usage.cached_audio, cached);
  const std::int64_t audio =
      std::clamp<std::int64_t>(usage.audio_prompt.count - cached_audio, 0, prompt - cached);
  const std::int64_t image = within(usage.image_prompt, prompt - cached - audio);
  const PricePerMillionTokens read = prices.cache_read.value_or(prices.input);
  ExactMoney sum;
  add(sum, prices.input, prompt - cached - audio - image);
  add(sum, prices.audio_input.value_or(prices.input), audio);
  add(sum, prices.image_input.value_or(prices.input), image);
  add(sum, read, cached - cached_audio);
  add(sum, prices.audio_cache_read.value_or(read), cached_audio);
  if (prices.cache_write) {
    const std::int64_t written = std::max<std::int64_t>(usage.cache_written.count, 0);
    const std::int64_t for_an_hour = within(usage.cache_written_1h, written);
    add(sum, *prices.cache_write, written - for_an_hour);
    add(sum, prices.cache_write_1h.value_or(prices.input), for_an_hour);
  }
  return sum;
}

ExactMoney answer_price(const config::Prices& prices, const Usage& usage) {
  const std::int64_t output = std::max<std::int64_t>(usage.output.count, 0);
  const std::int64_t audio = within(usage.audio_output, output);
  const std::int64_t image = within(usage.image_output, output - audio);
  const std::int64_t thought = within(usage.reasoning, output - audio - image);
  ExactMoney sum;
  add(sum, prices.output, output - audio - image - thought);
  add(sum, prices.audio_output.value_or(prices.output), audio);
  add(sum, prices.image_output.value_or(prices.output), image);
  add(sum, prices.reasoning.value_or(prices.output), thought);
  return sum;
}

}  // namespace

ExactBill exact_bill(const Endpoint& endpoint, const Usage& usage, const Sale& sale) {
  const std::int64_t prompt = std::max<std::int64_t>(usage.prompt.count, 0);
  const config::Occasion occasion{.prompt = {prompt},
                                  .at = sale.at,
                                  .tier = usage.tier.value_or(sale.tier),
                                  .geo = usage.geo.empty() ? sale.geo : usage.geo};
  const config::Prices& prices = priced_on(endpoint, occasion).prices();
  const std::int64_t searches = std::max<std::int64_t>(usage.searches, 0);
  const ExactMoney fees{prices.request.nanos * static_cast<std::int64_t>(sale.replies) +
                        prices.search.nanos * searches + prices.image.nanos * sale.pictures};
  return {.prompt = fees + prompt_price(prices, usage, prompt), .answer = answer_price(prices, usage)};
}

config::Money bill(const Endpoint& endpoint, const Usage& usage, const Sale& sale) {
  const bool trusted = endpoint.provider && endpoint.provider->reports_cost && usage.cost;
  if (trusted && std::isfinite(*usage.cost) && *usage.cost >= 0 && *usage.cost < 1e6) {
    return {static_cast<std::int64_t>(std::llround(*usage.cost * 1e9))};
  }
  const ExactBill all = exact_bill(endpoint, usage, sale);
  return (all.prompt + all.answer).rounded_up();
}

}  // namespace routing
