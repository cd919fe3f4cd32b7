#include "gateway/trace/trace_exporter.hpp"

#include <algorithm>
#include <utility>

#include "gateway/trace/otlp_resource.hpp"

namespace gateway {
namespace {

using Clock = std::chrono::steady_clock;

bool may_be_repeated(int status) {
  return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

TraceExporter::TraceExporter(OtlpSettings settings, std::string version, Post post, Say say, Dropped dropped,
                             Abort abort)
    : settings_(std::move(settings)),
      version_(std::move(version)),
      post_(std::move(post)),
      dropped_(std::move(dropped)),
      thread_(patience, std::move(say), std::move(abort)) {
  thread_.begin([this] { run(); });
}

void TraceExporter::add(const Record& record) {
  Part part;
  part.spans = append_spans(record, settings_.sampling, part.json);
  if (part.spans == 0) return;
  std::size_t lost = 0;
  bool is_enough = false;
  {
    const std::lock_guard lock(thread_.mutex);
    waiting_.push_back(std::move(part));
    spans_waiting_ += waiting_.back().spans;
    while (spans_waiting_ > most_waiting) {
      lost += waiting_.front().spans;
      spans_waiting_ -= waiting_.front().spans;
      waiting_.pop_front();
    }
    is_enough = spans_waiting_ >= most_at_once || waiting_.size() == 1;
  }
  if (lost > 0) dropped_(lost);
  if (is_enough) thread_.wakes.notify_one();
}

TraceExporter::Part TraceExporter::take() {
  std::unique_lock lock(thread_.mutex);
  thread_.wakes.wait(lock, [&] { return thread_.is_ending || !waiting_.empty(); });
  thread_.wakes.wait_for(lock, patience, [&] { return thread_.is_ending || spans_waiting_ >= most_at_once; });
  Part all;
  while (!waiting_.empty() && (all.spans == 0 || all.spans + waiting_.front().spans <= most_at_once)) {
    all.json += (all.spans > 0 ? "," : "") + waiting_.front().json;
    all.spans += waiting_.front().spans;
    spans_waiting_ -= waiting_.front().spans;
    waiting_.pop_front();
  }
  return all;
}

bool TraceExporter::rest(std::chrono::milliseconds time) {
  std::unique_lock lock(thread_.mutex);
  thread_.wakes.wait_for(lock, time, [&] { return thread_.is_ending; });
  return !thread_.is_ending;
}

std::string TraceExporter::body_of(const std::string& spans) const {
  std::string body = "{\"resourceSpans\":[{\"resource\":" + otlp_resource(settings_, version_);
  body += ",\"scopeSpans\":[{\"scope\":{\"name\":\"isocost\",\"version\":\"" + version_ + "\"},\"spans\":[";
  return body + spans + "]}]}]}";
}

void TraceExporter::send(Part part) {
  const std::string body = body_of(part.json);
  std::chrono::milliseconds pause(500);
  for (int tries = 1;; ++tries) {
    const Posted posted = post_(body);
    if (posted.status / 100 == 2) {
      if (posted.rejected > 0) dropped_(std::min<std::uint64_t>(posted.rejected, part.spans));
      thread_.arrived("traces arrive at the collector again");
      return;
    }
    pause *= 2;
    const bool goes_on = tries < most_tries && may_be_repeated(posted.status) &&
                         rest(posted.retry_after ? std::chrono::milliseconds(*posted.retry_after) : pause);
    if (goes_on) continue;
    dropped_(part.spans);
    thread_.lost("traces are lost: of the collector at " + to_text(settings_.url) + ", " + posted.problem);
    return;
  }
}

void TraceExporter::run() {
  for (;;) {
    Part part = take();
    const bool is_over = [&] {
      const std::lock_guard lock(thread_.mutex);
      return thread_.is_ending && (part.spans == 0 || Clock::now() >= thread_.ends);
    }();
    if (is_over) {
      std::size_t left = part.spans;
      const std::lock_guard lock(thread_.mutex);
      left += std::exchange(spans_waiting_, 0);
      waiting_.clear();
      if (left > 0) dropped_(left);
      return;
    }
    if (part.spans > 0) send(std::move(part));
  }
}

}  // namespace gateway
