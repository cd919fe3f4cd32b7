#include "gateway/observe/log_fields.hpp"

#include <array>

namespace gateway {
namespace {

constexpr std::array of_request{
    LogField{"time", "when the request was there; UTC"},
    LogField{"id", "its id, as `x-request-id` told the client"},
    LogField{"path", "of the route table, a parameter in braces"},
    LogField{"model", "the model or route that was served; empty where none was found"},
    LogField{"asked", "the model in the client's words, where these differ"},
    LogField{"key", "name of the client's key"},
    LogField{"team", "of the client's key"},
    LogField{"client", "its address, where it is logged"},
    LogField{"policy", "name of the policy that decided"},
    LogField{"priority", "interactive or batch; absent: normal"},
    LogField{"shed",
             "why it was turned away, where only load was the reason: too_late, line_full, displaced, "
             "outwaited, requests, memory, lag"},
    LogField{"limit",
             "whose quota kept it waiting or out, and of what: `key dollars_day`, `user concurrent`, `team "
             "tokens_request` (of each alone)"},
    LogField{"waited_ms", "in line, for quotas or for a host with room; absent: not at all"},
    LogField{"relaxed", "steps of the policy's `relax` that were taken"},
    LogField{"stream", "whether the answer was streamed"},
    LogField{"status", "HTTP status that the client got; 0: none"},
    LogField{"ending", "answered, refused, broken or client_left"},
    LogField{"error", "machine-readable code of what went wrong"},
    LogField{"said",
             "what a host said that did not take us for who we are, or was not reached; or that its answer "
             "went on "
             "too far"},
    LogField{"prompt_estimate", "tokens of the prompt, by an estimate"},
    LogField{"first_byte_ms", "until the first byte of the answer"},
    LogField{"total_ms", "until its last one"},
    LogField{"added_ms", "of the time until the first byte, the gateway's own share"},
    LogField{"deciding_us", "time to choose, all attempts together"},
    LogField{"bytes_in", "size of the request's body"},
    LogField{"bytes_out", "and of the answer's"},
    LogField{
        "repeats",
        "how often a host was sent the request once more, because it had closed a kept connection; what it "
        "did with the first one is not known"},
    LogField{"retry_refused", "nobody else was asked, because the budget of `retries` was used up"},
    LogField{"client_retry", "how often the client's SDK had tried before"},
    LogField{"dollars", "what the hosts bill, all attempts together"},
    LogField{"expected_dollars", "of the attempt that served: what it was expected to be billed"},
    LogField{"expected_ttft_ms", "until its first visible token, as expected"},
    LogField{"ttft_ms", "and as it was"},
    LogField{"cost", "what was expected of it in dollars, waiting and failing included"},
    LogField{"least_cost", "the same of the best candidate"},
    LogField{
        "regret",
        "how much dearer the first choice was than the best other one, by what was known of both once the "
        "request was over; dollars, waiting and failing included"},
    LogField{"regret_sd", "standard deviation of that difference"},
    LogField{"best_other", "that other endpoint"},
    LogField{"left_out", "endpoints that the first decision left out"},
    LogField{"left_out_by", "why most of them were"},
    LogField{"left_out_rule", "the rule of that kind that left out most, as its owner wrote it"},
    LogField{"attempts", "one after the other, see below"},
};

constexpr std::array of_attempt{
    LogField{"endpoint", "who was asked"},
    LogField{"model", "of the endpoint"},
    LogField{"reason", "why it was chosen: best, explore, only, retry, hedge and so on"},
    LogField{"propensity", "how likely that choice was"},
    LogField{"ttft_ms", "until the first delta of any kind"},
    LogField{"visible_ms", "until the first that a reader sees, where that is another one"},
    LogField{"total_ms", "until its end"},
    LogField{"gap_ms", "the longest wait between two deltas"},
    LogField{"prompt", "tokens of the prompt, as the host counted them"},
    LogField{"cached", "of these, from its cache"},
    LogField{"cache_written", "tokens written to its cache"},
    LogField{"cache_written_1h", "of these, for an hour"},
    LogField{"output", "tokens of the answer, thinking included"},
    LogField{"reasoning", "of these, thinking"},
    LogField{"usage_is_estimated",
             "the host counted nothing: tokens and dollars are our estimates, and of an attempt that was "
             "given up only the dollars are told"},
    LogField{"dollars", "what the host bills"},
    LogField{"failure",
             "kind of failure; ran_on: cut off, far beyond what was asked for; absent where it succeeded"},
    LogField{"status", "HTTP status of the host's reply, where it failed"},
    LogField{"tls", "what was wrong with the secure connection"},
};

}  // namespace

std::span<const LogField> request_log_fields() {
  return of_request;
}

std::span<const LogField> attempt_log_fields() {
  return of_attempt;
}

}  // namespace gateway
