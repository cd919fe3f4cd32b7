// The bodies a simulated host answers with, in the OpenAI form: chunks of a stream, whole completions,
// errors, lists of models. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "routing/host_model/host_model.hpp"

namespace providers {

// The text of one answer and the JSON around it. Token k of an answer is one word, the same for the same
// `key`.
class SimulatedReply {
 public:
  enum class UsageInStream { asked, not_asked };
  SimulatedReply(std::string_view id, std::string_view model, std::int64_t created, std::uint64_t key,
                 UsageInStream usage);

  // Each is one event or more, with the empty line that ends it.
  std::string role_event() const;
  // The tokens `from` .. `to` - 1 of an answer whose first `reasoning` tokens are reasoning: one event each.
  std::string token_events(std::int64_t from, std::int64_t to, std::int64_t reasoning) const;
  // How the answer ended, its usage where it was asked for, and the end of the stream.
  std::string last_events(const routing::Answer& answer) const;

  std::string whole(const routing::Answer& answer) const;

 private:
  std::string text(std::int64_t from, std::int64_t to) const;
  std::string event(std::string_view choice) const;

  std::string head_;  // `"id":…,"created":…,"model":…` with a comma at its end
  std::uint64_t key_;
  UsageInStream usage_;
};

struct SimulatedError {
  int status = 500;
  std::string message;
  std::string type;   // "invalid_request_error"
  std::string code;   // "context_length_exceeded"; empty: null
  std::string param;  // empty: null
};
std::string error_body(const SimulatedError& error);

// The list with one model, as GET /models answers.
std::string models_body(std::string_view model, std::string_view owner, std::int64_t created);

}  // namespace providers
