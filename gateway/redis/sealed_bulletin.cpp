#include "gateway/redis/sealed_bulletin.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace gateway {
namespace {

using Proof = std::array<unsigned char, 32>;

// Of nothing else that the key is for.
Proof proof_of(std::string_view bytes, const config::Secret& key) {
  const std::string own = "isocost bulletin\n" + std::string(key.reveal());
  Proof proof{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), own.data(), static_cast<int>(own.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), proof.data(), &size);
  return proof;
}

}  // namespace

std::string seal_bulletin(std::string_view bytes, const config::Secret& key) {
  const Proof proof = proof_of(bytes, key);
  std::string sealed(reinterpret_cast<const char*>(proof.data()), proof.size());
  return sealed.append(bytes);
}

std::optional<std::string_view> open_bulletin(std::string_view sealed, const config::Secret& key) {
  Proof said{};
  if (sealed.size() < said.size()) return std::nullopt;
  const std::string_view bytes = sealed.substr(said.size());
  const Proof proof = proof_of(bytes, key);
  if (CRYPTO_memcmp(sealed.data(), proof.data(), proof.size()) != 0) return std::nullopt;
  return bytes;
}

}  // namespace gateway
