// The values of facts for one view: what the language's names read. Pure; does not allocate.
#pragma once

#include <string_view>

#include "routing/language/expression.hpp"
#include "routing/language/fact.hpp"

namespace routing {

// A text of someone else's; no characters at all when it is unknown, which is not the empty text.
struct TextValue {
  const char* characters;
  std::size_t size;

  bool is_known() const { return characters != nullptr; }
  std::string_view view() const { return {characters, size}; }
};

// NaN when it is unknown.
double number_of(Fact fact, const View& view);
// What stands in for a live number without evidence in a cost: what the prediction makes of it.
double prior_of(Fact fact, const View& view);
Truth truth_of(Fact fact, const View& view);
TextValue text_of(Fact fact, const View& view);
// `name` in lower case; the empty text when the request has no such header.
TextValue header_of(std::string_view name, const View& view);

}  // namespace routing
