// A credential. It cannot be printed or formatted, and is wiped when it goes. Two of our own may be compared,
// to see whether one changed; what a client presents is never a Secret.
#pragma once

#include <string.h>

#include <string>
#include <string_view>
#include <utility>

namespace config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { wipe(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  bool empty() const { return text_.empty(); }
  // For the one place that puts it on the wire, and for the scrubber that looks for it in errors.
  std::string_view reveal() const { return text_; }

 private:
  void wipe() {
    ::explicit_bzero(text_.data(), text_.size());
    text_.clear();
  }
  std::string text_;
};

}  // namespace config
