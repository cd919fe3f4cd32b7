// The log of requests. Lines are made on the control loop and written by a thread of the log's own, so that a
// disk that hangs holds up nobody: what does not fit between the two is lost, and counted. Belongs to the
// control loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "config/values/settings.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/observe/refused_lines.hpp"

namespace gateway {

class RequestLog {
 public:
  // Opens the file, and waits for that for as long as `patience` at the most. On failure lines are lost and
  // counted until reopen() succeeds.
  explicit RequestLog(const config::LogSettings& settings,
                      std::chrono::milliseconds patience = std::chrono::seconds(1));
  // As close().
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  void write(const Record& record);
  // Says what lines were left out so far. Call now and then.
  void tell_left_out(config::WallTime now);
  // Hands over what was gathered. Call after each batch of records.
  void flush();
  // Has the file closed and opened again, after it was moved away (logrotate) or the settings changed; what
  // was written before goes to the old one. Waits as the constructor does.
  void reopen(const config::LogSettings& settings);
  // What is wrong with the file; nothing while lines can be written to it.
  std::optional<std::string> fault() const;
  // Lines that could not be written, from the beginning.
  std::uint64_t lost() const;
  // Waits until all that was handed over has been written, lost, or found a reader that does not read. False
  // where `limit` came before.
  bool settle(std::chrono::milliseconds limit);
  // Writes what waits and ends the thread. One that hangs is left behind, with what it has.
  void close();

 private:
  struct Desk;
  static void work(const std::shared_ptr<Desk>& desk);

  config::LogSettings settings_;
  const std::chrono::milliseconds patience_;
  std::string gathered_;
  RefusedLines refused_;
  const std::shared_ptr<Desk> desk_;  // shared with the thread, which may outlive us
};

}  // namespace gateway
