// Makes the events of an answer out of the blocks and deltas of Anthropic's messages: the one place that both
// streamed and whole replies pass. Belongs to one reply.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

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
  // All has come: what answered and did not say how it ended has ended all the same.
  void all_has_come(AnswerSink& sink);
  void usage(const AnthropicUsage& usage, AnswerSink& sink);
  void fail(const ReportedError& error, AnswerSink& sink);

  bool has_begun() const { return has_begun_; }

 private:
  // other: of tools that run at the host, and what is not known; it is left out.
  enum class Open { none, text, thinking, tool, other };

  struct Cited {
    std::string json;
    bool is_page = false;
  };

  void say(const Text& text, AnswerSink& sink);
  void cite(const AnthropicCitation& citation);
  void tell_citations(AnswerSink& sink);
  void tool_begins(const AnthropicBlockSeen& block, AnswerSink& sink);
  void thinking_begins(const AnthropicBlockSeen& block, AnswerSink& sink);

  bool has_begun_ = false;
  bool has_ended_ = false;
  Open open_ = Open::none;
  std::size_t thoughts_ = 0;  // blocks so far
  bool has_thought_ = false;  // anything in them
  std::size_t calls_ = 0;
  bool has_arguments_ = false;  // the open tool call has been told some
  std::string input_;           // of the open tool call: as its block began with it
  std::size_t characters_ = 0;  // of the answer's text so far
  std::size_t text_begin_ = 0;  // of the open text, in it
  std::vector<Cited> cited_;    // by the open text: all of it is what they are for
};

}  // namespace providers
