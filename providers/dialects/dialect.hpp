// An API that hosts speak: how a conversation is said in it, and how its replies are understood. One object
// per API, without state: shared by all threads. It never sees a credential.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/answer.hpp"
#include "providers/conversation/conversation.hpp"
#include "providers/conversation/matter.hpp"
#include "providers/dialects/answer_reader.hpp"
#include "providers/dialects/format.hpp"
#include "providers/dialects/host_model.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/openai/reported_error.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

struct HeadField {
  std::string_view name;
  std::string_view value;
};

// The field in which a host expects its credential, and what stands before that.
struct CredentialField {
  std::string_view name;
  std::string_view prefix;
};

struct WrittenRequest {
  std::string body;
  std::vector<std::string_view> dropped;  // names of the client's parameters; static
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual Format format() const = 0;

  // Of all that a conversation may say, what this model can be told. What it says beyond that is for
  // unsaid().
  virtual Matters carries(const HostModel& model) const = 0;

  // What follows the path of the base URL.
  virtual std::string target(const HostModel& model, routing::Delivery delivery) const = 0;
  // Of every request, beside those of HTTP itself and the credential's.
  virtual std::span<const HeadField> fields() const = 0;
  virtual CredentialField credential_field() const = 0;

  // The body. What is not carried is left out of it; what else is, because it goes with nothing that must
  // stay, is named as dropped.
  virtual WrittenRequest write(const Conversation& conversation, const HostModel& model,
                               routing::Delivery delivery, JsonTokens& tokens) const = 0;

  // Of a reply that streams; `tokens` must outlive it.
  virtual std::unique_ptr<AnswerReader> streamed(JsonTokens& tokens) const = 0;
  // A reply that is whole. Never goes on.
  virtual Reading whole(std::string_view body, JsonTokens& tokens, AnswerSink& sink) const = 0;

  // The error in the body of a reply whose status says that it is one. Best effort, never fails.
  virtual ReportedError error_in(std::string_view body, JsonTokens& tokens) const = 0;
  virtual routing::FailureKind failure_of(int status, const ReportedError& error) const = 0;
};

}  // namespace providers
