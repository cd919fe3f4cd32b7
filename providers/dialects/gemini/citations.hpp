// What Google says of where an answer comes from: pages that it was grounded on, and those that it recites.
// All of it is told at the answer's end, when it is known whole. Belongs to one reply.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/conversation/text.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

class GeminiCitations {
 public:
  // The next piece of the answer's text, for its places.
  void hears(const Text& text);
  // `groundingMetadata` and `citationMetadata` as they stand in the reply, objects; empty: there is none.
  // Later ones of a grounding have all of it again.
  void take(std::string_view grounding, std::string_view recited, JsonTokens& tokens);
  // Each once.
  void tell(JsonTokens& tokens, AnswerSink& sink);

 private:
  struct Segment {
    Text text{};
    std::size_t begin = 0, end = 0;  // bytes of the answer's text
  };
  struct Cited {
    std::string json;  // of a page; else as Google has it
    bool is_page = false;
    TextPlace place{};

    friend bool operator==(const Cited&, const Cited&) = default;
  };

  struct Recited {
    std::string json;  // the same
    bool is_page = false;
    std::size_t begin = 0, end = 0;  // bytes

    friend bool operator==(const Recited&, const Recited&) = default;
  };

  void read_grounding(JsonTokens& tokens);
  void add(Cited cited);
  TextPlace place_of(const Segment& segment) const;
  TextPlace all() const;

  std::string text_;                // of the answer, as far as places are looked for
  std::vector<std::size_t> parts_;  // where its first parts begin in it, in bytes
  std::string grounding_;           // the last
  std::vector<Recited> recited_;
  std::vector<Cited> cited_;
};

}  // namespace providers
