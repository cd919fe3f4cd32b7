// The stream of a host that speaks the client's own API: event by event as it came. Belongs to one attempt.
#pragma once

#include "gateway/answer/our_names.hpp"
#include "gateway/serving/stream_relay.hpp"
#include "providers/dialect/native_replies.hpp"
#include "providers/http/sse.hpp"

namespace gateway {

class NativeRelay final : public StreamRelay {
 public:
  explicit NativeRelay(const Attempting& attempting)
      : StreamRelay(attempting),
        replies_(*attempting.dialect.native()),
        correction_(replies_.correction(host_model_of(attempting))),
        names_(our_names_for(attempting)),
        editor_(attempting.request.surface->editor(identity_of(attempting), attempting.request.asked)),
        unframer_(replies_.unframer(attempting.services.tokens)) {}

 private:
  void feed(std::string_view piece) override;
  std::optional<Step> take_next() override;
  bool put_rest() override;
  void put_last() override {
    if (parts_) held_.append(parts_->last);
  }
  std::int64_t events() const override { return events_told_; }
  bool is_broken() const override {
    return events_.state() != providers::SseReader::State::reading || (unframer_ && unframer_->is_broken());
  }

  // False: another attempt has the client.
  bool pass_on(const providers::SseEvent& event, providers::PassedEvent& passed);
  void queue_edited(const providers::SseEvent& event, providers::PassedEvent& passed);
  void queue_part(const providers::Relayed& relayed);
  void queue(const providers::SseEvent& event, const providers::PassedEvent& passed);
  std::string own_cost(const providers::PassedEvent& passed) const;
  void pass_on_comment(std::string_view comment);
  void hear(const providers::SseEvent& event, const providers::PassedContent& content);

  const providers::NativeReplies& replies_;
  const PartFraming* const parts_ = with_.request.surface->part_framing();  // null: events
  providers::SseReader events_{providers::SseReader::Comments::given};
  providers::ReportedUsage usage_;  // so far
  std::int64_t events_told_ = 0;
  providers::Follows follows_ = providers::Follows::nothing;
  const std::unique_ptr<providers::Correction> correction_;  // may be null
  OurNames names_;
  providers::DataEdits edits_;  // of the event at hand
  std::string edited_;
  const std::unique_ptr<ReplyEditor> editor_;  // may be null; reads what was put right
  std::string told_;
  std::string scratch_;
  const std::unique_ptr<providers::Unframer> unframer_;  // null where the host sends events
  std::string unframed_;                                 // of the piece at hand
};

}  // namespace gateway
