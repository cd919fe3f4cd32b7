#include "providers/conversation/cache_marks.hpp"

namespace providers {
namespace {

// Of a conversation, const or not.
template <class Of, class Mark>
void each_mark(Of& conversation, Mark mark) {
  for (auto& tool : conversation.tools) {
    if (tool.cache) mark(tool.cache);
  }
  for (auto& part : conversation.system) {
    if (part.cache) mark(part.cache);
  }
  for (auto& turn : conversation.turns) {
    for (auto& part : turn.parts) {
      if (part.cache) mark(part.cache);
    }
  }
}

}  // namespace

std::size_t cache_marks_in(const Conversation& conversation) {
  std::size_t count = conversation.cache ? 1 : 0;
  each_mark(conversation, [&](const auto&) { ++count; });
  return count;
}

void keep_last_cache_marks(Conversation& conversation, std::size_t most) {
  std::size_t count = cache_marks_in(conversation);
  each_mark(conversation, [&](auto& cache) {
    if (count <= most) return;
    cache.reset();
    --count;
  });
}

}  // namespace providers
