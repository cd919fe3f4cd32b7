#include "providers/dialects/dialects.hpp"

#include <array>

#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"
#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"
#include "providers/dialects/gemini/gemini.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/dialects/openai_completions/openai_completions.hpp"
#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"
#include "providers/dialects/openai_responses/openai_responses.hpp"

namespace providers {
namespace {

// In the order of config::Format.
constexpr std::array dialects{
    openai_chat_dialect,      openai_completions_dialect, openai_embeddings_dialect,
    anthropic_dialect,        openai_responses_dialect,   gemini_dialect,
    bedrock_converse_dialect, vertex_messages_dialect,    bedrock_messages_dialect,
};
static_assert(dialects.size() == config::format_count);

}  // namespace

const Dialect& dialect_of(config::Format format) {
  return dialects[static_cast<std::size_t>(format)]();
}

const Dialect* dialect_for(config::Formats spoken, config::Format client, Conversational conversational) {
  if (spoken.has(client)) return &dialect_of(client);
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    const auto format = static_cast<config::Format>(i);
    if (spoken.has(format) && dialect_of(format).native_format() == client) return &dialect_of(format);
  }
  if (conversational == Conversational::no) return nullptr;
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    const auto format = static_cast<config::Format>(i);
    if (spoken.has(format) && dialect_of(format).interpreter()) return &dialect_of(format);
  }
  return nullptr;
}

const Dialect* keeper_of_answers(config::Formats spoken) {
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    const auto format = static_cast<config::Format>(i);
    if (spoken.has(format) && dialect_of(format).keeps_answers()) return &dialect_of(format);
  }
  return nullptr;
}

}  // namespace providers
