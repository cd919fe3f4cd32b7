// Puts chat replies right for clients of chat: thinking between tags, tool calls that are not counted from 0
// or whose arguments are no text, texts in parts, reasons to end that no client knows, or none. Belongs to
// one reply.
#pragma once

#include <forward_list>
#include <optional>
#include <string>
#include <vector>

#include "providers/conversation/text.hpp"
#include "providers/dialect/correction.hpp"
#include "providers/dialects/openai_chat/call_numbers.hpp"
#include "providers/dialects/openai_chat/think_tags.hpp"
#include "providers/json/json_walk.hpp"

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
  // A member's value, and all of the member; empty: it is not there.
  struct Place {
    ByteRange value{};
    ByteRange member{};
    bool is_blank = false;  // null, or an empty string
  };
  struct CallPlace {
    std::size_t begin = 0;  // behind its brace
    ByteRange index_value{};
    ByteRange object{};  // its arguments, where they are no text
    std::optional<std::int64_t> index{};
    std::string_view id{};
  };
  // A choice of the event at hand, as it stands there.
  struct Found {
    std::size_t index = 0;
    ByteRange message{};  // `delta` or `message`, the braces included
    bool is_delta = false;
    bool has_members = false;
    bool shows_more = false;  // a refusal, sound, pictures, a text in parts
    bool has_text = false;    // its content is a string
    bool is_parted = false;   // its content is a list of texts and thoughts, and nothing else
    std::string parts_text{}, parts_thinking{};  // of that list, raw
    std::size_t begin = 0;                       // behind the choice's brace
    Place content{}, reasoning{}, reasoning_content{};
    Text text{};
    std::vector<CallPlace> calls{};
    ByteRange no_delta{};  // the null in its place
    std::size_t finish_begin = 0;
    ByteRange finish_value{};
    std::string_view finish;
    bool tells_native = false;  // its host's own word is there as well
  };

  bool is_needed(std::string_view data, const PassedContent& content) const;
  Choice* choice_of(std::size_t index);
  bool read(JsonWalk& walk, Found& found) const;
  bool read_message(JsonWalk& walk, Found& found) const;
  bool read_calls(JsonWalk& walk, Found& found) const;
  static bool read_function(JsonWalk& walk, CallPlace& call);
  void correct(Found& found, DataEdits& edits);
  void part(Choice& choice, Found& found, DataEdits& edits);
  void add_delta(const Found& found, std::string_view members, DataEdits& edits);
  void number_calls(Choice& choice, const Found& found, DataEdits& edits);
  bool read_parts(JsonWalk& walk, Found& found) const;
  void join_parts(const Found& found, DataEdits& edits);
  void end_unsaid(const Choice& choice, const Found& found, DataEdits& edits);
  void name_finish(const Choice& choice, const Found& found, DataEdits& edits);
  std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }

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
