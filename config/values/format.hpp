// The APIs that are spoken: to isocost by clients, and by hosts. Values.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

namespace config {

enum class Format {
  chat,              // OpenAI's chat completions
  completions,       // OpenAI's older completions
  embeddings,        // OpenAI's embeddings
  messages,          // Anthropic's Messages
  responses,         // OpenAI's Responses
  gemini,            // Google's generateContent
  converse,          // Bedrock's Converse
  vertex_messages,   // Anthropic's Messages at Vertex
  bedrock_messages,  // Anthropic's Messages at Bedrock
};
inline constexpr std::size_t format_count = static_cast<std::size_t>(Format::bedrock_messages) + 1;
inline constexpr std::string_view format_names[format_count] = {
    "chat",   "completions", "embeddings",      "messages",        "responses",
    "gemini", "converse",    "vertex_messages", "bedrock_messages"};

// As an operator writes it.
constexpr std::string_view name_of(Format format) {
  return format_names[static_cast<std::size_t>(format)];
}

// The APIs that one endpoint speaks.
class Formats {
 public:
  Formats() = default;
  Formats(Format only) { add(only); }
  bool has(Format format) const { return bits_[static_cast<std::size_t>(format)]; }
  Formats& add(Format format) { return bits_.set(static_cast<std::size_t>(format)), *this; }
  bool none() const { return bits_.none(); }
  friend bool operator==(const Formats&, const Formats&) = default;

 private:
  std::bitset<format_count> bits_;
};

}  // namespace config
