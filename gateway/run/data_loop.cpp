#include "gateway/run/data_loop.hpp"

#include <boost/asio/post.hpp>

#include "gateway/run/hosts.hpp"

namespace gateway {

DataLoop::DataLoop(std::uint64_t seed, Outbox::Deliver deliver, Pages& pages, Metrics& metrics, Offers offers,
                   Reach reach, Shared& shared)
    : resolver_(io_, timer_, shared.names),
      services_{{.timer = timer_, .dice = Dice(seed)}, Outbox(timer_, std::move(deliver))},
      lag_(io_, timer_),
      front_{.services = services_,
             .outbox = services_.outbox,
             .serving = &services_,
             .loop = io_,
             .pages = pages,
             .metrics = metrics,
             .addresses = shared.addresses,
             .bodies = shared.bodies,
             .offers = offers,
             .reach = reach,
             .logins = &shared.logins,
             .pressure = &shared.pressure,
             .lag = &lag_},
      listener_(io_, front_, shared.connections) {
  services_.retry_budget = shared.retries;
}

void DataLoop::adopt(std::shared_ptr<const Generation> generation,
                     std::shared_ptr<const routing::Snapshot> snapshot) {
  const Hosts* before = services_.hosts.get();
  gateway::adopt(services_, hosts_of(std::move(generation), before, io_, timer_, resolver_),
                 std::move(snapshot));
}

void DataLoop::learn(std::shared_ptr<const routing::Snapshot> snapshot) {
  // One taken before a reload that this loop has seen already is of no use.
  if (snapshot->catalogue == services_.hosts->generation->catalogue) services_.snapshot = std::move(snapshot);
}

void DataLoop::pay_to(Books& books, Ledger* ledger, std::size_t number) {
  till_.emplace(books, ledger, number, timer_,
                [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); });
  services_.till = &*till_;
}

void DataLoop::ask_others_by(providers::Spare::Ask ask) {
  boost::asio::use_service<providers::Spare>(io_).ask_others_by(std::move(ask));
}

void DataLoop::give_back(std::size_t most, providers::Spare::Of side) {
  boost::asio::post(
      io_, [this, most, side] { boost::asio::use_service<providers::Spare>(io_).give_back(most, side); });
}

void DataLoop::announce_drain() {
  boost::asio::post(io_, [this] { listener_.announce_drain(); });
}

void DataLoop::drain(std::function<void()> done, Listener::Queued queued) {
  listener_.drain(
      [this, ended = std::move(done)] {
        services_.outbox.flush();
        ended();
      },
      queued);
}

}  // namespace gateway
