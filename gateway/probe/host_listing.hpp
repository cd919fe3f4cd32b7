// What hosts list of the models that they have, in any of the shapes in which they do. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct ListedModel {
  std::string id{};
  std::optional<std::int64_t> context{};  // tokens, where the list says it
  std::string owner{};                    // who made it, or the engine that runs it
  bool is_routed = false;                 // by another router, as OpenRouter's list says it
};

// Nothing where it is no list of models.
std::optional<std::vector<ListedModel>> listed_models(std::string_view page);

// The context that llama.cpp's /props, TGI's /info or Ollama's /api/ps says it runs with.
std::optional<std::int64_t> context_in(std::string_view page, std::string_view model);

}  // namespace gateway
