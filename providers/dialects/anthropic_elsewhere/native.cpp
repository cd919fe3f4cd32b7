#include "providers/dialects/anthropic_elsewhere/native.hpp"

#include "providers/dialect/told_count.hpp"
#include "providers/dialects/anthropic/native.hpp"
#include "providers/dialects/anthropic_elsewhere/framed_event.hpp"
#include "providers/dialects/bedrock_converse/errors.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {
namespace {

std::string type_of(std::string_view event, JsonTokens& tokens) {
  JsonString type;
  JsonWalk walk(tokens, event);
  const bool is_read =
      walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
        return key.is("type") ? take_text(walk, type) : walk.skip();
      });
  const bool is_plain = is_read && !type.escaped && type.raw.find_first_of("\r\n") == std::string_view::npos;
  return is_plain ? std::string(type.raw) : std::string();
}

class FrameUnwrapper final : public Unframer {
 public:
  explicit FrameUnwrapper(JsonTokens& tokens) : tokens_(tokens) {}

  void feed(std::string_view bytes, std::string& events) override {
    frames_.feed(bytes);
    while (!error_ && !is_broken_) {
      const auto frame = frames_.next();
      if (!frame) break;
      take(*frame, events);
    }
    is_broken_ = is_broken_ || frames_.state() != EventStreamReader::State::reading;
  }
  bool is_broken() const override { return is_broken_; }
  const std::optional<ReportedError>& error() const override { return error_; }

 private:
  void take(const EventFrame& frame, std::string& events) {
    if (frame.message_type == "exception" || frame.message_type == "error") {
      error_ = read_bedrock_exception(frame, tokens_);
      return;
    }
    if (frame.event_type != "chunk") return;
    const auto event = event_in_frame(frame, tokens_);
    if (!event) {
      is_broken_ = true;
      return;
    }
    const std::string type = type_of(*event, tokens_);
    if (!type.empty()) events.append("event: ").append(type).append("\n");
    events.append("data: ").append(*event).append("\n\n");
  }

  JsonTokens& tokens_;
  EventStreamReader frames_;
  std::optional<ReportedError> error_{};
  bool is_broken_ = false;
};

class FramedReplies final : public NativeReplies {
 public:
  std::unique_ptr<Unframer> unframer(JsonTokens& tokens) const override {
    return std::make_unique<FrameUnwrapper>(tokens);
  }
  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override {
    return inner_.event(event, tokens);
  }
  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown usage, std::string& scratch,
                  std::string_view cost) const override {
    return inner_.relayed(event, passed, usage, scratch, cost);
  }
  ReportedUsage joined(const ReportedUsage& before, const ReportedUsage& next) const override {
    return inner_.joined(before, next);
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    return inner_.whole(body, tokens);
  }

 private:
  const NativeReplies& inner_ = anthropic_native_replies();
};

}  // namespace

const NativeReplies& framed_native_replies() {
  static const FramedReplies replies;
  return replies;
}

}  // namespace providers
