#include "routing/policy/choices.hpp"

#include <doctest/doctest.h>

#include "routing/language/vocabulary.hpp"
#include "routing/policy/rule_order.hpp"
#include "tests/support/policies.hpp"

using namespace routing;

namespace {

Piece rule(const std::string& words) {
  config::Problems problems;
  Pieces pieces = compile_text(support::text(words), "own.allow", Use::allow, Vocabulary{}, problems);
  REQUIRE(pieces.size() == 1);
  return pieces.front();
}

bool implies(const char* one, const char* other) {
  return RuleOrder::implies(rule(one), rule(other));
}

}  // namespace

TEST_CASE(
    "a choice of countries or of names lies within another one where it leaves in nobody that this does "
    "not") {
  const struct {
    const char *narrow, *wide;
  } pairs[] = {
      {"jurisdiction in [DE]", "jurisdiction in [EU]"},
      {"jurisdiction == DE", "jurisdiction in [DE, US]"},
      {"jurisdiction in [DE, FR]", "jurisdiction not in [US]"},
      {"jurisdiction == DE", "jurisdiction != US"},
      {"jurisdiction in [US]", "jurisdiction not in [DE]"},
      {"jurisdiction not in [EU]", "jurisdiction not in [DE, FR]"},
      {"jurisdiction not in [EU]", "jurisdiction != DE"},
      {"quantization in [fp8]", "quantization in [fp8, bf16]"},
      {"quantization == fp8", "quantization != fp4"},
      {"quantization in [fp8, bf16]", "quantization not in [fp4, int4]"},
      {"quantization not in [fp4, int4]", "quantization != int4"},
  };
  for (const auto& pair : pairs) {
    CAPTURE(std::string(pair.narrow));
    CAPTURE(std::string(pair.wide));
    CHECK(implies(pair.narrow, pair.wide));
    CHECK_FALSE(implies(pair.wide, pair.narrow));
  }
}

TEST_CASE("choices that overlap, of other things or of the contrary do not lie within each other") {
  const struct {
    const char *one, *other;
  } pairs[] = {
      {"jurisdiction in [DE, US]", "jurisdiction not in [US]"},
      {"jurisdiction in [DE, US]", "jurisdiction in [DE, FR]"},
      {"jurisdiction == US", "jurisdiction != US"},
      {"jurisdiction in [EU]", "quantization in [fp8]"},
      {"quantization in [fp8]", "jurisdiction not in [US]"},
      {"quantization in [fp8, fp4]", "quantization != fp4"},
      {"quantization != fp8", "quantization != fp4"},
  };
  for (const auto& pair : pairs) {
    CAPTURE(std::string(pair.one));
    CAPTURE(std::string(pair.other));
    CHECK_FALSE(implies(pair.one, pair.other));
    CHECK_FALSE(implies(pair.other, pair.one));
  }
  CHECK_FALSE(choices_of(*rule("price.output <= 3 $/Mtok").tree, rule("price.output <= 3 $/Mtok").node));
  CHECK_FALSE(choices_of(*rule("zdr").tree, rule("zdr").node));
}
