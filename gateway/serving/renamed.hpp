// A host's own text with our names where its own stand: of the reply, and of the model. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/json/json_text.hpp"

namespace gateway {

// What a name replaces, the quotes included; empty: nothing.
struct Renaming {
  providers::ByteRange place;
  std::string_view name;
};

std::string renamed(std::string_view text, Renaming one, Renaming other);

}  // namespace gateway
