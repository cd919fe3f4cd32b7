// Makes the events of an answer out of chunks, or of a whole reply, that are known to be valid. Belongs to
// one reply.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

class OpenAiChatAnswer {
 public:
  // Of a chunk or a whole reply that was understood as `content` and `usage`.
  void tell(std::string_view data, JsonTokens& tokens, const PassedContent& content,
            const ReportedUsage& usage, AnswerSink& sink);

 private:
  struct Call {
    std::int64_t host_index = 0;
    std::size_t id_hash = 0;
  };
  struct CallPiece {
    std::optional<std::int64_t> index{};
    Text id{};
    Text name{};
    Text arguments{};
  };

  void begin(std::string_view data, JsonTokens& tokens, AnswerSink& sink);
  bool choice(JsonWalk& walk);
  bool message(JsonWalk& walk);
  bool content(JsonWalk& walk);
  bool piece(JsonWalk& walk, AnswerEvent::Kind kind);
  bool thinking(JsonWalk& walk);
  bool tool_calls(JsonWalk& walk);
  void take(const CallPiece& piece, std::size_t place);

  bool has_begun_ = false;
  bool has_ended_ = false;
  bool has_thinking_ = false;       // of the chunk at hand
  std::vector<AnswerEvent> found_;  // of the chunk at hand; kept for its space
  std::vector<Call> calls_;         // one for each call so far
};

}  // namespace providers
