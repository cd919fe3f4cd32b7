// Reads what a body of Anthropic's Messages asks: how long it is about, what a host must be able to take in,
// and what no host can, since another made it up.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/surface/body_walk.hpp"
#include "routing/terms/cache_marks.hpp"

namespace gateway {

// What is counted of texts, decoded, and of what says nothing by its size.
struct PromptSize {
  std::uint64_t bytes = 0;
  std::uint64_t attachments = 0;
  std::uint64_t messages = 0;

  // Rough: bytes by four, and flat for the rest.
  std::uint64_t tokens() const;
};

class MessagePrompt {
 public:
  // Of each block of the system and of each message, in this order: where it stands, and how long all is up
  // to its end. A block that only says who calls, and changes with the caller's version, is left out.
  struct Piece {
    providers::ByteRange range;
    PromptSize upto;
  };

  bool system(BodyWalk& walk, const Path& path);
  bool messages(BodyWalk& walk, const Path& path);

  std::vector<Piece> pieces() const;
  config::Tokens estimated(std::uint64_t tools_bytes) const;
  std::vector<std::uint32_t> prefix_tokens(std::uint64_t tools_bytes) const;

  bool has_messages() const { return !messages_.empty(); }
  bool ends_with_assistant() const { return ends_with_assistant_; }
  const config::Features& needs() const { return needs_; }
  int pictures() const { return pictures_; }
  routing::CacheMarks cache_marks() const { return cache_marks_; }
  // Thinking of hosts of other APIs, with the comma beside it.
  const std::vector<providers::ByteRange>& unsigned_thoughts() const { return unsigned_; }
  // Whether the last message is what tools found that were called after such thinking.
  bool goes_on_unsigned() const { return ends_with_result_ && was_unsigned_; }

 private:
  bool message(BodyWalk& walk, const Path& path);
  bool role(BodyWalk& walk, const Path& path);
  bool content(BodyWalk& walk, const Path& path);
  bool block(BodyWalk& walk, const Path& path);
  bool source(BodyWalk& walk, const Path& path, bool& is_read);
  bool text(BodyWalk& walk);
  bool counted(BodyWalk& walk, std::size_t most);
  void need(config::Feature feature) { needs_.set(static_cast<std::size_t>(feature)); }

  std::vector<Piece> system_;
  std::vector<Piece> messages_;
  PromptSize size_;  // of what is being read: the system, or the messages
  PromptSize system_size_;
  bool ends_with_assistant_ = false;
  bool is_unsigned_ = false;       // the block that was read last
  bool has_result_ = false;        // the message that is being read
  bool ends_with_result_ = false;  // the last message
  bool was_unsigned_ = false;      // some of the assistant's last message
  config::Features needs_;
  int pictures_ = 0;
  routing::CacheMarks cache_marks_ = routing::CacheMarks::none;
  std::vector<providers::ByteRange> unsigned_;
};

}  // namespace gateway
