#include "gateway/request/no_room.hpp"

#include <algorithm>

#include "config/values/quantity.hpp"

namespace gateway {
namespace {

// Why it does not wait until one of them is free, and what would help.
std::string not_in_line(Shed shed, const config::ServingLimits& limits) {
  const std::string wait = "`limits.queue_timeout`, " + config::to_text(limits.queue_timeout);
  switch (shed) {
    case Shed::too_late:
      return "By how long requests there take and how many wait already it would not begin within the time "
             "that one may wait (" +
             wait + "); come again later, or let providers have more at the same time (`max_in_flight`)";
    case Shed::line_full:
      return "As many requests wait already as may (`limits.max_queued`, " +
             std::to_string(limits.max_queued) +
             "); come again later, or let providers have more at the same time (`max_in_flight`)";
    case Shed::displaced:
      return "It waited, and in a full line (`limits.max_queued`, " + std::to_string(limits.max_queued) +
             ") one of a higher priority, or of a key with fewer requests, took its place; come again later, "
             "with fewer at the same time";
    case Shed::outwaited:
      return "It waited as long as one may (" + wait +
             "), and none became free; come again later, or let requests wait longer";
    default:
      return "Come again later";
  }
}

}  // namespace

ErrorReply all_full(const InferenceRequest& request, const std::string& why, Shed shed,
                    config::TimePoint now) {
  const config::ServingLimits& limits = request.hosts->generation->catalogue->settings().limits;
  constexpr std::string_view until_deadline =
      "It waited until its own deadline (`deadline`), and none became free; come again later, or with more "
      "time";
  const bool is_late = shed == Shed::outwaited && now >= request.demand.deadline;
  ErrorReply error =
      plain_error(429, "rate_limit_error", "endpoints_full",
                  "Every endpoint of " + request.demand.model->name.text +
                      " that may take this request now has as many requests under way as it "
                      "may. " +
                      (is_late ? std::string(until_deadline) : not_in_line(shed, limits)) + ". " + why + ".");
  error.retry_after =
      std::clamp<config::Duration>(limits.queue_timeout, std::chrono::seconds(1), std::chrono::seconds(60));
  return error;
}

ErrorReply all_used(const InferenceRequest& request, const std::string& why,
                    std::optional<config::TimePoint> earliest, config::TimePoint now) {
  ErrorReply error = plain_error(429, "rate_limit_error", "credential_limits_used",
                                 "Every endpoint of " + request.demand.model->name.text +
                                     " that may take this request has served our keys as much as its limits "
                                     "let them have (`limits` of its provider). " +
                                     why + ".");
  error.retry_after = std::clamp<config::Duration>(earliest.value_or(now) - now, std::chrono::seconds(1),
                                                   std::chrono::hours(1));
  return error;
}

}  // namespace gateway
