#include "gateway/observe/words.hpp"

#include <array>

namespace gateway {

std::string_view word(Ending ending) {
  switch (ending) {
    case Ending::answered:
      return "answered";
    case Ending::refused:
      return "refused";
    case Ending::broken:
      return "broken";
    case Ending::client_left:
      return "client_left";
  }
  return "unknown";
}

std::string_view word(routing::FailureKind kind) {
  using enum routing::FailureKind;
  switch (kind) {
    case resolve:
      return "resolve";
    case connect:
      return "connect";
    case tls:
      return "tls";
    case reset_before_reply:
      return "reset_before_reply";
    case first_token_timeout:
      return "first_token_timeout";
    case bad_reply:
      return "bad_reply";
    case empty_reply:
      return "empty_reply";
    case error_in_reply:
      return "error_in_reply";
    case broken_stream:
      return "broken_stream";
    case stalled_stream:
      return "stalled_stream";
    case rate_limited:
      return "rate_limited";
    case overloaded:
      return "overloaded";
    case server_error:
      return "server_error";
    case rejected:
      return "rejected";
    case credential:
      return "credential";
    case missing_model:
      return "missing_model";
    case deadline:
      return "deadline";
    case too_long:
      return "too_long";
    case client_left:
      return "client_left";
    case local:
      return "local";
    case outrun:
      return "outrun";
  }
  return "unknown";
}

std::string_view said_of_host(routing::FailureKind kind) {
  constexpr std::array<std::string_view, routing::failure_kinds> said{
      "its name has no address",
      "could not be connected to",
      "no TLS came about",
      "closed without a reply",
      "no first token in time",
      "replied what cannot be read, or far more than was asked for",
      "answered with nothing",
      "answered with an error",
      "broke off within its answer",
      "fell silent within its answer",
      "too many requests there",
      "overloaded",
      "an error of its own",
      "refused the request",
      "refused our key or balance",
      "does not know the model",
      "the request's time was over",
      "the client left",
      "not asked: this machine had no connection to spare",
      "the prompt is too long for it",
      "given up: another one answered first"};
  return said[static_cast<std::size_t>(kind)];
}

namespace {

std::string_view said_of_tls(routing::TlsFault fault) {
  using enum routing::TlsFault;
  switch (fault) {
    case none:
      return "";
    case expired:
      return "its certificate has expired";
    case not_yet_valid:
      return "its certificate is not valid yet";
    case wrong_name:
      return "its certificate is for another name";
    case unknown_authority:
      return "its certificate is of an authority that is not trusted here";
    case bad_certificate:
      return "its certificate is none that can be accepted";
    case certificate_wanted:
      return "it wants a certificate of ours";
    case plaintext:
      return "it speaks no TLS there";
    case protocol_version:
      return "it speaks no version of TLS that is accepted here";
    case refused:
      return "it refused";
    case unfinished:
      return "it did not end";
  }
  return "";
}

}  // namespace

std::string said_of(routing::FailureKind kind, routing::TlsFault tls, int status) {
  std::string text(said_of_host(kind));
  if (tls != routing::TlsFault::none) text.append(": ").append(said_of_tls(tls));
  if (status > 0) text += ", " + std::to_string(status);
  return text;
}

bool has_run_on(std::size_t attempt, std::uint32_t ran_on) {
  return attempt < 32 && (ran_on >> attempt & 1) != 0;
}

std::string_view failure_of(const routing::Attempts& attempts, std::size_t attempt, std::uint32_t ran_on) {
  return has_run_on(attempt, ran_on) ? "ran_on" : word(attempts[attempt].failure->kind);
}

std::string outcome_of(const routing::Attempts& attempts, std::size_t attempt, std::uint32_t ran_on) {
  const auto& failure = attempts[attempt].failure;
  if (!failure) return "answered";
  if (has_run_on(attempt, ran_on)) return "cut off: it went on far beyond `max_tokens`";
  return said_of(failure->kind, failure->tls, failure->status);
}

std::string_view word(routing::TlsFault fault) {
  using enum routing::TlsFault;
  switch (fault) {
    case none:
      return "none";
    case expired:
      return "expired";
    case not_yet_valid:
      return "not_yet_valid";
    case wrong_name:
      return "wrong_name";
    case unknown_authority:
      return "unknown_authority";
    case bad_certificate:
      return "bad_certificate";
    case certificate_wanted:
      return "client_certificate_wanted";
    case plaintext:
      return "plaintext";
    case protocol_version:
      return "protocol_version";
    case refused:
      return "refused";
    case unfinished:
      return "unfinished";
  }
  return "unknown";
}

std::string_view word(routing::Reason reason) {
  switch (reason) {
    case routing::Reason::best:
      return "best";
    case routing::Reason::explore:
      return "explore";
    case routing::Reason::only:
      return "only";
    case routing::Reason::weighted:
      return "weighted";
    case routing::Reason::panic:
      return "panic";
    case routing::Reason::hedge:
      return "hedge";
    case routing::Reason::continues:
      return "continue";
  }
  return "unknown";
}

std::string_view because(routing::Reason reason) {
  switch (reason) {
    case routing::Reason::best:
      return "it costs least";
    case routing::Reason::explore:
      return "to learn how it is doing now";
    case routing::Reason::only:
      return "it is the only one left";
    case routing::Reason::weighted:
      return "drawn by the policy's weights";
    case routing::Reason::panic:
      return "too many are out of order to be choosy";
    case routing::Reason::hedge:
      return "the first one is slow to begin";
    case routing::Reason::continues:
      return "it goes on with a stream that broke";
  }
  return "";
}

std::string_view word(routing::Removal removal) {
  using enum routing::Removal;
  switch (removal) {
    case none:
      return "none";
    case tried:
      return "tried";
    case features:
      return "features";
    case context:
      return "context";
    case max_output:
      return "max_output";
    case always:
      return "always";
    case policy_allow:
      return "policy_allow";
    case policy_require:
      return "policy_require";
    case cooling:
      return "cooling";
    case open:
      return "open";
    case recovering:
      return "recovering";
    case overlay:
      return "overlay";
    case withdrawn:
      return "withdrawn";
    case full:
      return "full";
    case rejected:
      return "rejected";
    case unfit:
      return "unfit";
    case not_ready:
      return "not_ready";
    case credential_limit:
      return "credential_limit";
    case other_model:
      return "other_model";
  }
  return "unknown";
}

std::string_view word(LimitHit::Of of) {
  using enum LimitHit::Of;
  return of == user ? "user" : of == key ? "key" : of == team ? "team" : "everybody";
}

std::string kind_of(const LimitHit& hit) {
  if (!hit.measure) return "concurrent";
  std::string kind(config::measure_names[static_cast<std::size_t>(*hit.measure)]);
  kind += "_";
  kind += hit.is_of_one_request ? "request" : config::period_names[static_cast<std::size_t>(hit.period)];
  return kind;
}

}  // namespace gateway
