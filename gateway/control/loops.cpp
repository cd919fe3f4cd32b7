#include "gateway/control/loops.hpp"

#include <algorithm>

#include "config/values/address.hpp"
#include "gateway/process/listening.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"

namespace gateway {

namespace asio = boost::asio;

void run_loop(asio::io_context& io, Metrics& metrics) {
  providers::run_to_end(io, [&](const std::exception&) { metrics.count(Event::escaped_exception); });
}

int Loops::wanted_by(const config::Settings& settings) {
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return settings.workers > 0 ? settings.workers : cores;
}

DataLoop& Loops::add(const Common& common, const config::Settings& settings) {
  const Reach reach = config::is_loopback(settings.listen.host) ? Reach::this_machine : Reach::others;
  const Offers offers = settings.admin ? Offers::inference : Offers::everything;
  const std::size_t at = all_.size();
  ControlLoop& control = common.control;
  all_.push_back(std::make_unique<DataLoop>(
      common.seed + at, [this, at, &control](Batch batch) { control.deliver(std::move(batch), *all_[at]); },
      control, control.counters(), offers, reach, common.shared));
  DataLoop& loop = *all_.back();
  loop.pay_to(common.books, common.ledger, at);
  if (common.traces) loop.trace(*common.traces);
  loop.ask_others_by([this, at](std::size_t most, providers::Spare::Of side) {
    for (std::size_t other = 0; other < all_.size(); ++other) {
      if (other != at) all_[other]->give_back(most, side);
    }
  });
  return loop;
}

Loops::Tcp::endpoint Loops::open(const Common& common, const std::shared_ptr<const Generation>& generation,
                                 Tcp::endpoint address, const std::vector<int>& given, Share share) {
  const config::Settings& settings = generation->catalogue->settings();
  if (given.empty() && address.port() != 0) expect_free(common.control.io(), address);
  const auto count = static_cast<std::size_t>(wanted_by(settings));
  std::vector<DataLoop*> loops;
  for (std::size_t at = 0; at < count; ++at) {
    DataLoop& loop = add(common, settings);
    loop.adopt(generation, common.control.published());
    loops.push_back(&loop);
    if (given.empty()) {
      address = loop.listener().listen(address, Listener::Address::shared);
    } else if (share == Share::one_by_each) {
      address = loop.listener().listen_on(given[at % given.size()]);
    } else {
      address = loop.listener().listen_on(given.front());
      for (std::size_t more = 1; more < given.size(); ++more) loop.listener().listen_on(given[more]);
    }
  }
  // Who waits at a socket that nobody listens at waits for ever.
  for (std::size_t at = share == Share::one_by_each ? count : given.size(); at < given.size(); ++at)
    loops[at % count]->listener().listen_on(given[at]);
  common.control.serve(std::move(loops));
  return address;
}

void Loops::run(Metrics& metrics) {
  for (const auto& loop : all_) {
    threads_.push_back(
        providers::named_thread("data loop", [&loop, &metrics] { run_loop(loop->io(), metrics); }));
  }
}

void Loops::join() {
  for (std::thread& thread : threads_) thread.join();
}

std::vector<asio::io_context*> Loops::ios() const {
  std::vector<asio::io_context*> all;
  for (const auto& loop : all_) all.push_back(&loop->io());
  return all;
}

std::vector<int> Loops::sockets() const {
  std::vector<int> all;
  for (const auto& loop : all_) {
    for (const int each : loop->listener().descriptors()) all.push_back(each);
  }
  return all;
}

bool Loops::look_up() const {
  return std::ranges::any_of(all_, [](const auto& loop) { return loop->looks_up(); });
}

}  // namespace gateway
