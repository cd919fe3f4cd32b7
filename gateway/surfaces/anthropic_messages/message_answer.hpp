// Writes an answer that came in another API as a reply of Anthropic's Messages: as events while it comes, or
// whole. Texts are copied as they stand. Each belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surface/surface.hpp"
#include "gateway/surfaces/anthropic_messages/call_progress.hpp"
#include "gateway/surfaces/anthropic_messages/own_thinking.hpp"
#include "providers/json/json_tokens.hpp"

namespace gateway {

// What stands where a picture was answered, for which there is no block.
inline constexpr std::string_view untold_image =
    "[A picture, which answers of this API have no place for: chat, Responses and generateContent have.]";

// "msg_..." of the request's id.
std::string message_id(std::string_view request_id);

// Why it ended, in Anthropic's words.
class MessageEnd {
 public:
  void take(const providers::AnswerEvent& event);
  std::string_view stop_reason() const;
  // As it stands in JSON, null where there is none.
  std::string stop_sequence() const { return sequence_.empty() ? "null" : "\"" + sequence_ + "\""; }

 private:
  std::string sequence_;  // raw
  bool has_refused_ = false;
  bool has_called_ = false;
  std::optional<providers::EndReason> reason_{};
};

class MessageEvents final : public StreamedAnswer {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; `stream` need not.
  MessageEvents(const StreamIdentity& stream, ThoughtShown thoughts, std::string& out);

  // Of an error nothing is written: the event that ends a broken stream is for whoever ends it.
  void take(const providers::AnswerEvent& event) override;
  void finish(std::string_view own_members) override;
  std::string_view left_out() const override { return left_out_; }

 private:
  enum class Open { none, text, thinking, call };
  struct Call {
    std::size_t index = 0;
    std::string id, name, arguments;  // raw; the arguments, while another call is open, until it is opened
    CallProgress progress;
  };

  void begin();
  void begin_block(Open kind, std::string_view block);
  void end_block();
  void delta(std::string_view members_before, std::string_view raw);
  void say(std::string_view raw);
  void think(const providers::AnswerEvent& event);
  void call_begins(const providers::AnswerEvent& event);
  void arguments(const providers::AnswerEvent& event);
  void open_calls(bool is_last);

  std::string& out_;
  const ThoughtShown thoughts_;
  const std::uint64_t owner_;
  std::string start_;  // the first event, until it is written
  Open open_ = Open::none;
  std::size_t blocks_ = 0;   // so far, with the open one
  std::size_t thought_ = 0;  // the answer's index of the open block of thinking
  // Of the open block of thinking, raw: what its signature is to keep, unless it is written.
  bool is_signed_ = false;
  std::string thought_text_, signature_, format_;
  // Blocks do not interleave here, and elsewhere calls may: the open one, then those that wait for its end.
  std::vector<Call> calls_;
  MessageEnd end_;
  routing::Usage usage_{};
  std::string_view left_out_{};
};

class MessageWhole final : public WholeAnswer {
 public:
  explicit MessageWhole(ThoughtShown thoughts) : thoughts_(thoughts) {}

  void take(const providers::AnswerEvent& event) override;
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override;
  std::string_view left_out() const override { return left_out_; }

 private:
  struct Block {
    enum class Kind { text, thinking, redacted, call };
    Kind kind = Kind::text;
    std::size_t index = 0;  // of the thinking block, or of the call
    // Raw; of a call `text` are the arguments.
    std::string text, signature, format, id, name;
  };

  Block& last(Block::Kind kind, std::size_t index);
  void think(const providers::AnswerEvent& event);

  const ThoughtShown thoughts_;
  std::vector<Block> blocks_;
  MessageEnd end_;
  std::optional<routing::Usage> usage_{};
  std::string_view left_out_{};
};

}  // namespace gateway
