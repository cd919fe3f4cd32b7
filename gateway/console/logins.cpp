#include "gateway/console/logins.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace gateway {
namespace {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

Logins::Logins() {
  // The kernel's own: OpenSSL's would take two megabytes of a gateway that nobody asks.
  if (::getentropy(secret_.data(), secret_.size()) != 0)
    throw std::runtime_error("the system gives no random bytes");
}

std::string Logins::mac(const config::KeySettings& key, std::string_view expiry) const {
  std::string text = key.name.text + "\n" + std::string(expiry) + "\n";
  text.append(reinterpret_cast<const char*>(&key.sha256), sizeof(key.sha256));
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &length);
  return hexadecimal({reinterpret_cast<const char*>(bytes.data()), length});
}

std::string Logins::token_for(const config::KeySettings& key, config::WallTime now) const {
  const std::string expiry = std::to_string(std::chrono::system_clock::to_time_t(now + lifetime));
  return hexadecimal(key.name.text) + "." + expiry + "." + mac(key, expiry);
}

const config::KeySettings* Logins::find(const std::vector<config::KeySettings>& keys, std::string_view token,
                                        config::WallTime now) const {
  const std::size_t first = token.find('.'), second = token.rfind('.');
  if (first == std::string_view::npos || second == first) return nullptr;
  const std::string_view name = token.substr(0, first), expiry = token.substr(first + 1, second - first - 1);
  std::int64_t until = 0;
  const auto read = std::from_chars(expiry.data(), expiry.data() + expiry.size(), until);
  if (read.ec != std::errc() || read.ptr != expiry.data() + expiry.size()) return nullptr;
  if (std::chrono::system_clock::to_time_t(now) >= until) return nullptr;
  const auto key =
      std::ranges::find_if(keys, [&](const auto& each) { return hexadecimal(each.name.text) == name; });
  if (key == keys.end()) return nullptr;
  const std::string known = mac(*key, expiry);
  const std::string_view given = token.substr(second + 1);
  const bool is_same =
      given.size() == known.size() && CRYPTO_memcmp(given.data(), known.data(), known.size()) == 0;
  return is_same ? &*key : nullptr;
}

std::string Logins::cookie(std::string_view token, std::string_view origin) {
  std::string field = "Set-Cookie: " + std::string(cookie_name) + "=" + std::string(token);
  field += "; Path=/; HttpOnly; SameSite=Strict";
  if (origin.starts_with("https://")) field += "; Secure";
  field += "; Max-Age=";
  field += token.empty() ? "0" : std::to_string(std::chrono::seconds(lifetime).count());
  return field + "\r\n";
}

std::string_view login_in(std::string_view cookies) {
  while (!cookies.empty()) {
    std::string_view part = cookies.substr(0, cookies.find_first_of(";,"));
    cookies.remove_prefix(std::min(cookies.size(), part.size() + 1));
    part.remove_prefix(std::min(part.size(), part.find_first_not_of(' ')));
    if (!part.starts_with(Logins::cookie_name)) continue;
    part.remove_prefix(Logins::cookie_name.size());
    if (part.starts_with('=')) return part.substr(1);
  }
  return {};
}

}  // namespace gateway
