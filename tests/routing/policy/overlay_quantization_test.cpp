#include <doctest/doctest.h>

#include "routing/policy/overlay.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;
using Q = config::Quantization;

TEST_CASE("a wish for fp4 or fp8 is met by their microscaled kin too, and any other format by itself alone") {
  config::Settings settings = support::small_settings();
  const auto meets = [&](const std::string& wished, Q format) {
    settings.models[0].endpoints[0].quantization = format;
    const Catalogue catalogue(settings, 1);
    const Overlay overlay({.quantizations = {wished}});
    return overlay.filter(catalogue.endpoints()[0], {}) == Filter::none;
  };
  for (const Q format : {Q::fp4, Q::mxfp4, Q::nvfp4}) CHECK(meets("fp4", format));
  for (const Q format : {Q::fp8, Q::mxfp8}) CHECK(meets("fp8", format));
  for (const Q format : {Q::fp8, Q::mxfp8, Q::int4, Q::bf16, Q::unknown}) CHECK_FALSE(meets("fp4", format));
  for (const Q format : {Q::fp4, Q::mxfp4, Q::nvfp4, Q::int8, Q::bf16, Q::unknown}) {
    CHECK_FALSE(meets("fp8", format));
  }
  CHECK(meets("mxfp4", Q::mxfp4));
  for (const Q format : {Q::fp4, Q::nvfp4}) CHECK_FALSE(meets("mxfp4", format));
  CHECK(meets("unknown", Q::unknown));
  CHECK_FALSE(meets("bf16", Q::unknown));
}
