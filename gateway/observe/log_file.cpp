#include "gateway/observe/log_file.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace gateway {

namespace {

constexpr std::size_t write_at = 64u << 10;
// A reader of our pipe that stopped for longer than this loses lines, rather than the gateway its memory.
constexpr std::size_t hold_at_most = 4u << 20;

// For one write: a closed pipe must be an error code here, whatever the process does with SIGPIPE.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigset_t pipe_only;
    ::sigemptyset(&pipe_only);
    ::sigaddset(&pipe_only, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before_);
    blocked_already_ = ::sigismember(&before_, SIGPIPE) == 1;
  }
  ~WithoutSigpipe() {
    if (blocked_already_) return;
    sigset_t pipe_only;
    ::sigemptyset(&pipe_only);
    ::sigaddset(&pipe_only, SIGPIPE);
    const timespec at_once{};
    while (::sigtimedwait(&pipe_only, nullptr, &at_once) == SIGPIPE) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t before_{};
  bool blocked_already_ = false;
};

}  // namespace

LogFile::~LogFile() {
  flush();
  close(descriptor_);
}

void LogFile::append(std::string& lines) {
  if (waiting_.empty()) {
    waiting_.swap(lines);
  } else {
    waiting_ += lines;
    lines.clear();
  }
  if (waiting_.size() >= write_at) flush();
}

void LogFile::flush() {
  if (waiting_.empty()) return;
  const std::optional<std::size_t> written = write_some();
  if (written) waiting_.erase(0, *written);
  if (written && waiting_.size() <= hold_at_most) return;
  lose();
}

std::optional<std::size_t> LogFile::write_some() {
  if (descriptor_ < 0) return {};
  const WithoutSigpipe guard;
  std::size_t written = 0;
  while (written < waiting_.size()) {
    pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    if (may_block_ && ::poll(&ready, 1, 0) == 0) break;
    const std::size_t rest = waiting_.size() - written;
    const std::size_t size = may_block_ ? std::min<std::size_t>(rest, PIPE_BUF) : rest;
    const ssize_t count = ::write(descriptor_, waiting_.data() + written, size);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
      if (written > 0) in_a_line_ = waiting_[written - 1] != '\n';
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      waiting_.erase(0, written);
      return {};
    }
  }
  return written;
}

void LogFile::reopen(const config::LogSettings& settings) {
  flush();
  // Closed once the other one is open: who reads a pipe would see its end between the two.
  const int before = descriptor_;
  settings_ = settings;
  open();
  close(before);
}

std::optional<std::string> LogFile::fault() const {
  if (descriptor_ >= 0) return std::nullopt;
  return "`" + settings_.file + "` cannot be opened: " + std::generic_category().message(opening_error_);
}

void LogFile::open() {
  if (settings_.file.empty()) {
    descriptor_ = STDOUT_FILENO;
  } else {
    descriptor_ = ::open(settings_.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    opening_error_ = errno;
  }
  struct stat what {};
  may_block_ = descriptor_ >= 0 && (::fstat(descriptor_, &what) != 0 || !S_ISREG(what.st_mode));
}

void LogFile::close(int descriptor) {
  if (descriptor >= 0 && descriptor != STDOUT_FILENO) ::close(descriptor);
}

void LogFile::lose() {
  lost_ += static_cast<std::uint64_t>(std::count(waiting_.begin(), waiting_.end(), '\n'));
  if (waiting_.starts_with('\n')) --lost_;  // that one only ended a torn line
  // The next line must not be glued to the half of one that did go out.
  waiting_ = in_a_line_ ? "\n" : "";
}

}  // namespace gateway
