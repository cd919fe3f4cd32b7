// Whether a JSON value is what a JSON Schema asks for, as far as the part of it goes that tools are described
// with: types, enums, members, items, bounds, combinations, references within the schema. What is not judged
// (patterns, references elsewhere, and what is rarer) is said to be so, and never guessed. Bounded in time
// whatever schema and value are: by an effort, which several checks may share. Pure.
// Source: JSON Schema 2020-12 (validation and applicators), and OpenAPI's `nullable` and upper-case types,
// which Google's tools are described in.
#pragma once

#include "providers/json/fit.hpp"
#include "providers/json/json_tree.hpp"

namespace providers {

// `schema` is a value within `schemas`, whose references are meant from `root`. Unjudged once nothing
// is left of `effort`.
Fit fit(const JsonTree& schemas, const JsonNode& root, const JsonNode& schema, const JsonTree& values,
        const JsonNode& value, FitEffort& effort);

}  // namespace providers
