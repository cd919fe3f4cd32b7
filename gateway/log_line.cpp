#include "gateway/log_line.hpp"

#include "gateway/json_text.hpp"
#include "gateway/wall_text.hpp"
#include "gateway/words.hpp"

namespace gateway {

namespace {

void member(std::string_view name_with_punctuation, std::string_view text, std::string& out) {
  out += name_with_punctuation;
  append_json_string(text, out);
}

void member(std::string_view name_with_punctuation, std::int64_t number, std::string& out) {
  out += name_with_punctuation;
  append_integer(number, out);
}

void milliseconds(std::string_view name_with_punctuation, config::Duration time, std::string& out) {
  out += name_with_punctuation;
  append_fixed(std::chrono::duration_cast<std::chrono::microseconds>(time).count(), 3, out);
}

void milliseconds(std::string_view name_with_punctuation, const std::optional<config::Duration>& time,
                  std::string& out) {
  if (time) milliseconds(name_with_punctuation, *time, out);
}

void dollars(std::string_view name_with_punctuation, config::Money money, std::string& out) {
  out += name_with_punctuation;
  append_fixed(money.nanos, 9, out);
}

void append_usage(const routing::Attempt& attempt, std::string& out) {
  if (!attempt.usage) return;
  const routing::Usage& usage = *attempt.usage;
  member(",\"prompt\":", usage.prompt.count, out);
  if (usage.cached.count != 0) member(",\"cached\":", usage.cached.count, out);
  if (usage.cache_written.count != 0) member(",\"cache_written\":", usage.cache_written.count, out);
  member(",\"output\":", usage.output.count, out);
  if (usage.reasoning.count != 0) member(",\"reasoning\":", usage.reasoning.count, out);
  if (attempt.usage_is_estimated) out += ",\"usage_is_estimated\":true";
}

void append_endpoint(const Record& record, const routing::Attempt& attempt, std::string& out) {
  if (!record.catalogue || attempt.endpoint >= record.catalogue->endpoints().size()) {
    out += "{\"endpoint\":null";
    return;
  }
  const routing::Endpoint& endpoint = record.catalogue->endpoints()[attempt.endpoint];
  member("{\"endpoint\":", endpoint.settings->name.text, out);
  member(",\"model\":", endpoint.model->name.text, out);
}

void append_attempt(const Record& record, std::size_t index, std::string& out) {
  const routing::Attempt& attempt = record.attempts[index];
  append_endpoint(record, attempt, out);
  if (index < record.reasons.size()) member(",\"reason\":", word(record.reasons[index]), out);
  if (index < record.propensities.size()) {
    out += ",\"propensity\":";
    append_fixed(static_cast<std::int64_t>(record.propensities[index] * 1e6 + 0.5), 6, out);
  }
  milliseconds(",\"ttft_ms\":", attempt.first_delta, out);
  if (attempt.first_visible != attempt.first_delta)
    milliseconds(",\"visible_ms\":", attempt.first_visible, out);
  milliseconds(",\"total_ms\":", attempt.finished, out);
  milliseconds(",\"gap_ms\":", attempt.worst_gap, out);
  append_usage(attempt, out);
  dollars(",\"dollars\":", attempt.cost, out);
  if (attempt.failure) {
    member(",\"failure\":", word(attempt.failure->kind), out);
    if (attempt.failure->status != 0) member(",\"status\":", attempt.failure->status, out);
  }
  out += '}';
}

config::Money cost_of(const Record& record) {
  config::Money sum;
  for (const routing::Attempt& attempt : record.attempts) sum = sum + attempt.cost;
  return sum;
}

}  // namespace

void append_log_line(const Record& record, std::string& out) {
  out += "{\"time\":\"";
  append_wall_text(record.wall, out);
  member("\",\"id\":", record.id, out);
  member(",\"path\":", record.path, out);
  member(",\"model\":", record.model, out);
  if (!record.key.empty()) member(",\"key\":", record.key, out);
  if (!record.policy.empty()) member(",\"policy\":", record.policy, out);
  if (record.relaxed > 0) member(",\"relaxed\":", static_cast<std::int64_t>(record.relaxed), out);
  out += record.streamed ? ",\"stream\":true" : ",\"stream\":false";
  member(",\"status\":", record.status, out);
  member(",\"ending\":", word(record.ending), out);
  if (!record.error.empty()) member(",\"error\":", record.error, out);
  member(",\"prompt_estimate\":", record.prompt_estimate.count, out);
  milliseconds(",\"first_byte_ms\":", record.until_first_byte, out);
  milliseconds(",\"total_ms\":", record.total, out);
  milliseconds(",\"added_ms\":", record.added, out);
  out += ",\"deciding_us\":";
  append_fixed(std::chrono::duration_cast<std::chrono::nanoseconds>(record.deciding).count(), 3, out);
  member(",\"bytes_in\":", static_cast<std::int64_t>(record.bytes_in), out);
  member(",\"bytes_out\":", static_cast<std::int64_t>(record.bytes_out), out);
  if (record.client_retry != 0) member(",\"client_retry\":", record.client_retry, out);
  dollars(",\"dollars\":", cost_of(record), out);
  out += ",\"attempts\":[";
  for (std::size_t i = 0; i < record.attempts.size(); ++i) {
    if (i > 0) out += ',';
    append_attempt(record, i, out);
  }
  out += "]}\n";
}

}  // namespace gateway
