#include "providers/dialects/anthropic/shown.hpp"

namespace providers {
namespace {

// An answer is one choice here.
void see(PassedContent& content, std::size_t bytes) {
  content.no_choices = false;
  content.seen.set(0);
  content.bytes += bytes;
}

}  // namespace

void show_block(const AnthropicBlockSeen& block, PassedContent& content) {
  if (block.type.is("text")) {
    if (block.text.raw.empty()) return;
    content.text = true;
  } else if (block.type.is("thinking")) {
    // One without a text is there all the same where it is signed: its text was left out.
    if (block.text.raw.empty() && block.signature.raw.empty()) return;
    content.reasoning = true;
  } else if (block.type.is("redacted_thinking")) {
    content.reasoning = true;
  } else if (!block.type.raw.empty()) {
    content.tool_call = true;  // of the client's tools, of the host's own, and what they found
  } else {
    return;
  }
  see(content, block.text.raw.size() + block.name.raw.size() + block.input.size());
}

void show_delta(const AnthropicDelta& delta, PassedContent& content) {
  if (delta.text.raw.empty()) return;
  if (delta.type.is("text_delta")) {
    content.text = true;
  } else if (delta.type.is("thinking_delta") || delta.type.is("signature_delta")) {
    content.reasoning = true;
  } else if (delta.type.is("input_json_delta")) {
    content.tool_call = true;
  } else {
    return;
  }
  see(content, delta.text.raw.size());
}

void show_end(const Text& stop_reason, PassedContent& content) {
  if (stop_reason.raw.empty()) return;
  see(content, 0);
  content.finish_reason = stop_reason.raw;
  content.finished.set(0);
}

}  // namespace providers
