// A Provider that does what its script says, in simulated time, and remembers what was asked of it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "providers/host/provider.hpp"
#include "providers/loop/timer.hpp"

namespace support {

// One answer. The times are since the step before.
struct Script {
  struct Step {
    config::Duration after{};
    std::variant<std::string, routing::FailureKind> what{};  // bytes, or how the reply breaks off
  };
  config::Duration connects_after{};  // before it reads anything of the request
  config::Duration head_after{};
  std::optional<routing::FailureKind> fails{};  // no head comes
  routing::TlsFault tls_fault = routing::TlsFault::none;
  providers::HostReply head{.status = 200, .content = providers::ContentKind::event_stream};
  std::vector<Step> body;  // then the reply's complete end
  config::Duration end_after{};
  bool throws =
      false;  // as a lack of memory in the gateway does: behind the body, or at once where there is none
};

class ScriptedProvider final : public providers::Provider {
 public:
  explicit ScriptedProvider(providers::Timer& timer) : timer_(timer) {}

  // The answers in order; the last one again and again.
  void will(Script script) { scripts_.push_back(std::move(script)); }
  void forget() { scripts_.clear(); }
  std::unique_ptr<providers::Exchange> begin() override;
  void keep_ready(std::shared_ptr<Provider>) override { ++readied; }

  std::vector<std::string> requests;  // the bodies
  std::vector<std::string> targets;   // where they went
  std::vector<std::string> fields;    // of their heads, beside the dialect's own
  std::vector<config::TimePoint> asked_at;
  int readied = 0;      // how often connections were wanted ahead
  int aborted = 0;      // ended from outside
  int read_to_end = 0;  // whose connection could be used again
  int open = 0;

 private:
  friend class ScriptedExchange;
  providers::Timer& timer_;
  std::deque<Script> scripts_;
};

class ScriptedExchange final : public providers::Exchange {
 public:
  ScriptedExchange(ScriptedProvider& provider, Script script)
      : provider_(provider), script_(std::move(script)) {
    ++provider_.open;
  }
  ~ScriptedExchange() override { --provider_.open; }

  providers::Task<providers::Result<providers::HostReply>> start(
      providers::OutgoingRequest& request) override {
    if (aborted_) co_return routing::FailureKind::connect;
    if (script_.throws && script_.body.empty()) throw std::bad_alloc();
    provider_.asked_at.push_back(provider_.timer_.now());
    if (script_.connects_after > config::Duration{} && !co_await pass(script_.connects_after)) {
      co_return routing::FailureKind::connect;
    }
    std::string text;
    for (const std::string_view piece : request.body.texts()) text.append(piece);
    provider_.requests.push_back(text);
    provider_.targets.emplace_back(request.target);
    provider_.fields.emplace_back(request.fields);
    if (script_.fails != routing::FailureKind::connect) progress_ = routing::Progress::request_sent;
    const bool passed = co_await pass(script_.head_after);
    if (!passed) co_return routing::FailureKind::reset_before_reply;
    if (script_.fails) co_return *script_.fails;
    co_return script_.head;
  }

  providers::Task<providers::Result<std::string_view>> next() override {
    if (at_ == script_.body.size()) {
      const bool passed = co_await pass(script_.end_after);
      if (script_.throws) throw std::bad_alloc();
      if (!passed) co_return routing::FailureKind::broken_stream;
      if (!std::exchange(ended_, true)) ++provider_.read_to_end;
      co_return std::string_view();
    }
    const Script::Step& step = script_.body[at_++];
    const bool passed = co_await pass(step.after);
    if (!passed) co_return routing::FailureKind::broken_stream;
    if (const auto* broken = std::get_if<routing::FailureKind>(&step.what)) co_return *broken;
    // A buffer of its own for each piece, so that a view kept too long shows.
    piece_ = std::make_unique<std::string>(std::get<std::string>(step.what));
    co_return std::string_view(*piece_);
  }

  void abort() override {
    if (std::exchange(aborted_, true)) return;
    ++provider_.aborted;
    sleep_.wake();
  }
  routing::Progress progress() const override { return progress_; }
  routing::TlsFault tls_fault() const override { return script_.tls_fault; }

 private:
  // False when aborted.
  providers::Task<bool> pass(config::Duration time) {
    if (!aborted_ && time > config::Duration{}) {
      co_await sleep_.until(provider_.timer_, provider_.timer_.now() + time);
    }
    co_return !aborted_;
  }

  ScriptedProvider& provider_;
  const Script script_;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool aborted_ = false;
  providers::Sleep sleep_;
  std::unique_ptr<std::string> piece_;
  routing::Progress progress_ = routing::Progress::nothing_sent;
};

inline std::unique_ptr<providers::Exchange> ScriptedProvider::begin() {
  Script script = scripts_.front();
  if (scripts_.size() > 1) scripts_.pop_front();
  return std::make_unique<ScriptedExchange>(*this, std::move(script));
}

}  // namespace support
