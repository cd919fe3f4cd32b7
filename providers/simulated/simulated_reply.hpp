// The bodies a simulated host answers with: parts of a stream, whole answers, errors, lists of models, in the
// words of the API that it was asked in. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulated/simulated_words.hpp"
#include "routing/host_model/host_model.hpp"

namespace providers {

// The JSON around what one answer says.
class SimulatedReply {
 public:
  virtual ~SimulatedReply() = default;

  // Each is one event or more, with the empty line that ends it.
  virtual std::string first_events(const routing::Answer& answer) const = 0;
  // The tokens `from` .. `to` - 1: one event each.
  virtual std::string token_events(std::int64_t from, std::int64_t to,
                                   const routing::Answer& answer) const = 0;
  // How the answer ended, its usage, and the end of the stream.
  virtual std::string last_events(const routing::Answer& answer) const = 0;
  // What keeps a stream open that has nothing to say yet.
  virtual std::string_view waiting_event() const = 0;

  virtual std::string whole(const routing::Answer& answer) const = 0;
};

// OpenAI's chat: as many choices as were asked for, each with what it says.
class SimulatedChat final : public SimulatedReply {
 public:
  enum class UsageInStream { asked, not_asked };
  struct Shown {
    UsageInStream usage = UsageInStream::asked;
    std::optional<int> logprobs{};  // and of how many other tokens; absent: not asked for
  };
  SimulatedChat(std::string_view id, std::string_view model, std::int64_t created,
                std::vector<SimulatedWords> choices, Shown shown);

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return ": keep-alive\n\n"; }
  std::string whole(const routing::Answer& answer) const override;

 private:
  std::string event(std::string_view choice) const;
  std::string delta_event(std::size_t choice, std::string_view delta, std::string_view logprobs) const;
  std::string token_event(std::size_t choice, std::int64_t token, const routing::Answer& answer) const;
  std::string usage_of(const routing::Answer& answer) const;
  std::string logprobs_of(const SimulatedWords& words, std::int64_t from, std::int64_t to,
                          const routing::Answer& answer) const;

  std::string head_;  // `"id":…,"created":…,"model":…` with a comma at its end
  std::vector<SimulatedWords> choices_;
  Shown shown_;
};

// Anthropic's Messages.
class SimulatedMessage final : public SimulatedReply {
 public:
  enum class Thoughts { shown, hidden };
  SimulatedMessage(std::string_view id, std::string_view model, SimulatedWords words, Thoughts thoughts);

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return "event: ping\ndata: {\"type\": \"ping\"}\n\n"; }
  std::string whole(const routing::Answer& answer) const override;

 private:
  bool thinks(const routing::Answer& answer) const {
    return thoughts_ == Thoughts::shown && answer.reasoning.count > 0;
  }
  std::string begin_block(std::int64_t index, std::string_view block) const;
  std::string delta(std::int64_t index, std::string_view members) const;
  std::string end_thought() const;
  std::string signature() const;
  std::string visible_block() const;

  std::string head_;  // `"id":…,"model":…` with a comma at its end
  SimulatedWords words_;
  Thoughts thoughts_;
};

struct SimulatedError {
  int status = 500;
  std::string message;
  std::string type;   // "invalid_request_error"
  std::string code;   // "context_length_exceeded"; empty: null
  std::string param;  // empty: null
};
std::string error_body(const SimulatedError& error);
// The same in Anthropic's words.
std::string message_error_body(const SimulatedError& error);

// The list with one model, as GET /models answers.
std::string models_body(std::string_view model, std::string_view owner, std::int64_t created);

}  // namespace providers
