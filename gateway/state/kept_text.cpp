#include "gateway/state/kept_text.hpp"

#include <utility>

#include "gateway/state/read_whole.hpp"
#include "gateway/state/write_whole.hpp"

namespace gateway {

std::string KeptText::keep(std::string file) {
  file_ = std::move(file);
  return read_whole(file_).value_or("");
}

KeptText::Writing KeptText::set(std::string text) {
  Writing writing;
  if (file_.empty()) return writing;
  writing.file_ = file_;
  writing.text_ = std::move(text);
  writing.number_ = ++sets_;
  writing.last_ = last_;
  return writing;
}

bool KeptText::Writing::operator()() const {
  if (file_.empty() || number_ < *last_) return true;
  if (write_whole(file_, text_)) return false;
  *last_ = number_;
  return true;
}

}  // namespace gateway
