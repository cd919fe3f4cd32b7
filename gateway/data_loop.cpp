#include "gateway/data_loop.hpp"

#include "providers/http_provider.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;

std::shared_ptr<const Hosts> hosts_of(std::shared_ptr<const Generation> generation, asio::io_context& io,
                                      providers::Timer& timer, providers::Resolver& resolver) {
  auto hosts = std::make_shared<Hosts>();
  for (const config::ProviderSettings& provider : generation->catalogue->settings().providers) {
    hosts->providers.push_back(std::make_unique<providers::HttpProvider>(provider, io, timer, resolver));
  }
  hosts->generation = std::move(generation);
  return hosts;
}

}  // namespace

DataLoop::DataLoop(std::uint64_t seed, Outbox::Deliver deliver, Pages& pages, Metrics& metrics, Offers offers,
                   AddressCounts& addresses)
    : services_{.timer = timer_, .outbox = Outbox(timer_, std::move(deliver)), .dice = Dice(seed)},
      front_{.services = services_, .loop = io_, .pages = pages, .metrics = metrics, .offers = offers},
      listener_(io_, front_, addresses) {}

void DataLoop::adopt(std::shared_ptr<const Generation> generation,
                     std::shared_ptr<const routing::Snapshot> snapshot) {
  if (services_.hosts) services_.hosts->last_snapshot = services_.snapshot;
  const routing::Catalogue& catalogue = *generation->catalogue;
  services_.counted = catalogue.settings().records.file.empty()
                          ? nullptr
                          : std::make_unique<routing::InFlight>(catalogue.endpoints().size());
  services_.hosts = hosts_of(std::move(generation), io_, timer_, resolver_);
  services_.snapshot = std::move(snapshot);
}

void DataLoop::learn(std::shared_ptr<const routing::Snapshot> snapshot) {
  // One taken before a reload that this loop has seen already is of no use.
  if (snapshot->catalogue == services_.hosts->generation->catalogue) services_.snapshot = std::move(snapshot);
}

void DataLoop::drain(std::function<void()> done) {
  listener_.drain([this, ended = std::move(done)] {
    services_.outbox.flush();
    ended();
  });
}

}  // namespace gateway
