// A file, pipe or terminal that takes lines. It never throws and never raises SIGPIPE's consequences for the
// caller: what cannot be written is lost, and counted. A disk that hangs holds it up. Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

class LogFile {
 public:
  LogFile() = default;
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Whole lines. They go out with flush(), or when 64 KiB are waiting. `lines` is empty afterwards, and has
  // memory for others mostly.
  void append(std::string& lines);
  // Writes what waits. A pipe that is full keeps its lines until the next flush.
  void flush();
  // Opens the file anew and then closes the one before, after it was moved away (logrotate) or the settings
  // changed: the reader of a pipe sees no end. On failure lines are lost and counted until it succeeds.
  void reopen(const config::LogSettings& settings);
  // What is wrong with the file; nothing while lines can be written to it.
  std::optional<std::string> fault() const;
  // Lines that could not be written, from the beginning.
  std::uint64_t lost() const { return lost_; }
  // Whether lines wait for a reader to go on.
  bool holds() const { return !waiting_.empty(); }

 private:
  void open();
  static void close(int descriptor);
  // How much of `waiting_` went out; nothing when the other side is gone.
  std::optional<std::size_t> write_some();
  void lose();

  config::LogSettings settings_;
  int descriptor_ = -1;
  int opening_error_ = 0;  // errno of open(); meaningful without a descriptor
  // A pipe or a terminal, whose reader may have stopped: asked before each small write, so that nobody waits
  // for it at the end. Our standard output is shared with others, so it is not made non-blocking.
  bool may_block_ = false;
  bool in_a_line_ = false;  // the last byte that went out did not end a line
  std::string waiting_;
  std::uint64_t lost_ = 0;
};

}  // namespace gateway
