// The APIs that are known, whoever speaks them: clients, hosts or both.
#pragma once

#include <optional>
#include <string_view>

namespace providers {

enum class Format {
  openai_chat,
  openai_responses,
  openai_completions,
  openai_embeddings,
  anthropic_messages,
  gemini_generate,
  bedrock_converse,
};

// As an operator writes it: "chat", "responses", "completions", "embeddings", "messages", "generate",
// "converse".
std::string_view name_of(Format format);
std::optional<Format> format_named(std::string_view name);

}  // namespace providers
