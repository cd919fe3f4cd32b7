#include "gateway/observe/log_line.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/observe/words.hpp"
#include "gateway/text/line_writer.hpp"
#include "gateway/text/wall_text.hpp"

namespace gateway {

namespace {

void member(std::string_view name_with_punctuation, std::string_view text, LineWriter& line) {
  line.text(name_with_punctuation);
  line.json_string(text);
}

void member(std::string_view name_with_punctuation, std::int64_t number, LineWriter& line) {
  line.text(name_with_punctuation);
  line.integer(number);
}

void milliseconds(std::string_view name_with_punctuation, config::Duration time, LineWriter& line) {
  line.text(name_with_punctuation);
  line.fixed(std::chrono::duration_cast<std::chrono::microseconds>(time).count(), 3);
}

void milliseconds(std::string_view name_with_punctuation, const std::optional<config::Duration>& time,
                  LineWriter& line) {
  if (time) milliseconds(name_with_punctuation, *time, line);
}

void dollars(std::string_view name_with_punctuation, config::Money money, LineWriter& line) {
  line.text(name_with_punctuation);
  line.fixed(money.nanos, 9);
}

void append_usage(const routing::Attempt& attempt, LineWriter& line) {
  // Of one that was given up before its host told anything only the dollars are reckoned.
  if (!attempt.usage && attempt.usage_is_estimated) line.text(",\"usage_is_estimated\":true");
  if (!attempt.usage) return;
  const routing::Usage& usage = *attempt.usage;
  member(",\"prompt\":", usage.prompt.count, line);
  if (usage.cached.count != 0) member(",\"cached\":", usage.cached.count, line);
  if (usage.cache_written.count != 0) member(",\"cache_written\":", usage.cache_written.count, line);
  if (usage.cache_written_1h.count != 0) member(",\"cache_written_1h\":", usage.cache_written_1h.count, line);
  member(",\"output\":", usage.output.count, line);
  if (usage.reasoning.count != 0) member(",\"reasoning\":", usage.reasoning.count, line);
  if (attempt.usage_is_estimated) line.text(",\"usage_is_estimated\":true");
}

void append_endpoint(const Record& record, const routing::Attempt& attempt, LineWriter& line) {
  if (!record.catalogue || attempt.endpoint >= record.catalogue->endpoints().size()) {
    line.text("{\"endpoint\":null");
    return;
  }
  const routing::Endpoint& endpoint = record.catalogue->endpoints()[attempt.endpoint];
  member("{\"endpoint\":", endpoint.settings->name.text, line);
  member(",\"model\":", endpoint.model->name.text, line);
}

void append_attempt(const Record& record, std::size_t index, LineWriter& line) {
  const routing::Attempt& attempt = record.attempts[index];
  append_endpoint(record, attempt, line);
  member(",\"reason\":", word(attempt.reason), line);
  line.text(",\"propensity\":");
  line.fixed(static_cast<std::int64_t>(attempt.propensity * 1e6 + 0.5), 6);
  milliseconds(",\"ttft_ms\":", attempt.first_delta, line);
  if (attempt.first_visible != attempt.first_delta)
    milliseconds(",\"visible_ms\":", attempt.first_visible, line);
  milliseconds(",\"total_ms\":", attempt.finished, line);
  milliseconds(",\"gap_ms\":", attempt.worst_gap, line);
  append_usage(attempt, line);
  dollars(",\"dollars\":", attempt.cost, line);
  if (attempt.failure) {
    member(",\"failure\":", failure_of(record.attempts, index, record.ran_on), line);
    if (attempt.failure->status != 0) member(",\"status\":", attempt.failure->status, line);
    const routing::TlsFault tls = attempt.failure->tls;
    if (tls != routing::TlsFault::none) member(",\"tls\":", word(tls), line);
  }
  line.text("}");
}

void milliseconds_of(std::string_view name_with_punctuation, double seconds, LineWriter& line) {
  if (!std::isfinite(seconds)) return;
  line.text(name_with_punctuation);
  line.fixed(std::llround(std::clamp(seconds, 0.0, 1e9) * 1e6), 3);
}

void dollars_of(std::string_view name_with_punctuation, double dollars, LineWriter& line) {
  if (!std::isfinite(dollars)) return;
  line.text(name_with_punctuation);
  line.fixed(std::llround(std::clamp(dollars, -1e9, 1e9) * 1e9), 9);
}

// What was expected of the attempt that the request goes by, and what turned out.
void append_foresight(const Record& record, LineWriter& line) {
  if (record.attempts.empty() || record.foreseen.size() < record.attempts.size()) return;
  const routing::Attempt& attempt = routing::deciding_one(record.attempts);
  const Foreseen& foreseen = record.foreseen[static_cast<std::size_t>(&attempt - record.attempts.data())];
  dollars_of(",\"expected_dollars\":", foreseen.dollars, line);
  milliseconds_of(",\"expected_ttft_ms\":", foreseen.ttft, line);
  milliseconds(",\"ttft_ms\":", attempt.first_visible, line);
  dollars_of(",\"cost\":", foreseen.cost, line);
  dollars_of(",\"least_cost\":", foreseen.least_cost, line);
}

// How much dearer the first choice was than the best other one, once it was over.
void append_hindsight(const Record& record, LineWriter& line) {
  if (!record.hindsight) return;
  const routing::Hindsight& seen = *record.hindsight;
  dollars_of(",\"regret\":", seen.regret(), line);
  dollars_of(",\"regret_sd\":", seen.sd, line);
  if (seen.best < record.catalogue->endpoints().size())
    member(",\"best_other\":", record.catalogue->endpoints()[seen.best].settings->name.text, line);
}

// The words of the rule that left out most; null where it was no rule.
const routing::Rule* rule_of(const Record& record) {
  const LeftOut& left_out = record.left_out;
  if (!record.rules || left_out.rule < 0) return nullptr;
  const routing::Policy& rules = *record.rules;
  const auto place = static_cast<std::size_t>(left_out.rule);
  const auto at = [&](const std::vector<routing::Rule>& all) {
    return place < all.size() ? &all[place] : nullptr;
  };
  switch (left_out.most_by) {
    case routing::Removal::policy_allow:
      return at(rules.allow);
    case routing::Removal::policy_require:
      return at(routing::limits_after(rules, std::min<std::size_t>(left_out.relaxed, rules.relax.size())));
    case routing::Removal::always:
      return rules.always && place < rules.always->size() ? &(*rules.always)[place].rule : nullptr;
    default:
      return nullptr;
  }
}

void append_left_out(const Record& record, LineWriter& line) {
  const LeftOut& left_out = record.left_out;
  if (left_out.most_by == routing::Removal::none) return;
  std::int64_t all = 0;
  for (std::size_t i = 1; i < left_out.by.size(); ++i) all += left_out.by[i];
  member(",\"left_out\":", all, line);
  member(",\"left_out_by\":", word(left_out.most_by), line);
  if (const routing::Rule* rule = rule_of(record)) member(",\"left_out_rule\":", rule->text, line);
}

config::Money cost_of(const Record& record) {
  config::Money sum;
  for (const routing::Attempt& attempt : record.attempts) sum = sum + attempt.cost;
  return sum;
}

}  // namespace

void append_log_line(const Record& record, std::string& out) {
  LineWriter line(out);
  line.text("{\"time\":\"");
  line.text(WallText(record.wall).view());
  member("\",\"id\":", record.id, line);
  member(",\"path\":", record.path, line);
  member(",\"model\":", record.model, line);
  if (!record.asked.empty() && record.asked != record.model) member(",\"asked\":", record.asked, line);
  if (!record.key.empty()) member(",\"key\":", record.key, line);
  if (!record.team.empty()) member(",\"team\":", record.team, line);
  if (!record.client.empty()) member(",\"client\":", record.client, line);
  if (!record.policy.empty()) member(",\"policy\":", record.policy, line);
  if (record.priority != config::Priority::normal)
    member(",\"priority\":", config::priority_names[static_cast<std::size_t>(record.priority)], line);
  if (record.shed != Shed::none) member(",\"shed\":", word(record.shed), line);
  if (record.limit_hit) {
    line.text(",\"limit\":\"");
    line.text(word(record.limit_hit->of));
    line.text(" ");
    line.text(kind_of(*record.limit_hit));
    line.text("\"");
  }
  if (record.waited.count() > 0) milliseconds(",\"waited_ms\":", config::Duration(record.waited), line);
  if (record.relaxed > 0) member(",\"relaxed\":", static_cast<std::int64_t>(record.relaxed), line);
  line.text(record.streamed ? ",\"stream\":true" : ",\"stream\":false");
  member(",\"status\":", record.status, line);
  member(",\"ending\":", word(record.ending), line);
  if (!record.error.empty()) member(",\"error\":", record.error, line);
  if (!record.said.empty()) member(",\"said\":", record.said, line);
  member(",\"prompt_estimate\":", record.prompt_estimate.count, line);
  milliseconds(",\"first_byte_ms\":", record.until_first_byte, line);
  milliseconds(",\"total_ms\":", record.total, line);
  milliseconds(",\"added_ms\":", record.added, line);
  line.text(",\"deciding_us\":");
  line.fixed(std::chrono::duration_cast<std::chrono::nanoseconds>(record.deciding).count(), 3);
  member(",\"bytes_in\":", static_cast<std::int64_t>(record.bytes_in), line);
  member(",\"bytes_out\":", static_cast<std::int64_t>(record.bytes_out), line);
  if (record.repeats != 0) member(",\"repeats\":", record.repeats, line);
  if (record.retry_refused) line.text(",\"retry_refused\":true");
  if (record.client_retry != 0) member(",\"client_retry\":", record.client_retry, line);
  dollars(",\"dollars\":", cost_of(record), line);
  append_foresight(record, line);
  append_hindsight(record, line);
  append_left_out(record, line);
  line.text(",\"attempts\":[");
  for (std::size_t i = 0; i < record.attempts.size(); ++i) {
    if (i > 0) line.text(",");
    append_attempt(record, i, line);
  }
  line.text("]}\n");
}

}  // namespace gateway
