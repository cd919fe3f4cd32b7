// Whether what an endpoint declares lies in a set of literals, or a text among what it declares. What is not
// declared is `undeclared`. Pure; does not allocate.
#pragma once

#include "routing/language/fact_value.hpp"
#include "routing/language/program.hpp"

namespace routing {

inline Truth as_truth(bool value) {
  return value ? Truth::yes : Truth::no;
}

Truth country_in(const LiteralSet& set, const View& view);
Truth quantization_in(const LiteralSet& set, const View& view);
// All regions, all tags.
Truth regions_in(const LiteralSet& set, const View& view);
Truth tags_in(const LiteralSet& set, const View& view);
// The text is one of the regions, or a group that one of them belongs to.
Truth in_regions(TextValue text, const View& view);
Truth in_tags(TextValue text, const View& view);
// `feature`: position of a config::Feature.
Truth supports(std::uint16_t feature, const View& view);

}  // namespace routing
