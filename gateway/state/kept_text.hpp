// A small file of the state directory that is written whole. Belongs to one thread; it is written on another
// one, which may wait for a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace gateway {

class KeptText {
 public:
  // What the file has; empty where it is not there. Without it nothing is kept.
  std::string keep(std::string file);

  // Brings the file up to date; true without one. A value: what it writes is in it. All of them are called on
  // one thread, and of two the newer one stays, whichever comes first.
  class Writing {
   public:
    // False where the file cannot be written.
    bool operator()() const;

   private:
    friend class KeptText;
    std::string file_, text_;
    std::uint64_t number_ = 0;
    std::shared_ptr<std::uint64_t> last_;  // the newest that was written
  };
  Writing set(std::string text);

 private:
  std::string file_;
  std::uint64_t sets_ = 0;
  std::shared_ptr<std::uint64_t> last_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace gateway
