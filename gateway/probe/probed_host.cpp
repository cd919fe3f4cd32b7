#include "gateway/probe/probed_host.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/engines/engine_look.hpp"
#include "providers/host/host_page.hpp"

namespace gateway {

ProbedHost::ProbedHost(const config::ProviderSettings& as_said, boost::asio::io_context& io,
                       providers::Timer& timer, providers::Resolver& resolver)
    : settings(as_said), host(settings, io, timer, resolver) {
  if (!settings.engine) return;
  root_settings = engine_host(settings);
  root = std::make_unique<providers::HttpProvider>(root_settings, io, timer, resolver);
}

providers::Task<void> ProbedHost::list(providers::Timer& timer, config::Duration limit) {
  if (settings.dialect == config::Dialect::bedrock || !settings.access.api_version.empty()) co_return;
  providers::PageWanted wanted{.target = "/models", .limit = limit, .most_bytes = 16 << 20};
  auto asking = providers::host_page(host, timer, std::move(wanted));
  const providers::HostPage page = co_await std::move(asking);
  if (page.status == 200) listed = listed_models(page.body);
  if (!root) co_return;
  const std::map<config::EngineKind, std::string> pages{{config::EngineKind::llamacpp, "/props"},
                                                        {config::EngineKind::tgi, "/info"},
                                                        {config::EngineKind::ollama, "/api/ps"}};
  const auto own = pages.find(settings.engine->kind);
  if (own == pages.end()) co_return;
  providers::PageWanted more{.target = own->second, .limit = limit};
  auto looking = providers::host_page(*root, timer, std::move(more));
  const providers::HostPage engine = co_await std::move(looking);
  if (engine.status == 200) engine_page = engine.body;
}

std::optional<std::int64_t> ProbedHost::context_of(const std::string& model) const {
  const std::optional<std::int64_t> context = context_in(engine_page, model);
  if (context || !listed) return context;
  const auto found = std::ranges::find(*listed, model, &ListedModel::id);
  return found == listed->end() ? std::nullopt : found->context;
}

}  // namespace gateway
