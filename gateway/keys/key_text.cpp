#include "gateway/keys/key_text.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace gateway {
namespace {

constexpr std::string_view prefix = "isocost_";
constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t secret_digits = 43, check_digits = 6;

std::string check_of(std::string_view text) {
  auto rest = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  std::string check(check_digits, '0');
  for (auto at = check.rbegin(); at != check.rend(); ++at, rest /= 62) *at = digits[rest % 62];
  return check;
}

}  // namespace

std::string new_key() {
  std::string key(prefix);
  // Bytes that would favour some digits are drawn again.
  while (key.size() < prefix.size() + secret_digits) {
    std::array<unsigned char, 64> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
    for (const unsigned char byte : bytes) {
      if (byte < 248 && key.size() < prefix.size() + secret_digits) key += digits[byte % 62];
    }
  }
  return key + check_of(key);
}

bool is_key_of_ours(std::string_view text) {
  const std::size_t checked = prefix.size() + secret_digits;
  return text.size() == checked + check_digits && text.starts_with(prefix) &&
         text.find_first_not_of(digits, prefix.size()) == std::string_view::npos &&
         text.substr(checked) == check_of(text.substr(0, checked));
}

config::KeyHash hash_of_key(std::string_view text) {
  config::KeyHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return hash;
}

std::string label_of_key(std::string_view text) {
  constexpr std::size_t shown = 4;
  return std::string(text.substr(0, prefix.size() + shown)) + "..." +
         std::string(text.substr(text.size() - shown));
}

std::string hex(const config::KeyHash& hash) {
  std::string text;
  for (const unsigned char byte : hash) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace gateway
