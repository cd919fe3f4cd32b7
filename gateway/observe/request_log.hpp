// Where the lines of requests go: standard output or a file opened for appending. Belongs to the control
// loop. Lines are gathered and written at once, by flush() or when 64 KiB are waiting. It never throws and
// never raises SIGPIPE's consequences for the caller: what cannot be written is lost, and counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/values/settings.hpp"
#include "gateway/observe/record.hpp"

namespace gateway {

class RequestLog {
 public:
  // Opens the file; on failure lines are lost and counted until reopen() succeeds.
  explicit RequestLog(const config::LogSettings& settings);
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  void write(const Record& record);
  // Writes what waits. Call after each batch of records. A pipe that is full keeps its lines until the next
  // flush.
  void flush();
  // Closes and opens the file again, after it was moved away (logrotate) or the settings changed.
  void reopen(const config::LogSettings& settings);
  // What is wrong with the file; nothing while lines can be written to it.
  std::optional<std::string> fault() const;
  // Lines that could not be written, from the beginning.
  std::uint64_t lost() const { return lost_; }

 private:
  void open();
  void close();
  // How much of `waiting_` went out; nothing when the other side is gone.
  std::optional<std::size_t> write_some();
  void lose();

  config::LogSettings settings_;
  int descriptor_ = -1;
  int opening_error_ = 0;  // errno of open(); meaningful without a descriptor
  // A pipe or a terminal, whose reader may have stopped: asked before each small write, so that the control
  // loop never waits for it. Our standard output is shared with others, so it is not made non-blocking.
  bool may_block_ = false;
  bool in_a_line_ = false;  // the last byte that went out did not end a line
  std::string waiting_;
  std::uint64_t lost_ = 0;
};

}  // namespace gateway
