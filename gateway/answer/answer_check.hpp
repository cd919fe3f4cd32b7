// Checks an answer on what its request asked for: the arguments of tool calls on
// the tools' schemas, JSON on being JSON and on its schema. Costs nothing where neither was asked for; else
// what is checked is kept until the answer's end, bounded, and read once. Belongs to one attempt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/request/inference.hpp"
#include "providers/conversation/answer.hpp"
#include "providers/dialect/dialect.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/http/sse.hpp"

namespace gateway {

class AnswerCheck final : public providers::AnswerSink {
 public:
  AnswerCheck(const InferenceRequest& request, const providers::Dialect& dialect);

  bool is_wanted() const { return checks_calls_ || checks_json_; }

  // What the answer showed, of any request.
  void saw(const providers::PassedContent& content) {
    is_visible_ |= content.text || content.tool_call;
    has_calls_ |= content.tool_call;
    if (!content.finish_reason.empty()) note_finish(content.finish_reason);
  }
  // The next event of a stream that is passed on, where the check is wanted.
  void keep(const providers::SseEvent& event, const providers::PassedContent& content);
  // The next event of an answer that is interpreted.
  void take(const providers::AnswerEvent& event) override;
  // The request's body and conversation will go.
  void keep(const InferenceRequest& request);

  // The answer is over. `reply`: all of one that is passed on and came whole; empty: it streamed, or was
  // taken as events.
  routing::Conduct conduct(const InferenceRequest& request, const providers::HostModel& model,
                           const routing::Attempt& attempt, std::string_view reply,
                           providers::JsonTokens& tokens);

 private:
  enum class Finish : std::uint8_t { none, stop, cut, calls, filtered };
  // The insides of JSON strings.
  struct Call {
    std::string name;
    std::string arguments;
  };
  // What of a request answers are checked on.
  struct Wanted {
    std::string tools;   // as their API describes them
    std::string schema;  // of the answer; empty: none
  };

  void note_finish(std::string_view reason);
  bool has_room_for(std::size_t bytes);
  Wanted wanted_of(const InferenceRequest& request);
  // Of what was kept, and of each answer where there are several side by side.
  void check(providers::JsonTokens& tokens, routing::Conduct& conduct) const;
  void check_each(const providers::HostModel& model, std::string_view reply, providers::JsonTokens& tokens,
                  routing::Conduct& conduct);
  void read(const providers::HostModel& model, std::string_view reply, std::string_view events,
            providers::JsonTokens& tokens);
  routing::Checked calls_checked(providers::JsonTokens& tokens) const;
  routing::Checked json_checked(providers::JsonTokens& tokens) const;
  routing::Checked finish_checked(const InferenceRequest& request, const routing::Attempt& attempt) const;

  const bool passes_on_;
  const std::size_t answers_;                        // that are wanted, side by side
  const providers::Interpreter* const interpreter_;  // null: it has no end, and nothing to read
  bool checks_calls_ = false;
  bool checks_json_ = false;
  bool is_visible_ = false;
  bool has_calls_ = false;
  bool is_refused_ = false;
  bool is_too_large_ = false;
  bool reads_again_ = false;  // what was kept, so that its ends are told once more
  Finish finish_ = Finish::none;
  std::size_t kept_bytes_ = 0;
  std::string events_;  // of a stream that is passed on, from the first on that is checked
  std::vector<Call> made_;
  std::string text_;  // of the answer, the inside of a JSON string
  std::optional<Wanted> wanted_;
};

}  // namespace gateway
