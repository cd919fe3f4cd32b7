#include "gateway/console/tail.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "gateway/observe/words.hpp"
#include "gateway/text/line_writer.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

constexpr config::Duration between_beats = 1s;
// For a watcher to come back with its next question.
constexpr config::Duration patience = 5s;
constexpr std::size_t most_beats = 8;

void member(std::string_view name_with_punctuation, std::string_view text, LineWriter& line) {
  line.text(name_with_punctuation);
  line.json_string(text);
}

void milliseconds(std::string_view name_with_punctuation, std::optional<config::Duration> time,
                  LineWriter& line) {
  if (!time) return;
  line.text(name_with_punctuation);
  line.fixed(std::chrono::duration_cast<std::chrono::microseconds>(*time).count(), 3);
}

}  // namespace

bool Tail::is_watched(config::TimePoint now) const {
  return !watchers_.empty() || now < watched_until_;
}

TailText Tail::since(std::uint64_t after) const {
  const std::uint64_t missing = last_beat_ - after;
  if (missing == 1) return beats_.back();
  auto all = std::make_shared<std::string>();
  const std::size_t kept = std::min<std::size_t>(missing, beats_.size());
  for (std::size_t i = beats_.size() - kept; i < beats_.size(); ++i) *all += *beats_[i];
  return all;
}

bool Tail::wait(std::uint64_t after, config::TimePoint now, Take take) {
  watched_until_ = now + patience;
  if (after > 0 && after < last_beat_) {
    take(since(after), last_beat_);
    return true;
  }
  if (watchers_.size() >= most_watchers) return false;
  // Who comes first shall not wait for a second.
  if (after == 0) next_beat_ = std::min(next_beat_, now);
  watchers_.push_back({after == 0 ? last_beat_ : after, std::move(take)});
  return true;
}

void Tail::add(const Record& record) {
  if (in_requests_ >= most_requests) {
    ++skipped_;
    return;
  }
  if (in_requests_++ > 0) requests_ += ',';
  append_tail_row(record, requests_);
}

void Tail::beat(const std::string& status, config::TimePoint now) {
  auto text = std::make_shared<std::string>();
  if (in_requests_ > 0) {
    *text = "event: requests\ndata: {\"skipped\":" + std::to_string(skipped_) + ",\"requests\":[" +
            requests_ + "]}\n\n";
  }
  *text += "event: status\ndata: " + status + "\n\n";
  requests_.clear();
  in_requests_ = 0, skipped_ = 0;
  beats_.push_back(std::move(text));
  if (beats_.size() > most_beats) beats_.pop_front();
  ++last_beat_;
  next_beat_ = now + between_beats;
  watched_until_ = now + patience;
  for (Watcher& each : std::exchange(watchers_, {})) each.take(since(each.after), last_beat_);
  if (now >= watched_until_) beats_.clear();
}

void append_tail_row(const Record& record, std::string& out) {
  LineWriter line(out);
  line.text("{\"at\":");
  const auto ended = record.wall + record.total;
  line.integer(std::chrono::duration_cast<std::chrono::milliseconds>(ended.time_since_epoch()).count());
  member(",\"id\":", record.id, line);
  member(",\"model\":", record.model, line);
  if (record.asked != record.model) member(",\"asked\":", record.asked, line);
  member(",\"key\":", record.key, line);
  member(",\"policy\":", record.policy, line);
  line.text(",\"status\":"), line.integer(record.status);
  member(",\"ending\":", word(record.ending), line);
  member(",\"error\":", record.error, line);
  milliseconds(",\"total_ms\":", record.total, line);
  config::Money dollars;
  bool hedged = false;
  for (const routing::Attempt& attempt : record.attempts) {
    dollars = dollars + attempt.cost;
    hedged = hedged || attempt.reason == routing::Reason::hedge;
  }
  line.text(",\"dollars\":"), line.fixed(dollars.nanos, 9);
  line.text(",\"attempts\":"), line.integer(static_cast<std::int64_t>(record.attempts.size()));
  if (record.hindsight && std::isfinite(record.hindsight->regret())) {
    line.text(",\"regret\":");
    line.fixed(std::llround(std::min(record.hindsight->regret(), 1e9) * 1e9), 9);
  }
  line.text(hedged ? ",\"hedged\":true" : ",\"hedged\":false");
  if (!record.attempts.empty() && record.catalogue) {
    const routing::Attempt& attempt = routing::deciding_one(record.attempts);
    milliseconds(",\"ttft_ms\":", attempt.first_visible ? attempt.first_visible : attempt.first_delta, line);
    if (attempt.endpoint < record.catalogue->endpoints().size()) {
      member(",\"endpoint\":", record.catalogue->endpoints()[attempt.endpoint].settings->name.text, line);
    }
  }
  line.text("}");
}

}  // namespace gateway
