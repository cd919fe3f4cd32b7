// Writes an answer that came in another API as OpenAI's chat reply: as chunks while it comes, or whole. Texts
// are copied as they stand. Each belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surface/surface.hpp"
#include "providers/json/json_writer.hpp"

namespace gateway {

enum class ThinkingShown { yes, no };
// Whose clients read it. OpenRouter's want no `"usage":null`, and a provider.
enum class ChatShape { openai, openrouter };

class ChatChunks final : public StreamedAnswer {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; `stream` need not.
  ChatChunks(const StreamIdentity& stream, bool wants_usage, ThinkingShown thinking, std::string& out,
             ChatShape shape = ChatShape::openai);

  // Of an error nothing is written: the event that ends a broken stream is for whoever ends it.
  void take(const providers::AnswerEvent& event) override;
  void finish(std::string_view own_members) override;
  void goes_on() override { has_role_ = true; }

 private:
  void think(const providers::AnswerEvent& event);
  void begin_chunk();
  void end_chunk();
  void end_event();

  std::string& out_;
  bool wants_usage_;
  ThinkingShown thinking_;
  ChatShape shape_;
  std::string identity_;  // an event up to its choices
  bool has_role_ = false;
  std::optional<routing::Usage> usage_{};
};

class ChatWhole final : public WholeAnswer {
 public:
  explicit ChatWhole(ThinkingShown thinking, ChatShape shape = ChatShape::openai)
      : thinking_(thinking), shape_(shape) {}

  void take(const providers::AnswerEvent& event) override;
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override;

 private:
  struct Thought {
    std::string text, signature, redacted, id;
    std::string_view format;
  };
  struct Call {
    std::string id, name, arguments;
  };

  Thought& thought(const providers::AnswerEvent& event);
  void write_thoughts(providers::JsonWriter& json) const;
  void write_calls(providers::JsonWriter& json) const;

  ThinkingShown thinking_;
  ChatShape shape_;
  // All of it raw, as it stands in JSON.
  std::string text_, refusal_, thinking_text_, native_reason_;
  std::vector<Thought> thoughts_;
  std::vector<Call> calls_;
  std::optional<providers::EndReason> reason_{};
  std::optional<routing::Usage> usage_{};
};

}  // namespace gateway
