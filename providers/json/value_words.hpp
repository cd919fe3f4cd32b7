// What the words of a JSON Schema ask for that look at a value alone: its type, what it may equal, its
// bounds, which members it must have. Those that hold schemas of their own are schema_check's. Pure.
#pragma once

#include "providers/json/fit.hpp"
#include "providers/json/json_tree.hpp"
#include "providers/json/paid_look.hpp"

namespace providers {

class ValueWords {
 public:
  ValueWords(const JsonTree& schemas, const JsonTree& values, PaidLook& look)
      : schemas_(schemas), values_(values), look_(look) {}

  // `word` is a member of `schema`. One that is none of these fits.
  Fit of(const JsonNode& schema, const JsonNode& word, const JsonNode& value);

 private:
  Fit of_object(const JsonNode& word, const JsonNode& value);
  Fit of_array(const JsonNode& word, const JsonNode& value);
  Fit of_number(const JsonNode& schema, const JsonNode& word, const JsonNode& value);
  Fit of_string(const JsonNode& word, const JsonNode& value);
  template <class Holds>
  Fit bound(const JsonNode& word, Holds holds);
  Fit multiple(const JsonNode& word, const JsonNode& value);
  Fit type(const JsonNode& word, const JsonNode& value);
  Fit of_type(const JsonString& name, const JsonNode& value);
  Fit one_of_these(const JsonNode& word, const JsonNode& value);
  Fit required(const JsonNode& word, const JsonNode& value);
  Fit unique(const JsonNode& word, const JsonNode& value);

  const JsonTree& schemas_;
  const JsonTree& values_;
  PaidLook& look_;
};

}  // namespace providers
