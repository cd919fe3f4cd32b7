// Seals texts that go to clients and come back: nobody else can read them, make one, or use one that was
// given to somebody else. AES-256-GCM. Immutable.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/secret.hpp"

namespace gateway {

class Seal {
 public:
  // By the secret's SHA-256.
  explicit Seal(const config::Secret& secret);
  ~Seal();
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  // In the letters of base64url. `owner`: whom it is given to.
  std::string closed(std::string_view text, std::string_view owner) const;
  // Nothing where it is none of ours, or another owner's.
  std::optional<std::string> opened(std::string_view sealed, std::string_view owner) const;

 private:
  std::array<unsigned char, 32> key_;
};

}  // namespace gateway
