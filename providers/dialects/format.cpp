#include "providers/dialects/format.hpp"

#include <array>

namespace providers {
namespace {

struct Row {
  Format format;
  std::string_view name;
};
constexpr std::array<Row, 7> rows{{
    {Format::openai_chat, "chat"},
    {Format::openai_responses, "responses"},
    {Format::openai_completions, "completions"},
    {Format::openai_embeddings, "embeddings"},
    {Format::anthropic_messages, "messages"},
    {Format::gemini_generate, "generate"},
    {Format::bedrock_converse, "converse"},
}};

}  // namespace

std::string_view name_of(Format format) {
  for (const Row& row : rows) {
    if (row.format == format) return row.name;
  }
  return {};
}

std::optional<Format> format_named(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return row.format;
  }
  return std::nullopt;
}

}  // namespace providers
