// Who started the process and watches it, as systemd does, and what it is told (sd_notify(3)). Where the
// environment names nobody, nothing happens.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

class Supervisor {
 public:
  // Takes what is for this process from the environment. Before there are threads.
  Supervisor();
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // It is there, and what it does, for `systemctl status`. From any thread;
  // never waits.
  void ready(std::string_view status) const;
  void reloading() const;
  void stopping(std::string_view status) const;
  // To be called at least twice as often as the watchdog barks.
  void alive() const;
  // How long it may be silent; nothing: nobody watches.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void tell(const std::string& lines) const;

  int socket_ = -1;
  std::string address_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace gateway
