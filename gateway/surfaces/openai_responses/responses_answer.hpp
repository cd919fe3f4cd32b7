// Writes an answer that came in another API as OpenAI's response: as events while it comes, or whole. Each
// belongs to one reply.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/surface/surface.hpp"
#include "gateway/surfaces/openai_responses/response_output.hpp"

namespace gateway {

// How an answer ended, so far as it is known.
struct ResponseEnd {
  std::optional<providers::EndReason> reason{};
  std::optional<routing::Usage> usage{};

  void take(const providers::AnswerEvent& event);
  ResponseStatus status() const;
  std::string_view incomplete_reason() const;
};

class ResponsesStream final : public StreamedAnswer {
 public:
  // Whole events are put behind what is in `out`, which must outlive this; the rest need not.
  ResponsesStream(const providers::Conversation& asked, const StreamIdentity& stream, std::string& out);

  // Of an error nothing is written: the event that ends a broken stream is for whoever ends it.
  void take(const providers::AnswerEvent& event) override;
  void finish(std::string_view own_members) override;
  std::int64_t events() const override { return events_.count(); }
  std::string_view left_out() const override {
    return output_.loses_citations() ? citations_left_out : std::string_view();
  }

 private:
  StreamIdentity identity() const { return {.id = id_, .created = created_, .model = model_}; }
  void begin();

  std::string id_, model_;
  std::int64_t created_;
  std::string said_back_;
  ResponseEvents events_;
  ResponseOutput output_;
  ResponseEnd end_;
  bool has_begun_ = false;
};

class ResponsesWhole final : public WholeAnswer {
 public:
  explicit ResponsesWhole(const providers::Conversation& asked) : asked_(asked) {}

  void take(const providers::AnswerEvent& event) override;
  std::string body(const StreamIdentity& reply, std::string_view own_members) const override;
  std::string_view left_out() const override;

 private:
  // The answer's events come before the identity of the reply: they are kept until then.
  struct Kept {
    providers::AnswerEvent event;
    std::string text, id, name, json;
  };

  void tell(ResponseOutput& output) const;

  const providers::Conversation& asked_;
  std::vector<Kept> kept_;
  ResponseEnd end_;
};

}  // namespace gateway
