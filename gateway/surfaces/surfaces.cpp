#include "gateway/surfaces/surfaces.hpp"

#include <array>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "gateway/surfaces/openrouter/openrouter_chat.hpp"
#include "gateway/surfaces/openrouter/openrouter_plain.hpp"

namespace gateway {
namespace {

constexpr std::array<const Surface& (*)(), 5> surfaces{
    openai_chat_surface,        openai_completions_surface, openai_embeddings_surface,
    anthropic_messages_surface, openai_responses_surface,
};

}  // namespace

const Surface* surface_of(config::Format format, Root root) {
  if (root == Root::api_v1) {
    if (format == config::Format::chat) return &openrouter_chat_surface();
    if (format == config::Format::embeddings) return &openrouter_embeddings_surface();
    if (format == config::Format::completions) return &openrouter_completions_surface();
  }
  for (const auto& surface : surfaces) {
    if (surface().format() == format) return &surface();
  }
  return nullptr;
}

}  // namespace gateway
