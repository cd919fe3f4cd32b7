// Writes an answer that came in another API as Google's: as events while it comes, or whole. Texts are copied
// as they stand. Each belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surface/surface.hpp"

namespace gateway {

enum class ThoughtsShown { yes, no };
// Of a stream: server-sent events, or the elements of one array, each but the last with the comma behind it.
enum class GeminiFraming { events, array };
// `object` as a part of a stream that goes on behind it.
std::string gemini_part(GeminiFraming framing, std::string_view object);

// As `usageMetadata` has it: what was thought counts beside the answer here.
void append_gemini_usage(std::string& out, const routing::Usage& usage, std::string_view own_members);

// What of an answer must be whole before it can be told: its calls, which have no pieces here.
class GeminiCalls {
 public:
  // Whether the event was one of a call.
  bool take(const providers::AnswerEvent& event);
  bool empty() const { return calls_.empty(); }
  // Their parts, with commas between them.
  std::string take_parts();

 private:
  struct Call {
    std::size_t index = 0;
    std::string id, name, arguments;  // raw
    std::string signature;            // of Google's; empty: none
  };
  std::string signature_;  // of the call to come
  std::vector<Call> calls_;
};

// The pages that an answer comes from, as a grounding has them. Where in the text each is cited is left out:
// Google counts that in bytes of a part.
class GeminiSources {
 public:
  void take(const providers::AnswerEvent& citation);
  // `groundingMetadata` of a candidate, with a comma before it; empty: there are none.
  std::string member() const;
  std::string_view left_out() const { return left_out_; }

 private:
  std::vector<std::string> chunks_;
  std::string_view left_out_{};
};

class GeminiEvents final : public StreamedAnswer {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; `stream` need not.
  GeminiEvents(const StreamIdentity& stream, ThoughtsShown thoughts, GeminiFraming framing, std::string& out);

  // Of an error nothing is written: the event that ends a broken stream is for whoever ends it.
  void take(const providers::AnswerEvent& event) override;
  void finish(std::string_view own_members) override;
  std::string_view left_out() const override { return sources_.left_out(); }

 private:
  std::string object(std::string_view parts, std::string_view behind) const;
  void tell(std::string_view parts);
  void tell_calls();

  std::string& out_;
  const ThoughtsShown thoughts_;
  const GeminiFraming framing_;
  std::string identity_;  // the members that each event repeats
  GeminiCalls calls_;
  GeminiSources sources_;
  std::optional<providers::EndReason> reason_{};
  std::optional<routing::Usage> usage_{};
};

class GeminiWhole final : public WholeAnswer {
 public:
  explicit GeminiWhole(ThoughtsShown thoughts) : thoughts_(thoughts) {}

  void take(const providers::AnswerEvent& event) override;
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override;
  std::string_view left_out() const override { return sources_.left_out(); }

 private:
  const ThoughtsShown thoughts_;
  std::string thinking_, text_;  // raw
  std::string images_;           // parts, with commas between them
  GeminiCalls calls_;
  GeminiSources sources_;
  std::optional<providers::EndReason> reason_{};
  std::optional<routing::Usage> usage_{};
};

}  // namespace gateway
