// How a gateway gives its place to its successor: the sockets that it listens at, and the directory of what
// is kept. The old one goes on serving until the new one says that it does; where the new one ends before
// that, the old one has everything again.
//
// In words: the new one says `isocost hand-over 1`, the old one `yours COUNT runs` with COUNT sockets of
// clients and, behind them, that of administration, if there is one, or `no WHY`; then the new one says
// `serving`. Behind the sockets the old one says ten times a second `runs WHAT`, what it has under way, until
// it ends. One that says no `runs` at first does not; one that does not listen misses nothing else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/process/descriptor_mail.hpp"

namespace gateway {

// What the old one has to give; they stay its own.
struct HandedSockets {
  std::vector<int> clients;
  std::optional<int> administration;
};

// The old one's side. Belongs to its loop.
class HandOver {
 public:
  struct Owner {
    // Gives up all that is kept. A sentence without its end: why not.
    std::function<std::variant<HandedSockets, std::string>()> give;
    // The process serves that it was given to.
    std::function<void(int process)> given;
    // That one ended before it did.
    std::function<void()> given_back;
    // What it still has under way, in a line without its end.
    std::function<std::string()> runs;
  };
  HandOver(boost::asio::io_context& io, Owner owner);

  // Who comes after this one asks here. What went wrong, if anything.
  std::optional<std::string> wait_in(const std::string& directory);
  void close();

 private:
  using Local = boost::asio::local::stream_protocol;
  void accept();
  void hear();
  void answer();
  void await_serving();
  void await_end();
  void tell_runs();
  void end_telling();
  void refuse(Local::socket& socket, const std::string& why);

  boost::asio::io_context& io_;
  Owner owner_;
  Local::acceptor acceptor_;
  Local::socket successor_;
  int process_ = 0;
  bool is_asked_ = false;  // by `successor_`
  boost::asio::streambuf said_{4096};
  boost::asio::steady_timer limit_;
  std::string telling_;
  bool is_telling_ = false;  // `telling_` is being written
  boost::asio::steady_timer next_telling_;
};

// The new one's side, before it has threads: blocks.
class Predecessor {
 public:
  // Nothing: `why`, a sentence without its end.
  static std::optional<Predecessor> ask(const std::string& directory, std::string& why);

  int process() const { return process_; }
  // Those that listen at this port of this address, in the order of the old one's loops.
  std::vector<int> at(const std::string& address, int port) const;
  // What it has under way, as it was when it gave its sockets.
  const std::string& runs() const { return runs_; }
  // From now on the old one only ends what it began. What was received and is not in use is closed; what it
  // says comes from the socket that is returned.
  OwnedDescriptor say_serving();

 private:
  Predecessor() = default;
  OwnedDescriptor socket_;
  std::vector<OwnedDescriptor> received_;
  std::string runs_;
  int process_ = 0;
};

// What the old one says that it has under way, until it has ended. Belongs to its loop.
class RunsElsewhere {
 public:
  // Nothing: it has ended, however it did, and this hears no more.
  using Take = std::function<void(std::optional<std::string_view>)>;
  RunsElsewhere(boost::asio::io_context& io, OwnedDescriptor from, Take take);

 private:
  void hear();

  boost::asio::local::stream_protocol::socket from_;
  Take take_;
  boost::asio::streambuf said_{longest_mail};
};

}  // namespace gateway
