// Makes the events of an answer out of the items and deltas of a response: the one place that both streamed
// and whole replies pass. Belongs to one reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/dialects/openai_responses/event.hpp"

namespace providers {

// How OpenRouter's clients, who send thinking back, call its form.
inline constexpr std::string_view responses_thinking_format = "openai-responses-v1";

class ResponsesAnswer {
 public:
  // Of an event that neither begins nor ends the response.
  void tell(const ResponsesEvent& event, AnswerSink& sink);
  void begin(const ResponsesObject& response, AnswerSink& sink);
  // An item of which all is known. What deltas have told of it is not told again.
  void item(const ResponsesItem& item, std::int64_t output_index, AnswerSink& sink);
  void end(const ResponsesObject& response, AnswerSink& sink);

 private:
  // What was told of an item so far.
  struct Item {
    std::int64_t output_index = 0;
    bool has_text = false;
    bool has_citations = false;
    bool is_call = false;
    bool is_thought = false;
    bool has_arguments = false;
    bool has_encrypted = false;
    std::int64_t part = 0;              // of thinking: the last one that was told of
    std::size_t call = 0, thought = 0;  // their numbers: a host may say both of one item
  };

  Item& item_at(std::int64_t output_index);
  void call(Item& known, const ResponsesItem& item, AnswerSink& sink);
  void message(Item& known, const ResponsesItem& item, AnswerSink& sink);
  void text_call(Item& known, const ResponsesItem& item, AnswerSink& sink);
  void arguments(Item& known, const Text& text, AnswerSink& sink);
  void think(Item& known, const Text& text, std::int64_t part, AnswerSink& sink);

  bool has_begun_ = false;
  std::size_t calls_ = 0;
  std::size_t thoughts_ = 0;
  std::vector<Item> items_;
};

}  // namespace providers
