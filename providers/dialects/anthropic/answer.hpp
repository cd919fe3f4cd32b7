// Makes the events of an answer out of the blocks and deltas of Anthropic's messages: the one place that both
// streamed and whole replies pass. Belongs to one reply.
#pragma once

#include <cstddef>
#include <string>

#include "providers/conversation/answer.hpp"
#include "providers/dialects/anthropic/event.hpp"

namespace providers {

class AnthropicAnswer {
 public:
  void begin(const Text& id, const Text& model, AnswerSink& sink);
  void block(const AnthropicBlockSeen& block, AnswerSink& sink);
  void delta(const AnthropicDelta& delta, AnswerSink& sink);
  void block_ended(AnswerSink& sink);
  void end(const Text& stop_reason, const Text& stop_sequence, AnswerSink& sink);
  void usage(const AnthropicUsage& usage, AnswerSink& sink);
  void fail(const ReportedError& error, AnswerSink& sink);

  bool has_begun() const { return has_begun_; }

 private:
  // other: of tools that run at the host, and what is not known; it is left out.
  enum class Open { none, text, thinking, tool, other };

  void tool_begins(const AnthropicBlockSeen& block, AnswerSink& sink);
  void thinking_begins(const AnthropicBlockSeen& block, AnswerSink& sink);

  bool has_begun_ = false;
  Open open_ = Open::none;
  std::size_t thoughts_ = 0;  // blocks so far
  std::size_t calls_ = 0;
  bool has_arguments_ = false;  // the open tool call has been told some
  std::string input_;           // of the open tool call: as its block began with it
};

}  // namespace providers
