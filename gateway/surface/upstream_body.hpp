// The body to send to a host: the client's bytes with a few edits, as pieces for one gather write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/surface/client_body.hpp"

namespace gateway {

// What of the request an endpoint is asked for.
struct SentAs {
  std::optional<config::Tokens> most_output{};  // bounds of the answer's tokens are lowered to it
  std::string_view new_bound{};                 // the name of one that is put in, where there is none
  std::uint64_t owner = 0;                      // who it is, by Endpoint::name_hash
  bool may_store = false;                       // whether it stores answers for the client
  bool knows_details = false;                   // whether it takes `reasoning_details` of earlier answers
  std::string_view thoughts_member = usual_thoughts_member;  // empty: it is told nothing of earlier thinking
  bool says_model = true;                                    // in the body
  bool says_stream = true;
  std::string_view new_members{};       // put in: each with a comma behind it
  std::string_view thinking_members{};  // the same, in place of ClientBody::thinking's members
  bool replaces_thinking = false;
  std::size_t first_input = 0;  // of ClientBody::inputs
  std::size_t end_input = static_cast<std::size_t>(-1);
  std::span<const BodyEdit> more{};  // whose texts outlive the body
};

// Pieces point into the client's text, which must outlive this, and into `own`. Movable; not copyable.
class UpstreamBody {
 public:
  UpstreamBody(const ClientBody& request, std::string_view text, std::string_view host_model,
               const SentAs& sent = {});
  UpstreamBody(UpstreamBody&&) noexcept = default;
  UpstreamBody& operator=(UpstreamBody&&) noexcept = default;

  std::span<const std::string_view> pieces() const { return pieces_; }
  std::size_t size() const { return size_; }

 private:
  // A gather write has room for few.
  static constexpr std::size_t most_pieces = 16;
  void join();

  std::vector<char> own_;  // what is not the client's; a vector, because its bytes stay when it is moved
  std::vector<char> joined_;
  std::vector<std::string_view> pieces_;
  std::size_t size_ = 0;
};

}  // namespace gateway
