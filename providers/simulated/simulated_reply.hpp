// The bodies a simulated host answers with: parts of a stream, whole answers, errors, lists of models, in the
// words of the API that it was asked in. Pure.
#pragma once

#include <chrono>
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
  // Of a stream.
  virtual std::string_view content_type() const { return "text/event-stream; charset=utf-8"; }
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

// OpenAI's Responses.
class SimulatedResponse final : public SimulatedReply {
 public:
  enum class Thoughts { shown, hidden };
  SimulatedResponse(std::string_view id, std::string_view model, std::int64_t created, SimulatedWords words,
                    Thoughts thoughts);

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return ": keep-alive\n\n"; }
  std::string whole(const routing::Answer& answer) const override;

 private:
  class Events;
  std::string response(std::string_view status, const std::string& rest) const;
  std::string ending(const routing::Answer& answer) const;
  std::string thought_item(std::string_view summary) const;
  std::string summary_part(std::string_view text) const;
  std::string text_part(std::string_view text) const;
  std::string visible_item(std::string_view status, std::string_view content) const;
  std::string at_visible(const routing::Answer& answer) const;
  std::string at_thought() const;
  std::int64_t number_before(std::int64_t token, const routing::Answer& answer) const;
  void end_thought(const routing::Answer& answer, Events& events) const;

  std::string id_;
  std::string head_;  // of the response, with a comma at its end
  SimulatedWords words_;
  Thoughts thoughts_;
};

// OpenAI's older completions.
class SimulatedCompletion final : public SimulatedReply {
 public:
  enum class UsageInStream { asked, not_asked };
  SimulatedCompletion(std::string_view id, std::string_view model, std::int64_t created, SimulatedWords words,
                      UsageInStream usage);

  std::string first_events(const routing::Answer&) const override { return {}; }
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return ": keep-alive\n\n"; }
  std::string whole(const routing::Answer& answer) const override;

 private:
  std::string choice(std::string_view text, std::string_view finish) const;
  static std::string_view finish_of(const routing::Answer& answer);

  std::string head_;  // with a comma at its end
  SimulatedWords words_;
  UsageInStream usage_;
};

// OpenAI's embeddings, which are never streamed.
class SimulatedEmbeddings final : public SimulatedReply {
 public:
  enum class Encoding { numbers, base64 };
  // `inputs`: hashes of them.
  SimulatedEmbeddings(std::string_view model, std::vector<std::uint64_t> inputs, int dimensions,
                      Encoding encoding)
      : model_(model), inputs_(std::move(inputs)), dimensions_(dimensions), encoding_(encoding) {}

  std::string first_events(const routing::Answer&) const override { return {}; }
  std::string token_events(std::int64_t, std::int64_t, const routing::Answer&) const override { return {}; }
  std::string last_events(const routing::Answer&) const override { return {}; }
  std::string_view waiting_event() const override { return {}; }
  std::string whole(const routing::Answer& answer) const override;

 private:
  std::string vector_of(std::uint64_t input) const;

  std::string model_;
  std::vector<std::uint64_t> inputs_;
  int dimensions_;
  Encoding encoding_;
};

// Google's generateContent.
class SimulatedGemini final : public SimulatedReply {
 public:
  enum class Framing { events, array };
  enum class Thoughts { shown, hidden };
  struct Shown {
    Framing framing = Framing::events;
    Thoughts thoughts = Thoughts::hidden;
  };
  SimulatedGemini(std::string_view id, std::string_view model, SimulatedWords words, Shown shown);

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return {}; }
  std::string whole(const routing::Answer& answer) const override;
  std::string_view content_type() const override {
    return shown_.framing == Framing::events ? "text/event-stream" : "application/json; charset=UTF-8";
  }

 private:
  std::string event(const std::string& body) const;
  std::string candidate(const std::string& parts, std::string_view finish) const;
  std::string call_part(const routing::Answer& answer) const;

  std::string tail_;  // `"modelVersion":…,"responseId":…}`
  SimulatedWords words_;
  Shown shown_;
};

// Amazon's Converse.
class SimulatedConverse final : public SimulatedReply {
 public:
  explicit SimulatedConverse(SimulatedWords words) : words_(std::move(words)) {}

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return {}; }
  std::string whole(const routing::Answer& answer) const override;
  std::string_view content_type() const override { return "application/vnd.amazon.eventstream"; }

 private:
  std::string end_thought() const;

  SimulatedWords words_;
};

// Anthropic's Messages at Amazon: each event in a frame.
class SimulatedFramedMessage final : public SimulatedReply {
 public:
  explicit SimulatedFramedMessage(SimulatedMessage message) : message_(std::move(message)) {}

  std::string first_events(const routing::Answer& answer) const override;
  std::string token_events(std::int64_t from, std::int64_t to, const routing::Answer& answer) const override;
  std::string last_events(const routing::Answer& answer) const override;
  std::string_view waiting_event() const override { return {}; }
  std::string whole(const routing::Answer& answer) const override { return message_.whole(answer); }
  std::string_view content_type() const override { return "application/vnd.amazon.eventstream"; }

 private:
  SimulatedMessage message_;
};

// Why an answer ends, as Messages and Converse call it.
std::string_view simulated_stop_reason(const SimulatedWords& words, const routing::Answer& answer);

struct SimulatedError {
  int status = 500;
  std::string message;
  std::string type;                         // "invalid_request_error"
  std::string code;                         // "context_length_exceeded"; empty: null
  std::string param;                        // empty: null
  std::optional<config::Duration> retry{};  // in real time, where it says when to come again
};
std::string error_body(const SimulatedError& error);
// The same in Anthropic's words.
std::string message_error_body(const SimulatedError& error);
// In Google's, which say in the body when to come again.
std::string gemini_error_body(const SimulatedError& error);
// In Amazon's, which say in a header line what it is.
std::string bedrock_error_body(const SimulatedError& error);
std::string bedrock_error_field(const SimulatedError& error);

// The list of models, as GET /models answers.
std::string models_body(const std::vector<std::string>& models, std::string_view owner, std::int64_t created);

}  // namespace providers
