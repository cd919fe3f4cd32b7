#include "providers/dialects/dialects.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/dialect/dialect.hpp"

TEST_CASE("each API that hosts speak has the dialect of its name") {
  for (std::size_t i = 0; i < config::format_count; ++i) {
    const auto format = static_cast<config::Format>(i);
    CAPTURE(std::string(config::name_of(format)));
    CHECK(providers::dialect_of(format).format() == format);
  }
}
