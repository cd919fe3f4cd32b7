// The output of a response as an answer's events make it: items one after the other, and, where somebody
// listens, an event for each of its changes. Texts are copied as they stand. Belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surfaces/openai_responses/response_events.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

class ResponseOutput {
 public:
  // Of `asked` nothing is needed later; `events` must outlive this.
  ResponseOutput(const providers::Conversation& asked, const StreamIdentity& reply, ResponseEvents& events);

  void take(const providers::AnswerEvent& event);
  // Ends what is open. After that nothing may be taken.
  void end(ResponseStatus status);
  // All items so far that have ended, with commas between them: JSON.
  std::string items() const;
  // Citations that are of no text the client could still be told them with.
  bool loses_citations() const { return loses_citations_ || !untold_.empty(); }

 private:
  struct Item {
    std::string id;
    std::string json;  // once it has ended
  };
  // A tool of the client's that hosts know by another name, or in another form.
  struct ToolSeen {
    std::string name;                  // plain, as answers name it
    std::string name_in_space, space;  // raw
    bool takes_text = false;
  };
  struct Call {
    std::size_t item = 0;
    std::string call_id, name, space;  // raw
    std::string arguments;             // raw
    bool takes_text = false;
  };
  enum class Open { nothing, message, thinking };
  enum class PartKind { text, refusal };

  std::size_t begin_item(std::string_view prefix);
  void end_item(std::size_t item, std::string json);

  void say(const providers::AnswerEvent& event, PartKind kind);
  void show(const providers::AnswerEvent& event);
  void cite(const providers::AnswerEvent& event);
  void tell_citations();
  void end_part();
  void end_message(std::string_view status);
  void think(const providers::AnswerEvent& event);
  void end_thinking();
  void end_open();
  void call(const providers::AnswerEvent& event);
  void end_call(Call& call, std::string_view status);
  std::string call_json(const Call& call, std::string_view arguments, std::string_view status) const;

  ResponseEvents& events_;
  std::string request_id_;
  const std::uint64_t owner_;
  bool wants_summary_;
  std::vector<ToolSeen> tools_;
  std::vector<Item> items_;
  std::vector<Call> calls_;  // open until all has come: hosts may go on with any of them

  Open open_ = Open::nothing;
  std::size_t item_ = 0;  // the open one
  // Of an open message.
  std::string content_;  // parts that have ended
  std::size_t parts_ = 0;
  bool has_part_ = false;
  PartKind part_kind_ = PartKind::text;
  std::string text_;                  // raw; of the open part, or of the open thinking
  std::string logprobs_;              // of the open part: the elements of an array, as JSON
  std::string annotations_;           // of the open part, as of logprobs
  std::size_t annotation_count_ = 0;  // of the open part
  std::vector<std::string> untold_;   // citations that wait for a text to be of
  bool loses_citations_ = false;
  std::size_t characters_ = 0;  // of the answer's texts in parts that have ended
  // Of open thinking.
  std::size_t thought_ = 0;
  std::string signature_, redacted_;  // raw
  std::string_view format_;
};

}  // namespace gateway
