#include "gateway/state/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

namespace gateway {
namespace {

constexpr std::size_t nonce_size = 12, tag_size = 16;
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text, std::size_t at = 0) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

void expect(bool held) {
  if (!held) throw std::runtime_error("OpenSSL cannot seal");
}

std::string in_letters(std::string_view raw) {
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (const char c : raw) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += digits[(held >> (bits - 6)) & 63];
    held &= 0xff;
  }
  if (bits > 0) text += digits[(held << (6 - bits)) & 63];
  return text;
}

std::optional<std::string> from_letters(std::string_view text) {
  std::string raw;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = ((held & 0xff) << 6) | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    raw += static_cast<char>((held >> bits) & 0xff);
  }
  // One text has one spelling.
  return in_letters(raw) == text ? std::optional(raw) : std::nullopt;
}

}  // namespace

Seal::Seal(const config::Secret& secret) : key_{} {
  const std::string_view text = secret.reveal();
  expect(EVP_Digest(text.data(), text.size(), key_.data(), nullptr, EVP_sha256(), nullptr) == 1);
}

Seal::~Seal() {
  OPENSSL_cleanse(key_.data(), key_.size());
}

std::string Seal::closed(std::string_view text, std::string_view owner) const {
  std::string raw(nonce_size + text.size() + tag_size, '\0');
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  expect(context && RAND_bytes(bytes(raw), nonce_size) == 1);
  expect(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(raw)) == 1);
  expect(EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(owner), static_cast<int>(owner.size())) == 1);
  expect(EVP_EncryptUpdate(context.get(), bytes(raw, nonce_size), &size, bytes(text),
                           static_cast<int>(text.size())) == 1);
  expect(EVP_EncryptFinal_ex(context.get(), bytes(raw, nonce_size + text.size()), &size) == 1);
  expect(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                             bytes(raw, nonce_size + text.size())) == 1);
  return in_letters(raw);
}

std::optional<std::string> Seal::opened(std::string_view sealed, std::string_view owner) const {
  auto raw = from_letters(sealed);
  if (!raw || raw->size() < nonce_size + tag_size) return std::nullopt;
  const std::size_t length = raw->size() - nonce_size - tag_size;
  std::string text(length, '\0');
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  expect(context &&
         EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(*raw)) == 1);
  expect(EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(owner), static_cast<int>(owner.size())) == 1);
  expect(EVP_DecryptUpdate(context.get(), bytes(text), &size, bytes(*raw, nonce_size),
                           static_cast<int>(length)) == 1);
  expect(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                             bytes(*raw, nonce_size + length)) == 1);
  unsigned char rest[tag_size];
  if (EVP_DecryptFinal_ex(context.get(), rest, &size) != 1) return std::nullopt;
  return text;
}

}  // namespace gateway
