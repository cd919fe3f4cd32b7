// A small set of pairs of names in a file of the state directory, written whole. Belongs to one thread; the
// file is written on another one, which may wait for a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace gateway {

class KeptNames {
 public:
  using Names = std::set<std::pair<std::string, std::string>>;

  // Takes up what the file has. Without it, they are forgotten at the end of the process.
  void keep(std::string file);
  const Names& all() const { return names_; }

  // Brings the file up to date; true without one. A value: what it writes is in it. All of them are called on
  // one thread, and of two the newer one stays, whichever comes first.
  class Writing {
   public:
    // False where the file cannot be written.
    bool operator()() const;

   private:
    friend class KeptNames;
    std::string file_, text_;
    std::uint64_t number_ = 0;
    std::shared_ptr<std::uint64_t> last_;  // the newest that was written
  };
  // They hold at once, and until the process ends also where they cannot be written.
  Writing set(Names names);

 private:
  std::string file_;
  Names names_;
  std::uint64_t sets_ = 0;
  std::shared_ptr<std::uint64_t> last_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace gateway
