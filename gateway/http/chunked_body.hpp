// Collects the body of a chunked request, up to a limit. Belongs to one request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/http_gate.hpp"
#include "providers/http/chunked.hpp"

namespace gateway {

class ChunkedBody {
 public:
  explicit ChunkedBody(std::size_t limit) : limit_(limit) {}

  struct Fed {
    std::size_t consumed = 0;  // what is left belongs to the next request
    bool done = false;
    std::optional<Refusal> refusal{};  // 400 for broken framing, 413 beyond the limit
  };
  Fed feed(std::string_view bytes);
  // Once done.
  std::string take() { return std::move(body_); }

 private:
  std::size_t limit_;
  providers::ChunkedReader reader_;
  std::string body_;
};

}  // namespace gateway
