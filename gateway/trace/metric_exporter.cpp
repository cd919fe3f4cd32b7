#include "gateway/trace/metric_exporter.hpp"

#include <utility>

#include "gateway/trace/otlp_metrics.hpp"

namespace gateway {

MetricExporter::MetricExporter(OtlpSettings settings, std::string version, Post post, Say say, Abort abort)
    : settings_(std::move(settings)),
      version_(std::move(version)),
      post_(std::move(post)),
      thread_(patience, std::move(say), std::move(abort)) {
  thread_.begin([this] { run(); });
}

void MetricExporter::give(std::string text, config::WallTime now) {
  {
    const std::lock_guard lock(thread_.mutex);
    waiting_ = Given{.text = std::move(text), .at = now};
  }
  thread_.wakes.notify_one();
}

void MetricExporter::run() {
  for (;;) {
    std::optional<Given> given;
    {
      std::unique_lock lock(thread_.mutex);
      thread_.wakes.wait(lock, [&] { return thread_.is_ending || waiting_; });
      given = std::exchange(waiting_, std::nullopt);
    }
    if (!given) return;
    send(*given);
  }
}

void MetricExporter::send(const Given& given) {
  const Posted posted = post_(otlp_metrics(given.text, settings_, version_, given.at));
  const bool is_taken = posted.status / 100 == 2 && posted.rejected == 0;
  if (is_taken) return thread_.arrived("metrics arrive at the collector again");
  const std::string why = posted.rejected > 0
                              ? "it does not want " + std::to_string(posted.rejected) + " of the numbers"
                              : posted.problem;
  thread_.lost("metrics do not arrive: of the collector at " + to_text(settings_.url) + ", " + why);
}

}  // namespace gateway
