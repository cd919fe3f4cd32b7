// Tools that the model may call, and how free it is to. Values of views, as parts are.
#pragma once

#include <optional>
#include <string_view>

#include "providers/conversation/part.hpp"

namespace providers {

struct Tool {
  Text name{};
  Text description{};         // empty: none
  std::string_view schema{};  // of its arguments: JSON, an object; empty: it takes none
  bool is_strict = false;     // the arguments must follow the schema
  std::optional<CacheLife> cache{};

  // A text instead of arguments, as tools of OpenAI's APIs may take: elsewhere it is their one member,
  // `input`, and what its grammar is, if it has one, stands in the description.
  bool takes_text = false;
  Text grammar{};
  Text syntax{};             // of the grammar: "lark"
  Text plain_description{};  // the client's own

  // How the client's API knows it, for who writes the answer in it.
  Text space{};          // it is one of a group of this name; empty: of none
  Text name_in_space{};  // where it is one
};

struct ToolChoice {
  enum class Kind { unsaid, automatic, none, any, named };  // any: one of them must be called

  Kind kind = Kind::unsaid;
  Text name{};  // where it is named

  bool is_forced() const { return kind == Kind::any || kind == Kind::named; }
};

}  // namespace providers
