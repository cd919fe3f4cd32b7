#include "gateway/surfaces/surfaces.hpp"

#include <array>

#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"

namespace gateway {
namespace {

constexpr std::array<const Surface& (*)(), 3> surfaces{
    openai_chat_surface,
    openai_completions_surface,
    openai_embeddings_surface,
};

}  // namespace

const Surface* surface_of(config::Format format) {
  for (const auto& surface : surfaces) {
    if (surface().format() == format) return &surface();
  }
  return nullptr;
}

}  // namespace gateway
