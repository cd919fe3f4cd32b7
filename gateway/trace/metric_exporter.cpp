#include "gateway/trace/metric_exporter.hpp"

#include <utility>

#include "gateway/trace/otlp_metrics.hpp"

namespace gateway {

MetricExporter::MetricExporter(OtlpSettings settings, std::string version, Post post, Say say, Abort abort)
    : settings_(std::move(settings)),
      version_(std::move(version)),
      post_(std::move(post)),
      say_(std::move(say)),
      abort_(std::move(abort)),
      thread_([this] {
        run();
        ended_.set_value();
      }) {}

MetricExporter::~MetricExporter() {
  if (!finish()) thread_.join();
}

void MetricExporter::give(std::string text, config::WallTime now) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = Given{.text = std::move(text), .at = now};
  }
  wakes_.notify_one();
}

bool MetricExporter::finish() {
  constexpr auto patience_for_abort = std::chrono::seconds(1);
  if (!thread_.joinable()) return true;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  wakes_.notify_all();
  if (end_.wait_for(patience) != std::future_status::ready) abort_();
  if (end_.wait_for(patience_for_abort) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

void MetricExporter::run() {
  for (;;) {
    std::optional<Given> given;
    {
      std::unique_lock lock(mutex_);
      wakes_.wait(lock, [&] { return is_ending_ || waiting_; });
      given = std::exchange(waiting_, std::nullopt);
    }
    if (!given) return;
    send(*given);
  }
}

void MetricExporter::send(const Given& given) {
  const Posted posted = post_(otlp_metrics(given.text, settings_, version_, given.at));
  const bool is_taken = posted.status / 100 == 2 && posted.rejected == 0;
  if (is_taken) {
    if (std::exchange(is_losing_, false)) say_("metrics arrive at the collector again");
    return;
  }
  if (std::exchange(is_losing_, true)) return;
  const std::string why = posted.rejected > 0
                              ? "it does not want " + std::to_string(posted.rejected) + " of the numbers"
                              : posted.problem;
  say_("metrics do not arrive: of the collector at " + to_text(settings_.url) + ", " + why);
}

}  // namespace gateway
