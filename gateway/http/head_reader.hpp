// Reads the lines of one request's head, behind the first, into it, and keeps what the framing is decided by.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/http/http_gate.hpp"

namespace gateway {

class HeadReader {
 public:
  // Both must outlive it.
  HeadReader(RequestHead& head, const GateLimits& limits) : head_(head), limits_(limits) {}

  // A line without its end; why it is refused.
  std::optional<Refusal> field(std::string_view line);
  // Behind the last one.
  std::optional<Refusal> finish();

 private:
  std::optional<Refusal> known(const providers::Field& field);
  std::optional<Refusal> host(const providers::Field& field);
  Refusal misdirected() const;
  std::optional<Refusal> expect(const providers::Field& field);
  void connection(const providers::Field& field);
  std::optional<Refusal> content_length(const providers::Field& field);
  std::optional<Refusal> transfer_encoding(const providers::Field& field);
  std::optional<Refusal> frame();

  RequestHead& head_;
  const GateLimits& limits_;
  bool has_host_ = false;
  bool is_chunked_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  std::optional<std::uint64_t> length_;
};

}  // namespace gateway
