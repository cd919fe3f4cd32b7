#include "providers/reports/fault_of_reply.hpp"

#include "providers/reports/error_words.hpp"
#include "routing/terms/failure_of_status.hpp"

namespace providers {
namespace {

using routing::FailureKind;

bool is_of_request(Named named) {
  return named == Named::content || named == Named::feature || named == Named::context_length ||
         named == Named::request;
}

// Whether it says more than a 403 or 404 does.
bool is_telling(Named named) {
  return is_of_request(named) || named == Named::authentication || named == Named::payment ||
         named == Named::rate || named == Named::load;
}

// What the error is about. The code says more than the type, which is "invalid_request_error" for nearly all
// of OpenAI's; a message is asked where neither tells and the status does not either.
Named subject_of(const ReportedError& error, int status) {
  if (!error.failed_generation.empty()) return Named::request;
  const Named code = named_by(error.code), type = named_by(error.type);
  const Named named = is_telling(code) || (code != Named::nothing && !is_telling(type)) ? code : type;
  if (is_telling(named)) return named;
  if (status == 400) {
    if (const Named said = named_by_sentence(error.message); said != Named::nothing) return said;
  }
  const Named worded = named_in(error.message);
  if (status == 403 || status == 404 || status == 410) return worded == Named::nothing ? named : worded;
  return status == 0 && named == Named::nothing && worded == Named::content ? worded : named;
}

// Of an error that came without a status.
int usual_status(Named named) {
  switch (named) {
    case Named::content:
    case Named::feature:
    case Named::context_length:
    case Named::request:
    case Named::something:
      return 400;
    case Named::authentication:
      return 401;
    case Named::payment:
      return 402;
    case Named::permission:
      return 403;
    case Named::model:
      return 404;
    case Named::rate:
      return 429;
    case Named::load:
      return 503;
    case Named::server:
    case Named::nothing:
      break;
  }
  return 0;
}

std::string_view cause_of(Named named) {
  switch (named) {
    case Named::content:
      return "content_filter";
    case Named::feature:
      return "unsupported_by_provider";
    case Named::context_length:
      return "context_length_exceeded";
    default:
      return {};
  }
}

bool is_ours(Named named) {
  return named == Named::authentication || named == Named::payment;
}

FailureKind kind_of(int status, Named named) {
  switch (status) {
    case 403:
    case 404:
    case 410:
      if (is_of_request(named)) return FailureKind::rejected;
      if (named == Named::rate) return FailureKind::rate_limited;
      return status == 403 || is_ours(named) ? FailureKind::credential : FailureKind::missing_model;
    case 429:
      return named == Named::payment ? FailureKind::credential : FailureKind::rate_limited;
    default:
      break;
  }
  const FailureKind kind = routing::failure_of_status(status);
  if (kind != FailureKind::rejected) return kind;
  // Some hosts have one status for all that they refuse, and Groq others for a rate and for what is full.
  switch (named) {
    case Named::authentication:
    case Named::payment:
    case Named::permission:
      return FailureKind::credential;
    case Named::model:
      return FailureKind::missing_model;
    case Named::rate:
      return FailureKind::rate_limited;
    case Named::load:
      return FailureKind::overloaded;
    default:
      return kind;
  }
}

}  // namespace

ReadFault fault_of_reply(int status, const ReportedError& error) {
  const bool came_as_status = status != 0 && status != 200;
  ReadFault fault{.status = came_as_status ? status : error.status, .cause = {}};
  const Named named = subject_of(error, fault.status);
  if (fault.status == 0) fault.status = usual_status(named);
  fault.kind = fault.status == 0 ? FailureKind::error_in_reply : kind_of(fault.status, named);
  // The host answered, and what it answered is an error.
  if (!came_as_status && fault.kind == FailureKind::server_error) fault.kind = FailureKind::error_in_reply;
  if (fault.kind == FailureKind::rejected) fault.cause = cause_of(named);
  const bool is_plain = fault.status == 401 || fault.status == 402;
  const bool may_be_ours =
      fault.kind == FailureKind::missing_model || (fault.kind == FailureKind::credential && !is_plain);
  fault.is_doubtful = may_be_ours && !is_ours(named);
  return fault;
}

}  // namespace providers
