#include "gateway/engines/engine_look.hpp"

#include <algorithm>
#include <utility>

#include "providers/host/host_page.hpp"
#include "providers/reports/engine_load.hpp"

namespace gateway {
namespace {

// A single silence may be the network's.
constexpr int most_silent = 1;
constexpr std::size_t most_bytes = 4 << 20;  // a page of metrics has hundreds of KiB

bool has_no_such_page(int status) {
  return status == 404 || status == 405 || status == 501;
}

}  // namespace

config::ProviderSettings engine_host(const config::ProviderSettings& provider) {
  config::ProviderSettings host = provider;
  host.base_url.path.clear();
  host.access.query.clear();
  host.limits.max_idle_connections = 1;
  host.limits.connect_timeout = std::min(host.limits.connect_timeout, provider.engine->timeout);
  return host;
}

// Who answers anything but a fault of its own is there. Where no health is asked, its load will show.
providers::Task<std::optional<bool>> EngineLook::ready() {
  providers::PageWanted wanted{
      .target = engine_.health_path(), .limit = engine_.timeout, .most_bytes = 64 << 10};
  if (wanted.target.empty()) wanted.target = engine_.load_path();
  if (wanted.target.empty()) co_return true;
  auto asking = providers::host_page(host_, timer_, std::move(wanted));
  const providers::HostPage page = co_await std::move(asking);
  if (page.failure == routing::FailureKind::local) co_return std::nullopt;
  if (page.status == 0 && ++silent_ <= most_silent) co_return std::nullopt;
  if (page.status == 0) co_return false;
  silent_ = 0;
  co_return page.status < 500 || has_no_such_page(page.status);
}

void EngineLook::read(std::string_view page, routing::EngineReport& report) const {
  const providers::EngineLoad load = providers::engine_load(engine_.kind, page);
  report.running = load.running;
  report.waiting = load.waiting;
  report.slots = load.slots;
  report.cache_use = load.cache_use;
}

providers::Task<std::optional<routing::EngineReport>> EngineLook::once() {
  const std::optional<bool> is_ready = co_await ready();
  if (!is_ready) co_return std::nullopt;
  const bool was_ready = std::exchange(was_ready_, *is_ready);
  routing::EngineReport report{.is_ready = *is_ready};
  const std::string path = engine_.load_path();
  if (!report.is_ready || path.empty()) co_return report;
  providers::PageWanted wanted{.target = path, .limit = engine_.timeout, .most_bytes = most_bytes};
  auto asking = providers::host_page(host_, timer_, std::move(wanted));
  const providers::HostPage page = co_await std::move(asking);
  const bool is_whole = !page.failure;
  if (page.status == 200 && is_whole) read(page.body, report);
  // What it said last holds until it says something else.
  if ((page.status == 0 || !is_whole) && was_ready) co_return std::nullopt;
  co_return report;
}

}  // namespace gateway
