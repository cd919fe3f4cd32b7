// How far a data loop is behind with what has come already: a mark is put at the end of what waits to be read
// ten times a second, and it is seen when it is come upon. Where a loop has more to do than it can, clients'
// requests wait in their sockets, and no timer shows it. Belongs to its loop.
#pragma once

#include <array>

#include "config/values/settings.hpp"
#include "providers/loop/readiness.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class LoopLag final : private providers::Alarm, private providers::Readiness::Party {
 public:
  // By priority: interactive, normal, batch.
  static constexpr std::array<config::Duration, 3> let_in{
      std::chrono::milliseconds(500), std::chrono::milliseconds(250), std::chrono::milliseconds(100)};

  LoopLag(boost::asio::io_context& loop, providers::Timer& timer);
  ~LoopLag();

  // As long as somebody is served. Costs nothing while nobody is.
  void watch();
  bool is_too_long(config::Priority priority) const {
    return lag() > let_in[static_cast<std::size_t>(priority)];
  }
  // The least of the last few: one long task is no overload.
  config::Duration lag() const;

 private:
  static constexpr config::Duration look_every = std::chrono::milliseconds(100);
  static constexpr int looks_without_anybody = 5;

  void ring() override;
  void ready(std::uint32_t events) override;
  void abandoned() override { is_out_ = false; }
  void note(config::Duration lag);

  providers::Readiness& readiness_;
  providers::Timer& timer_;
  int mark_;
  bool is_out_ = false;  // the mark is in the queue
  config::TimePoint put_{};
  std::array<config::Duration, 3> last_{};
  std::size_t next_ = 0;
  int idle_looks_ = looks_without_anybody;
};

}  // namespace gateway
