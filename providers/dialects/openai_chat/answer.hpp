// Makes the events of an answer out of chunks, or of a whole reply, that are known to be valid. Belongs to
// one reply.
#pragma once

#include <cstddef>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/dialects/openai_chat/call_numbers.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/dialects/openai_chat/think_tags.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

class OpenAiChatAnswer {
 public:
  explicit OpenAiChatAnswer(config::ThinkTags tags) : tags_(tags) {}
  // Of a chunk or a whole reply that was understood as `content` and `usage`. False: the host says that it
  // broke off, and so was `sink` told.
  bool tell(std::string_view data, JsonTokens& tokens, const PassedContent& content,
            const ReportedUsage& usage, AnswerSink& sink);
  // What was held back, since nothing follows.
  void tell_rest(AnswerSink& sink);
  // The same, and that the answer has ended, where the host did not say why.
  void tell_end(AnswerSink& sink);

 private:
  struct CallPiece {
    std::optional<std::int64_t> index{};
    Text id{};
    Text name{};
    Text arguments{};
  };

  void begin(std::string_view data, JsonTokens& tokens, AnswerSink& sink);
  bool choice(JsonWalk& walk);
  bool message(JsonWalk& walk);
  bool logprobs(JsonWalk& walk);
  void tell_logprobs(std::size_t before);
  bool content(JsonWalk& walk);
  bool text(JsonWalk& walk);
  void find(AnswerEvent::Kind kind, std::string text);
  void find(ThinkTags::Parted parted);
  bool piece(JsonWalk& walk, AnswerEvent::Kind kind);
  bool thinking(JsonWalk& walk);
  bool tool_calls(JsonWalk& walk);
  bool annotations(JsonWalk& walk);
  bool images(JsonWalk& walk);
  bool arguments(JsonWalk& walk, Text& found);
  void take(const CallPiece& piece, std::size_t place);
  void end(std::string_view word, AnswerSink& sink);

  std::string_view data_;  // of the chunk at hand
  bool has_begun_ = false;
  bool has_ended_ = false;
  bool has_answered_ = false;
  bool has_thinking_ = false;                          // of the chunk at hand
  std::vector<AnswerEvent> found_;                     // of the chunk at hand; kept for its space
  std::forward_list<std::string> parted_;              // texts of those, that are not the chunk's own
  Text stop_sequence_{};                               // of the chunk at hand
  std::string_view text_logprobs_, refusal_logprobs_;  // of the chunk at hand: JSON, arrays
  ThinkTags tags_;
  CallNumbers calls_;
};

}  // namespace providers
