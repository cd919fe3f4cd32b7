#include "gateway/generation/prefill_desk.hpp"

namespace gateway {

std::string PrefillDesk::keep(const std::string& file) {
  const std::string text = file_.keep(file);
  if (text.empty()) return {};
  bool is_whole = false;
  add(prefills_in(text, is_whole), known_, wall_());
  if (!known_.empty()) use_(known_);
  return is_whole ? ""
                  : file +
                        " cannot be read; `isocost check --probe` finds out again who goes on with a broken "
                        "stream";
}

KeptText::Writing PrefillDesk::take(const Prefills& found) {
  add(found, known_, wall_());
  use_(known_);
  return file_.set(to_text(known_));
}

}  // namespace gateway
