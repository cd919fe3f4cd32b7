// What probing showed of who goes on with a begun answer, and the file that keeps it over restarts. Belongs
// to the control loop's thread; what is to be written is handed over, as a disk may hang.
#pragma once

#include <functional>
#include <string>

#include "gateway/generation/prefills.hpp"
#include "gateway/state/kept_text.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class PrefillDesk {
 public:
  // Takes what is known into use.
  using Use = std::function<void(const Prefills& known)>;

  PrefillDesk(Use use, providers::WallClock wall) : use_(std::move(use)), wall_(std::move(wall)) {}
  // Where it is kept, and what was before. Without it, it is forgotten at the end of the process. Empty, or
  // what is wrong with the file.
  std::string keep(const std::string& file);
  // It holds at once, whether or not it can be written.
  KeptText::Writing take(const Prefills& found);

 private:
  Use use_;
  providers::WallClock wall_;
  KeptText file_;
  Prefills known_;
};

}  // namespace gateway
