// Writes an answer that came in another API as OpenAI's chat reply: as chunks while it comes, or whole. Texts
// are copied as they stand. Each belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/surface/surface.hpp"
#include "providers/conversation/conversation.hpp"
#include "providers/json/json_writer.hpp"

namespace gateway {

enum class ThinkingShown { yes, no };
// Whose clients read it. OpenRouter's want no `"usage":null`, and a provider.
enum class ChatShape { openai, openrouter };

// Tools, or functions, as chats had them first: of those a client reads one call.
enum class CallsAs { tools, functions };

// What an answer has that its client cannot be told.
class ChatLosses {
 public:
  void lose_citation() { has_citations_ = true; }
  void lose_call() { has_calls_ = true; }
  std::string_view names() const {
    if (has_citations_) return has_calls_ ? "citations, tool_calls" : citations_left_out;
    return has_calls_ ? "tool_calls" : "";
  }

 private:
  bool has_citations_ = false;
  bool has_calls_ = false;
};

// The names of the tools of `asked` that take a text.
std::vector<std::string> text_tools_of(const providers::Conversation& asked);
inline CallsAs calls_of(const providers::Conversation& asked) {
  return asked.calls_functions ? CallsAs::functions : CallsAs::tools;
}

// Why an answer ended, as such a client reads it.
std::string_view finish_word(providers::EndReason reason, CallsAs calls);

// A citation of a page, as an element of `annotations`; empty: it is of none.
std::string annotation_of(const providers::AnswerEvent& event);

// A picture, as an element of OpenRouter's `images`.
std::string image_of(const providers::AnswerEvent& event, std::size_t index);

class ChatChunks final : public StreamedAnswer {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; `stream` need not.
  ChatChunks(const StreamIdentity& stream, bool wants_usage, ThinkingShown thinking, std::string& out,
             ChatShape shape = ChatShape::openai, std::vector<std::string> text_tools = {},
             CallsAs calls = CallsAs::tools);

  // Of an error nothing is written: the event that ends a broken stream is for whoever ends it.
  void take(const providers::AnswerEvent& event) override;
  void finish(std::string_view own_members) override;
  void goes_on() override { has_role_ = true; }
  std::string_view left_out() const override { return losses_.names(); }

 private:
  // A call of a tool that takes a text: where that ends only the end of the object around it tells.
  struct TextCall {
    std::size_t index = 0;
    std::string arguments;  // raw
  };

  void think(const providers::AnswerEvent& event);
  void cite(const providers::AnswerEvent& event);
  void tell_function(std::string_view members);
  void begin_call(const providers::AnswerEvent& event);
  void go_on_with_call(const providers::AnswerEvent& event);
  void write_texts_of_calls();
  void begin_chunk();
  void end_chunk(std::string_view logprobs_of = {}, std::string_view logprobs = {});
  void end_event();

  std::string& out_;
  bool wants_usage_;
  ThinkingShown thinking_;
  ChatShape shape_;
  CallsAs calls_as_;
  std::string identity_;  // an event up to its choices
  bool has_role_ = false;
  std::size_t images_ = 0;
  std::vector<std::string> text_tools_;
  std::vector<TextCall> text_calls_;
  std::optional<routing::Usage> usage_{};
  ChatLosses losses_;
};

class ChatWhole final : public WholeAnswer {
 public:
  explicit ChatWhole(ThinkingShown thinking, ChatShape shape = ChatShape::openai,
                     std::vector<std::string> text_tools = {}, CallsAs calls = CallsAs::tools)
      : thinking_(thinking), shape_(shape), calls_as_(calls), text_tools_(std::move(text_tools)) {}

  void take(const providers::AnswerEvent& event) override;
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override;
  std::string_view left_out() const override { return losses_.names(); }

 private:
  struct Thought {
    std::string text, signature, redacted, id;
    std::string_view format;
  };
  struct Call {
    std::string id, name, arguments;
    bool takes_text = false;
  };

  Thought& thought(const providers::AnswerEvent& event);
  void write_thoughts(providers::JsonWriter& json) const;
  void write_calls(providers::JsonWriter& json) const;
  void write_logprobs(providers::JsonWriter& json) const;

  ThinkingShown thinking_;
  ChatShape shape_;
  CallsAs calls_as_;
  std::vector<std::string> text_tools_;
  // All of it raw, as it stands in JSON.
  std::string text_, refusal_, thinking_text_, native_reason_;
  std::string text_logprobs_, refusal_logprobs_, annotations_, images_;  // the elements of arrays, as JSON
  std::size_t image_count_ = 0;
  std::vector<Thought> thoughts_;
  std::vector<Call> calls_;
  std::optional<providers::EndReason> reason_{};
  std::optional<routing::Usage> usage_{};
  ChatLosses losses_;
};

}  // namespace gateway
