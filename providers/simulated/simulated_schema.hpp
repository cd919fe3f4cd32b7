// A JSON value that a schema allows, drawn from a key: for arguments of tools and for answers that must
// follow a schema. It knows types, `const`, `enum`, `properties` with what is `required`, `items`, limits of
// numbers, lengths and counts, `anyOf`, `oneOf`, `allOf`, common formats, and references within the schema.
// A `pattern` is not followed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace providers {

// What is no schema allows any object.
std::string instance_of(std::string_view schema, std::uint64_t key);

}  // namespace providers
