#include "gateway/probe/host_probe.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "gateway/probe/probe_page.hpp"
#include "gateway/text/in_quotes.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {
namespace {

constexpr ProbeLimits limits{.each = std::chrono::seconds(10), .at_once = 1};

HostProbe::Answer not_now(const std::exception& fault) {
  return {.status = 503, .text = std::string("It cannot be asked now: ") + fault.what()};
}

HostProbe::Answer asked(const Generation& generation, const std::string& endpoint, const std::string& model) {
  auto one = with_one_endpoint(generation.catalogue->settings(), endpoint, model);
  if (!one)
    return {.status = 404,
            .text = "There is no endpoint " + in_quotes(endpoint) +
                    ", or several models have it: say which with `model`."};
  // What an earlier probe showed is proved again, and no word of the configuration.
  part(generation.prefills, *one);
  const routing::Catalogue catalogue(*std::move(one), 1);
  const std::vector<ProbeResult> results = probe(catalogue, limits);
  return {.text = probe_json(results), .prefills = prefills_of(results, providers::system_wall())};
}

}  // namespace

std::optional<config::Settings> with_one_endpoint(const config::Settings& settings,
                                                  const std::string& endpoint, const std::string& model) {
  config::Settings one = settings;
  one.models.clear();
  one.routes.clear();
  one.presets.clear();
  for (const config::ModelSettings& each : settings.models) {
    if (!model.empty() && each.name.text != model) continue;
    config::ModelSettings there = each;
    std::erase_if(there.endpoints, [&](const auto& other) { return other.name.text != endpoint; });
    if (!there.endpoints.empty()) one.models.push_back(std::move(there));
  }
  if (one.models.size() != 1) return std::nullopt;
  return one;
}

HostProbe::~HostProbe() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

providers::Task<HostProbe::Answer> HostProbe::run(boost::asio::io_context& asker,
                                                  std::shared_ptr<const Generation> generation,
                                                  std::string endpoint, std::string model) {
  if (is_busy_.exchange(true))
    co_return Answer{.status = 503, .text = "Another host is being asked; try again in a moment."};
  // By whoever comes first: nobody else is here meanwhile.
  try {
    if (!thread_.joinable())
      thread_ = std::thread([this] { providers::run_to_end(io_, [](const std::exception&) {}); });
  } catch (const std::system_error& fault) {
    is_busy_ = false;
    co_return not_now(fault);
  }
  // The settings are copied over there: who asks may be a loop that serves clients.
  const auto work = [this, generation, endpoint, model] {
    struct Ends {
      std::atomic<bool>& is_busy;
      ~Ends() { is_busy = false; }
    } const ends{is_busy_};
    try {
      return asked(*generation, endpoint, model);
    } catch (const std::exception& fault) {
      return not_now(fault);
    }
  };
  auto asking = providers::elsewhere(io_, asker, work);
  co_return co_await std::move(asking);
}

}  // namespace gateway
