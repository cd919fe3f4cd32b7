#include "gateway/redis/sealed_bulletin.hpp"

#include <doctest/doctest.h>

using gateway::open_bulletin;
using gateway::seal_bulletin;

TEST_CASE("what was sealed is opened with the same key, and with no other one") {
  const config::Secret key("a key of all gateways"), other("another one"), none;
  const std::string bytes("some\0bytes", 10);
  const std::string sealed = seal_bulletin(bytes, key);
  CHECK(open_bulletin(sealed, key) == bytes);
  CHECK_FALSE(open_bulletin(sealed, other));
  CHECK_FALSE(open_bulletin(sealed, none));
  CHECK(open_bulletin(seal_bulletin(bytes, none), none) == bytes);
}

TEST_CASE("what was changed or cut is not opened") {
  const config::Secret key("a key of all gateways");
  const std::string sealed = seal_bulletin("some bytes", key);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(open_bulletin(changed, key));
    CHECK_FALSE(open_bulletin(sealed.substr(0, i), key));
  }
}
