#include "gateway/first_configuration/found_engines.hpp"

#include <boost/asio/io_context.hpp>
#include <initializer_list>
#include <memory>

#include "gateway/probe/host_listing.hpp"
#include "providers/host/host_page.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {
namespace {

using config::EngineKind;
using providers::HostPage;
using providers::Task;

// Ports that their makers chose: what answers there is most likely theirs.
std::optional<EngineKind> kind_at(std::uint16_t port) {
  switch (port) {
    case 11434:
      return EngineKind::ollama;
    case 8000:
      return EngineKind::vllm;
    case 30000:
      return EngineKind::sglang;
    case 8080:
      return EngineKind::llamacpp;
    case 3000:
      return EngineKind::tgi;
    default:
      return std::nullopt;
  }
}

std::optional<EngineKind> kind_of(const std::vector<ListedModel>& models, std::uint16_t port) {
  for (const ListedModel& model : models) {
    if (model.owner == "vllm") return EngineKind::vllm;
    if (model.owner == "sglang") return EngineKind::sglang;
    if (model.owner == "llamacpp") return EngineKind::llamacpp;
    if (model.owner == "library") return EngineKind::ollama;
  }
  return kind_at(port);
}

// Where it says how long a prompt it takes, beside the list of its models.
std::string page_with_context(const std::optional<EngineKind>& kind) {
  if (kind == EngineKind::llamacpp) return "/props";
  if (kind == EngineKind::tgi) return "/info";
  if (kind == EngineKind::ollama) return "/api/ps";
  return {};
}

struct Place {
  Place(const config::BaseUrl& at, config::Duration limit, boost::asio::io_context& io,
        providers::Timer& timer, providers::Resolver& resolver)
      : settings(settings_of(at, limit)), host(settings, io, timer, resolver) {}
  static config::ProviderSettings settings_of(const config::BaseUrl& at, config::Duration limit) {
    config::ProviderSettings settings;
    settings.name = {"engine"};
    settings.base_url = at;
    settings.base_url.path.clear();
    settings.limits.connect_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
    settings.limits.max_idle_connections = 0;
    return settings;
  }
  const config::ProviderSettings settings;
  providers::HttpProvider host;
  std::optional<FoundEngine> found;
};

Task<void> look(Place& place, config::BaseUrl url, providers::Timer& timer, config::Duration limit) {
  providers::PageWanted wanted{.target = url.path + "/models", .limit = limit, .most_bytes = 4 << 20};
  auto asking = providers::host_page(place.host, timer, std::move(wanted));
  const HostPage page = co_await std::move(asking);
  if (page.status == 401 || page.status == 403) {
    place.found = FoundEngine{.url = url, .kind = kind_at(url.port), .models = {}, .wants_key = true};
    co_return;
  }
  const auto listed = page.status == 200 ? listed_models(page.body) : std::nullopt;
  if (!listed || listed->empty() || listed->front().is_routed) co_return;
  FoundEngine engine{.url = url, .kind = kind_of(*listed, url.port), .models = {}};
  std::string says;
  if (std::string path = page_with_context(engine.kind); !path.empty()) {
    providers::PageWanted more{.target = std::move(path), .limit = limit};
    auto looking = providers::host_page(place.host, timer, std::move(more));
    const HostPage answered = co_await std::move(looking);
    if (answered.status == 200) says = answered.body;
  }
  for (const ListedModel& model : *listed) {
    const auto runs_with = context_in(says, model.id);
    engine.models.push_back({.id = model.id, .context = runs_with ? runs_with : model.context});
  }
  place.found = std::move(engine);
}

}  // namespace

std::vector<config::BaseUrl> usual_engines() {
  std::vector<config::BaseUrl> all;
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{11434, 8000, 30000, 8080, 3000}) {
    all.push_back({config::BaseUrl::Scheme::http, "127.0.0.1", port, "/v1"});
  }
  return all;
}

std::vector<FoundEngine> find_engines(const std::vector<config::BaseUrl>& at, config::Duration limit) {
  boost::asio::io_context io{1};
  providers::Wheel timer{io};
  providers::SystemNames names;
  providers::Resolver resolver{io, timer, names};
  std::vector<std::unique_ptr<Place>> places;
  for (const config::BaseUrl& url : at) {
    places.push_back(std::make_unique<Place>(url, limit, io, timer, resolver));
    providers::spawn(io, look(*places.back(), url, timer, limit), [](const std::exception_ptr&) {});
  }
  io.run();
  std::vector<FoundEngine> engines;
  for (const auto& place : places) {
    if (place->found) engines.push_back(*std::move(place->found));
  }
  return engines;
}

}  // namespace gateway
