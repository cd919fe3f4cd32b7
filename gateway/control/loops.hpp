// The loops that serve clients, each on a thread of its own, all of them listening at one address. Belong to
// who starts and ends the gateway; what runs on them says each loop's own header.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/accounts/books.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/run/data_loop.hpp"
#include "gateway/run/shared.hpp"
#include "gateway/trace/trace_parent.hpp"

namespace gateway {

// Runs the loop until it is stopped. What escapes is counted.
void run_loop(boost::asio::io_context& io, Metrics& metrics);

class Loops {
 public:
  using Tcp = boost::asio::ip::tcp;
  // What they have in common, all of which outlives them. `ledger` is null where none is kept.
  struct Common {
    ControlLoop& control;
    Shared& shared;
    Books& books;
    Ledger* ledger = nullptr;
    std::uint64_t seed = 0;            // of all their draws
    std::optional<Sampling> traces{};  // absent: none are exported
  };
  // How many a configuration wants: one for each core, where it does not say.
  static int wanted_by(const config::Settings& settings);

  // How sockets that listen already are shared out: those that other loops had, or whatever was given.
  enum class Share { one_by_each, all_by_each };
  // Opens them at `address`, or at the sockets `given`, where there are any, which listen there already.
  // Returns where they listen, as the system has chosen the port where it was 0; throws
  // boost::system::system_error.
  Tcp::endpoint open(const Common& common, const std::shared_ptr<const Generation>& generation,
                     Tcp::endpoint address, const std::vector<int>& given, Share share);
  // Starts their threads, and waits for the end of all.
  void run(Metrics& metrics);
  void join();

  const std::vector<std::unique_ptr<DataLoop>>& all() const { return all_; }
  std::vector<boost::asio::io_context*> ios() const;
  // That they listen at, in their order; they stay theirs.
  std::vector<int> sockets() const;
  // Whether one of them looks up a name, which nothing can end. Once the threads have ended.
  bool look_up() const;

 private:
  DataLoop& add(const Common& common, const config::Settings& settings);

  std::vector<std::unique_ptr<DataLoop>> all_;
  std::vector<std::thread> threads_;
};

}  // namespace gateway
