// Reads the `input` of a Responses call: how long the prompt is about, what a host must be able to take in,
// and which of its items no host of this API could use.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/surface/body_walk.hpp"
#include "gateway/surface/client_body.hpp"

namespace gateway {

struct ResponsesPrompt {
  std::uint64_t text_bytes = 0;   // decoded: what a host's tokenizer gets to see
  std::uint64_t attachments = 0;  // images, audio, files: their size says nothing about their tokens
  int pictures = 0;               // of those
  config::Features needs;
  std::vector<providers::ByteRange> items;
  std::vector<std::uint32_t> tokens_so_far;  // rough, after each item, tools and instructions not counted
  // Of reasoning that only its id stands for, or that another API's host signed; ascending indexes of items.
  std::vector<std::size_t> unusable;
  std::vector<OwnedItem> owned;  // of reasoning that one endpoint alone can read
};

// The value of `input`: a text, or items. One that refers to what is stored elsewhere is a fault.
bool read_input(BodyWalk& walk, const Path& path, ResponsesPrompt& prompt);

// Rough, as for chats: for filters and for a correction that is learned, never for a bill.
config::Tokens estimated_tokens(const ResponsesPrompt& prompt, std::uint64_t instructions_bytes,
                                std::uint64_t tools_bytes);

// Up to the end of the instructions, and of each item, in the same measure.
std::vector<std::uint32_t> prefix_tokens(const ResponsesPrompt& prompt, std::uint64_t instructions_bytes,
                                         std::uint64_t tools_bytes);

}  // namespace gateway
