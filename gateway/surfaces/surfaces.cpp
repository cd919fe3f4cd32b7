#include "gateway/surfaces/surfaces.hpp"

#include <array>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "gateway/surfaces/gemini/gemini.hpp"
#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "gateway/surfaces/openrouter/openrouter_chat.hpp"
#include "gateway/surfaces/openrouter/openrouter_plain.hpp"

namespace gateway {
namespace {

constexpr std::array surfaces{
    openai_chat_surface,        openai_completions_surface, openai_embeddings_surface,
    anthropic_messages_surface, openai_responses_surface,   gemini_surface,
};
constexpr std::array openrouter_surfaces{
    openrouter_chat_surface,     openrouter_completions_surface, openrouter_embeddings_surface,
    openrouter_messages_surface, openrouter_responses_surface,
};

}  // namespace

const Surface* surface_of(config::Format format, Root root) {
  const auto found = [&](const auto& list) -> const Surface* {
    for (const auto& surface : list) {
      if (surface().format() == format) return &surface();
    }
    return nullptr;
  };
  const Surface* openrouters = root == Root::api_v1 ? found(openrouter_surfaces) : nullptr;
  return openrouters ? openrouters : found(surfaces);
}

}  // namespace gateway
