// How a gateway gives its place to another process that asks for it (gateway/process/hand_over.hpp): all that
// it keeps and the sockets that it listens at; and how it has them again, where that one ends before it
// serves. Belongs to the control loop, and to who starts that.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <variant>

#include "gateway/control/control_loop.hpp"
#include "gateway/control/doors.hpp"
#include "gateway/control/drain.hpp"
#include "gateway/control/kept_state.hpp"
#include "gateway/process/hand_over.hpp"

namespace gateway {

class Succession {
 public:
  // All must outlive it.
  struct Of {
    ControlLoop& control;
    KeptState& kept;
    Doors& doors;
    const Drain& drain;
  };
  struct Tell {
    // What is under way here, as HandOver::Owner.
    std::function<std::string()> runs;
    // Another process serves now.
    std::function<void()> given;
    // Where an operator reads what happens.
    std::function<void(const std::string&)> say;
  };
  Succession(Of of, Tell tell);

  // From now on another process may ask, where it could go on with what is kept.
  void await();
  // Nobody may any more.
  void close() { hand_over_.close(); }

 private:
  std::variant<HandedSockets, std::string> give();
  void given(int successor);
  void take_back();

  Of of_;
  Tell tell_;
  HandOver hand_over_;
  boost::asio::steady_timer next_attempt_;
};

}  // namespace gateway
