#include "gateway/answer/last_words.hpp"

#include <algorithm>

#include "routing/decision/continuation.hpp"

namespace gateway {
namespace {

// Where no other host may stand in for the one that failed, it is this gateway that has nobody now.
void say_that_only_one_may(ErrorReply& error, const InferenceRequest& request) {
  const auto is_unequal = [](const routing::Unfit& unfit) {
    return unfit.why == routing::Unfit::Why::not_declared_equal;
  };
  if (error.status < 500 || std::ranges::none_of(request.demand.unfit, is_unequal)) return;
  error.status = 503;
  error.message += "; other hosts of the model are not declared equal to it (`embeddings_equal`)";
}

}  // namespace

ErrorReply nobody_answered(const InferenceRequest& request, const Record& record, const HostWords& said) {
  // Of an answer that had begun, what broke it off counts, not who could not go on with it.
  const routing::Attempt* heard = routing::last_heard(record.attempts);
  const bool is_later = heard && heard != &routing::deciding_one(record.attempts);
  ErrorReply error = is_later ? of_failure(*heard->failure) : of_failures(record.attempts, said);
  say_that_only_one_may(error, request);
  // A prompt that is too long, where the host does not say what of it is.
  if (said.param.empty() && error.param == "messages") error.param = request.surface->parameter(error.param);
  return error;
}

void say_when(ErrorReply& error, std::optional<config::TimePoint> somebody_at, config::TimePoint now) {
  if (error.retry_after || error.code == "quota_exceeded" || (error.status != 429 && error.status != 503))
    return;
  using namespace std::chrono_literals;
  const config::Duration wait = somebody_at ? *somebody_at - now : config::Duration(1s);
  error.retry_after = std::clamp<config::Duration>(wait, 1s, 60s);
}

bool is_gone(const Record& record, const Interruption& interruption) {
  if (interruption.client_left()) return true;
  if (record.attempts.empty()) return false;
  const auto& failure = routing::deciding_one(record.attempts).failure;
  return failure && failure->kind == routing::FailureKind::client_left;
}

}  // namespace gateway
