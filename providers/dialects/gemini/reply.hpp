// Replies of Google's generateContent as the events of an answer. A stream is made of whole replies, each
// with the next part of the answer. Belong to one reply.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "providers/dialect/sse_answer_reader.hpp"
#include "providers/dialects/gemini/citations.hpp"
#include "providers/dialects/gemini/usage.hpp"
#include "providers/http/sse.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

class GeminiAnswer {
 public:
  explicit GeminiAnswer(JsonTokens& tokens) : tokens_(tokens) {}
  // goes_on, failed or bad.
  Reading take(std::string_view reply, AnswerSink& sink);

 private:
  struct Reply;
  bool read(std::string_view text, Reply& reply);
  void tell_parts(std::string_view parts, AnswerSink& sink);
  void tell_call(JsonWalk& walk, std::string_view parts, AnswerSink& sink);
  void tell_signature(const Text& signature, AnswerSink& sink);
  Reading tell_end(const Reply& reply, AnswerSink& sink);
  Reading fail(std::string message, std::string code, int status, AnswerSink& sink);

  JsonTokens& tokens_;
  GeminiUsage usage_;
  GeminiCitations citations_;
  bool has_begun_ = false;
  bool is_thinking_ = false;
  std::size_t thoughts_ = 0;
  std::size_t calls_ = 0;
  std::string call_prefix_;              // of the ids of calls that have none
  std::vector<std::string_view> parts_;  // scratch, which keeps its memory from reply to reply
};

class GeminiStream final : public SseAnswerReader {
 public:
  explicit GeminiStream(JsonTokens& tokens) : answer_(tokens) {}

 private:
  Reading take(const SseEvent& event, AnswerSink& sink) override { return answer_.take(event.data, sink); }

  GeminiAnswer answer_;
};

Reading read_gemini_whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink);

}  // namespace providers
