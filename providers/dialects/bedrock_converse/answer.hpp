// Makes the events of an answer out of the blocks and deltas of Converse: the one place that both streamed
// and whole replies pass. Belongs to one reply.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/dialects/bedrock_converse/usage.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

inline bool is_of_anthropic(std::string_view model) {
  return model.find("anthropic.") != std::string_view::npos;
}

// How clients that send thinking back call what a model signed: Anthropic's signatures are good wherever its
// models are served.
inline std::string_view bedrock_thinking_format(std::string_view model) {
  return is_of_anthropic(model) ? "anthropic-claude-v1" : "amazon-bedrock-v1";
}

class ConverseAnswer {
 public:
  // `thinking_format`: static.
  ConverseAnswer(JsonTokens& tokens, std::string_view thinking_format)
      : tokens_(tokens), thinking_format_(thinking_format) {}

  void begin(AnswerSink& sink);
  // A part of block `index`: `text`, `toolUse`, `reasoningContent`, as a delta or whole; an object.
  // False where it is none.
  bool part(std::size_t index, std::string_view json, AnswerSink& sink);
  void block_ended(AnswerSink& sink);
  // False where the model's answer is broken by the host's fault, which was told.
  bool end(const Text& stop_reason, AnswerSink& sink);
  void usage(const ConverseUsage& usage, AnswerSink& sink);

 private:
  struct Part;
  struct Cited {
    std::string json;
    bool is_page = false;
  };
  bool read(std::string_view json, Part& part);
  void tell_call(const Part& part, AnswerSink& sink);
  void tell_thinking(std::size_t index, const Part& part, AnswerSink& sink);

  JsonTokens& tokens_;
  const std::string_view thinking_format_;
  bool has_begun_ = false;
  bool is_in_call_ = false;
  bool has_arguments_ = false;
  std::optional<std::size_t> thinking_block_{};
  std::size_t thoughts_ = 0;
  std::size_t calls_ = 0;
  std::size_t characters_ = 0;    // of the answer's text so far
  std::size_t block_begin_ = 0;   // of the open block, in it
  std::vector<Cited> citations_;  // of the open block
};

}  // namespace providers
