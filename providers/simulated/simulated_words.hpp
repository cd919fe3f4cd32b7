// What an answer of a simulated host says, token by token: words that a key draws, or a text that was asked
// for, like JSON or the arguments of a tool. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "routing/host_model/host_model.hpp"

namespace providers {

struct SimulatedSaid {
  enum class Kind { words, text, call };

  Kind kind = Kind::words;
  std::string text;  // unless it is words; of a call: its arguments
  std::string tool;  // that is called
};

class SimulatedWords {
 public:
  SimulatedWords(std::uint64_t key, SimulatedSaid said) : key_(key), said_(std::move(said)) {}

  const SimulatedSaid& said() const { return said_; }
  std::uint64_t key() const { return key_; }
  // One word a token, and each sentence with a capital and a full stop.
  std::string words(std::int64_t from, std::int64_t to) const;
  // What the tokens `from` .. `to` - 1 of the answer say, none of which is reasoning. A text that was asked
  // for is spread over all of them, unless the answer was cut: then it is, too.
  std::string visible(std::int64_t from, std::int64_t to, const routing::Answer& answer) const;

 private:
  std::size_t bytes_upto(std::int64_t token, const routing::Answer& answer) const;

  std::uint64_t key_;
  SimulatedSaid said_;
};

// How many tokens a text that was asked for takes.
std::int64_t simulated_tokens(std::string_view text);

// Quoted, with all that JSON wants escaped.
std::string simulated_quoted(std::string_view text);

}  // namespace providers
