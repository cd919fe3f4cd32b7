// While it lives, the process can open no more descriptors than a test leaves it.
// UndefinedBehaviorSanitizer's check of vptr opens a pipe to look at an object, and takes it for a false one
// where it cannot: the preset leaves that check out, as a thread of the test before may be at its end here.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace support {

class FewDescriptors {
 public:
  explicit FewDescriptors(int left = 0) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    rlimit lower = before_;
    lower.rlim_cur = static_cast<rlim_t>(highest) + 64;
    if (highest < 0 || ::setrlimit(RLIMIT_NOFILE, &lower) != 0) throw std::runtime_error("no limit");
    taken_.push_back(highest);
    for (int next; (next = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(next);
    leave(left);
  }
  ~FewDescriptors() {
    leave(static_cast<int>(taken_.size()));
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

  // So many more.
  void leave(int more) {
    for (; more > 0 && !taken_.empty(); --more) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace support
