#include "gateway/gateway.hpp"

#include <sys/resource.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <ostream>
#include <thread>

#include "gateway/control_loop.hpp"
#include "gateway/data_loop.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

// Beast and Asio can throw past every try in a coroutine, out of run(): count it and go on.
void run(asio::io_context& io, Metrics& metrics) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception&) {
      metrics.count(Event::escaped_exception);
    }
  }
}

// A stream holds two descriptors. Raises the soft limit to the hard one and says how many connections of
// clients fit: 45 % of it.
int connections_that_fit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1u << 24) * 45 / 100);
}

std::string url_of(const Tcp::endpoint& address) {
  const std::string host =
      address.address().is_v6() ? "[" + address.address().to_string() + "]" : address.address().to_string();
  return "http://" + host + ":" + std::to_string(address.port());
}

class RunningGateway {
 public:
  RunningGateway(Start start, std::ostream& errors)
      : start_(std::move(start)),
        errors_(errors),
        generation_(
            std::make_shared<Generation>(std::make_shared<const routing::Catalogue>(start_.settings, 1))),
        control_(generation_, start_.version) {}

  int run_to_end() {
    std::signal(SIGPIPE, SIG_IGN);
    if (!keep_records() || !listen()) return 1;
    asio::signal_set signals(control_.io(), SIGINT, SIGTERM);
    await_signal(signals);
    std::vector<std::thread> threads;
    for (const auto& loop : loops_) {
      threads.emplace_back([this, &loop] { run(loop->io(), control_.counters()); });
    }
    run(control_.io(), control_.counters());
    for (std::thread& thread : threads) thread.join();
    if (storage_) storage_->finish();
    return 0;
  }

 private:
  bool keep_records() {
    const config::RecordsSettings& settings = generation_->catalogue->settings().records;
    if (settings.file.empty()) return true;
    storage_ =
        Storage::open(settings, [this](const std::string& text) { errors_ << "isocost: " + text + "\n"; });
    if (storage_) control_.keep_records(*storage_);
    return storage_ != nullptr;
  }

  bool listen() {
    const config::Settings& settings = generation_->catalogue->settings();
    boost::system::error_code error;
    const auto host = settings.listen.host == "localhost"
                          ? asio::ip::make_address("127.0.0.1")
                          : asio::ip::make_address(settings.listen.host, error);
    if (error) {
      errors_ << "isocost: cannot listen on " << settings.listen.host << ": not an IP address\n";
      return false;
    }
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const int workers = settings.workers > 0 ? settings.workers : cores;
    const int fit = connections_that_fit();
    const int most = settings.limits.max_connections > 0 ? settings.limits.max_connections : fit;
    Tcp::endpoint address(host, settings.listen.port);
    const auto snapshot = control_.first_snapshot();
    std::vector<DataLoop*> all;
    for (int i = 0; i < workers; ++i) {
      loops_.push_back(std::make_unique<DataLoop>(
          start_.seed + static_cast<std::uint64_t>(i),
          [this, i](std::vector<RecordPtr> records) {
            control_.deliver(std::move(records), *loops_[static_cast<std::size_t>(i)]);
          },
          control_, control_.counters()));
      DataLoop& loop = *loops_.back();
      all.push_back(&loop);
      loop.adopt(generation_, snapshot);
      loop.limit_connections(std::max(1, most / workers));
      try {
        address = loop.listen(address);
      } catch (const boost::system::system_error& fault) {
        errors_ << "isocost: cannot listen on " << settings.listen.host << ":" << settings.listen.port << ": "
                << fault.code().message() << "\n";
        return false;
      }
    }
    control_.serve(std::move(all));
    start_.ready(url_of(address));
    return true;
  }

  void await_signal(asio::signal_set& signals) {
    signals.async_wait([this, &signals](boost::system::error_code error, int) {
      if (error) return;
      if (draining_++ == 0) {
        drain();
        await_signal(signals);
      } else {
        for (const auto& loop : loops_) {
          asio::post(loop->io(), [&loop] { loop->stop(); });
        }
      }
    });
  }

  void drain() {
    left_ = loops_.size();
    for (const auto& loop : loops_) {
      asio::post(loop->io(), [this, &loop] {
        loop->drain([this, &loop] {
          loop->io().stop();
          asio::post(control_.io(), [this] { one_drained(); });
        });
      });
    }
    drain_limit_.expires_after(generation_->catalogue->settings().limits.drain_timeout);
    drain_limit_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      for (const auto& loop : loops_) {
        asio::post(loop->io(), [&loop] { loop->stop(); });
      }
    });
  }

  void one_drained() {
    if (--left_ == 0) control_.finish();
  }

  Start start_;
  std::ostream& errors_;
  std::shared_ptr<const Generation> generation_;
  std::unique_ptr<Storage> storage_;
  ControlLoop control_;
  std::vector<std::unique_ptr<DataLoop>> loops_;
  asio::steady_timer drain_limit_{control_.io()};
  int draining_ = 0;
  std::size_t left_ = 0;
};

}  // namespace

int run_gateway(Start start, std::ostream& errors) {
  RunningGateway gateway(std::move(start), errors);
  return gateway.run_to_end();
}

}  // namespace gateway
