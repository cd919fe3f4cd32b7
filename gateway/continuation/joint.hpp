// Where a text that broke off and what another attempt makes of its rest meet. Pure; UTF-8 throughout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/continuation/cut.hpp"

namespace gateway {

// Takes out of the rest what the client has already. What does not meet the text as it broke off, or begins
// it anew, is no rest. Belongs to one attempt; the text must outlive it.
class Joint {
 public:
  Joint(std::string_view said, const Cut& cut) : said_(said), cut_(cut) {}

  enum class Fit { unsure, fits, not_at_all };
  // What of `text` is new is put behind `out`, once it is known to fit.
  Fit take(std::string_view text, std::string& out);
  // Nothing more comes.
  Fit end(std::string& out);

 private:
  enum class Ending { open, closed };
  Fit decide(Ending ending, std::string& out);
  Fit begins_anew(Ending ending) const;
  Fit repeats(std::string_view what, Ending ending) const;
  // How much of what came the client has; nothing where that is not known yet, or never will be.
  Fit find_begin(Ending ending, std::size_t& begin) const;

  std::string_view said_;
  Cut cut_;
  std::string held_;
  Fit fit_ = Fit::unsure;
};

}  // namespace gateway
