#include "gateway/text/price_text.hpp"

#include "gateway/text/line_writer.hpp"

namespace gateway {

namespace {

std::string trimmed(std::int64_t value, int decimals) {
  std::string text;
  LineWriter(text).fixed(value, decimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

// Nanodollars for a million tokens: fifteen decimals of a dollar for one.
std::string per_token_text(config::PricePerMillionTokens price) {
  return trimmed(price.price.nanos, 15);
}
std::string dollars_text(config::Money money) {
  return trimmed(money.nanos, 9);
}

}  // namespace gateway
