#include "gateway/state/seal.hpp"

#include <doctest/doctest.h>

using gateway::Seal;

TEST_CASE("what is sealed can be opened by whom it was given to, and nobody else") {
  const Seal seal(config::Secret("a secret of eight"));
  for (const std::string text : {"", "a", "resp_0123456789", "m\nhost/eu\nresp_\xc3\xa9"}) {
    const std::string closed = seal.closed(text, "app");
    CHECK(seal.opened(closed, "app") == text);
    CHECK_FALSE(seal.opened(closed, "other"));
    CHECK_FALSE(seal.opened(closed, ""));
    CHECK_FALSE(Seal(config::Secret("another secret")).opened(closed, "app"));
    CHECK(Seal(config::Secret("a secret of eight")).opened(closed, "app") == text);
    // The same text has another form each time.
    CHECK(closed != seal.closed(text, "app"));
    CHECK(closed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
  }
}

TEST_CASE("a changed letter, a longer and a shorter text are not ours") {
  const Seal seal(config::Secret("a secret of eight"));
  const std::string closed = seal.closed("resp_1", "app");
  for (std::size_t i = 0; i < closed.size(); ++i) {
    std::string changed = closed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(seal.opened(changed, "app"));
    CHECK_FALSE(seal.opened(closed.substr(0, i), "app"));
  }
  CHECK_FALSE(seal.opened(closed + "A", "app"));
  CHECK_FALSE(seal.opened("not base64 at all!", "app"));
}
