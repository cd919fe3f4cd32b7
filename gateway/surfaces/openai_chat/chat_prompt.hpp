// Reads the `messages` of a chat request: how long the prompt is about, and what a host must be able to take
// in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/surface/body_walk.hpp"
#include "gateway/surface/client_body.hpp"

namespace gateway {

struct ChatPrompt {
  std::uint64_t text_bytes = 0;   // decoded: what a host's tokenizer gets to see
  std::uint64_t attachments = 0;  // images, audio, files: their size says nothing about their tokens
  int pictures = 0;               // of those
  bool ends_with_assistant = false;
  routing::CacheMarks cache_marks = routing::CacheMarks::none;
  config::Features needs;
  std::vector<providers::ByteRange> messages;
  std::vector<BodyEdit> details_edits{};     // that put `reasoning_details` as text, or leave them out
  std::vector<BodyEdit> thought_edits{};     // that leave out all that tells of earlier thinking
  std::vector<std::uint32_t> tokens_so_far;  // rough, after each message, tools not counted
};

bool read_messages(BodyWalk& walk, const Path& path, ChatPrompt& prompt);

// Rough: bytes by four, flat for attachments, and of tools half again and 600, since hosts spell them out and
// add preambles of their own. For filters and for a correction that is learned, never for a bill.
// `tools_bytes`: decoded.
config::Tokens estimated_tokens(const ChatPrompt& prompt, std::uint64_t tools_bytes);

// Up to the end of each message, in the same measure and for as many as prefix_blocks.
std::vector<std::uint32_t> prefix_tokens(const ChatPrompt& prompt, std::uint64_t tools_bytes);

}  // namespace gateway
