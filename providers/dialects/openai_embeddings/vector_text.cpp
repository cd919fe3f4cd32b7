#include "providers/dialects/openai_embeddings/vector_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "providers/dialect/base64.hpp"

namespace providers {
namespace {

constexpr std::size_t float_size = 4;
static_assert(sizeof(float) == float_size && std::numeric_limits<float>::is_iec559);

}  // namespace

std::optional<std::string> base64_of_numbers(JsonWalk& walk) {
  std::string bytes;
  const bool is_read = walk.array([&] {
    if (walk.type() != JsonType::number) return false;
    const auto number = walk.number();
    const double value = number ? number->real() : 0;
    // The largest float, in the fewest digits, is above itself.
    constexpr double largest = std::numeric_limits<float>::max(), above = 1.0000001;
    if (!number || !(std::abs(value) <= largest * above)) return false;
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(std::clamp(value, -largest, largest)));
    for (std::size_t i = 0; i < float_size; ++i) bytes += static_cast<char>(bits >> (8 * i) & 0xff);
    return true;
  });
  if (!is_read) return std::nullopt;
  return "\"" + in_base64(bytes) + "\"";
}

std::optional<std::string> numbers_of_base64(const JsonString& text) {
  const auto bytes = from_base64(text.escaped ? text.text() : std::string(text.raw));
  if (!bytes || bytes->size() % float_size != 0) return std::nullopt;
  std::string numbers = "[";
  for (std::size_t at = 0; at < bytes->size(); at += float_size) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < float_size; ++i) {
      bits |= static_cast<std::uint32_t>(static_cast<unsigned char>((*bytes)[at + i])) << (8 * i);
    }
    const auto value = std::bit_cast<float>(bits);
    if (!std::isfinite(value)) return std::nullopt;
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    if (at > 0) numbers += ',';
    numbers.append(digits.data(), end.ptr);
  }
  return numbers + "]";
}

}  // namespace providers
