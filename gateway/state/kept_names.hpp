// A small set of pairs of names in a file of the state directory. Belongs to one thread, as KeptText does.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "gateway/state/kept_text.hpp"

namespace gateway {

class KeptNames {
 public:
  using Names = std::set<std::pair<std::string, std::string>>;
  using Writing = KeptText::Writing;

  // Takes up what the file has. Without it, they are forgotten at the end of the process.
  void keep(std::string file);
  const Names& all() const { return names_; }
  // They hold at once, and until the process ends also where they cannot be written.
  Writing set(Names names);

 private:
  KeptText file_;
  Names names_;
};

}  // namespace gateway
