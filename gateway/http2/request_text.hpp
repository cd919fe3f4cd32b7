// The head of one HTTP/2 request, written down as HTTP/1.1, so that the gate reads requests of both in one
// way. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway {

class RequestText {
 public:
  // Of names and values `most` bytes are kept, and a little more, so that the gate sees that it is too large.
  explicit RequestText(std::size_t most) : most_(most) {}

  // In the order in which they come. False where HTTP/2 forbids it, or it would be another thing in HTTP/1.1.
  bool add(std::string_view name, std::string_view value);

  enum class Body { none, follows };
  // The whole head. A body that follows without a Content-Length is to be sent in chunks.
  std::string head(Body body) const;
  bool has_length() const { return has_length_; }
  // Whether a reply to it has no body.
  bool is_head() const { return method_ == "HEAD"; }

 private:
  bool add_pseudo(std::string_view name, std::string_view value);

  const std::size_t most_;
  std::size_t kept_ = 0;
  bool is_cut_ = false;
  bool has_length_ = false;
  std::string method_;
  std::string path_;
  std::string authority_;
  std::string cookie_;  // clients may send each of them in a field of its own
  std::string fields_;
};

}  // namespace gateway
