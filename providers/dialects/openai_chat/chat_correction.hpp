// Puts chat replies right for clients of chat: thinking between tags, tool calls that are not counted from 0
// or whose arguments are no text, texts in parts, reasons to end that no client knows, or none. Belongs to
// one reply.
#pragma once

#include <forward_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/dialect/correction.hpp"
#include "providers/dialects/openai_chat/call_numbers.hpp"
#include "providers/dialects/openai_chat/found_choice.hpp"
#include "providers/dialects/openai_chat/think_tags.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

class ChatCorrection final : public Correction {
 public:
  enum class Api { chat, completions };  // the older completions, whose texts are never thought
  explicit ChatCorrection(config::ThinkTags tags, Api api = Api::chat) : meaning_(tags), api_(api) {}

  void correct(std::string_view data, JsonTokens& tokens, PassedContent& content, DataEdits& edits) override;
  std::string rest(Follows follows) override;

 private:
  // What is kept of a choice from one event to the next.
  struct Choice {
    explicit Choice(config::ThinkTags meaning) : tags(meaning) {}
    ThinkTags tags;
    CallNumbers calls;
  };

  bool is_needed(std::string_view data, const PassedContent& content) const;
  Choice* choice_of(std::size_t index);
  void correct(FoundChoice& found, DataEdits& edits);
  void part(Choice& choice, FoundChoice& found, DataEdits& edits);
  void add_delta(const FoundChoice& found, std::string_view members, DataEdits& edits);
  void number_calls(Choice& choice, const FoundChoice& found, DataEdits& edits);
  void join_parts(const FoundChoice& found, DataEdits& edits);
  std::string tell_thinking(const FoundChoice& found, std::string_view raw, DataEdits& edits);
  void put_before_content(const FoundChoice& found, std::string members, DataEdits& edits);
  void end_unsaid(const Choice& choice, const FoundChoice& found, DataEdits& edits);
  void name_finish(const Choice& choice, const FoundChoice& found, DataEdits& edits);
  std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }
  std::string_view quoted(std::string_view raw) { return keep(std::string("\"").append(raw).append("\"")); }

  config::ThinkTags meaning_;
  Api api_;
  std::vector<Choice> choices_;
  Choices seen_, finished_;  // so far
  bool has_content_ = false;
  std::forward_list<std::string> kept_;  // of the event at hand
  std::string_view data_;
  bool parted_ = false, shows_text_ = false, shows_thinking_ = false;  // of the event at hand
};

}  // namespace providers
