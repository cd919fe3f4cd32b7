// A small set of pairs of names in a file of the state directory, written whole. Belongs to one thread.
#pragma once

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
  // False where the file cannot be written; they hold until the process ends all the same.
  bool set(Names names);

 private:
  std::string file_;
  Names names_;
};

}  // namespace gateway
