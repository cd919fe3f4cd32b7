// How a gateway takes the place of one that runs: the sockets that it gets of it, and what that one still has
// under way, which counts here until it has ended there. Belongs to who starts the gateway, then to the
// control loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/generation/flights_elsewhere.hpp"
#include "gateway/process/hand_over.hpp"

namespace gateway {

class TakeOver {
 public:
  // The generation that is in use, on the control loop or before that runs.
  using Newest = std::function<std::shared_ptr<const Generation>()>;
  TakeOver(boost::asio::io_context& control, Newest newest) : control_(control), newest_(std::move(newest)) {}

  // Asks who has this directory of state for all it has; waits for the answer. Its process; nothing: `why`, a
  // sentence without its end.
  std::optional<int> ask(const std::string& directory, std::string& why);
  // Those of it that listen at this address; none where nobody was asked.
  std::vector<int> sockets_at(const boost::asio::ip::tcp::endpoint& address) const;
  // Once this gateway can serve: the other one is told so by the control loop, and serves until then.
  void begin();

 private:
  void begin_in_its_place();

  boost::asio::io_context& control_;
  Newest newest_;
  std::optional<Predecessor> predecessor_;  // until it was told that this one serves
  FlightsElsewhere flights_;
  std::optional<RunsElsewhere> runs_;
};

}  // namespace gateway
