#include "providers/conversation/cache_marks.hpp"

namespace providers {
namespace {

// A blank text goes to no host, nor does its mark.
bool is_marked(const Part& part) {
  const auto* text = std::get_if<TextPart>(&part.what);
  return part.cache && !(text && is_blank(text->text));
}

// Of a conversation, const or not.
template <class Of, class Mark>
void each_mark(Of& conversation, Mark mark) {
  for (auto& tool : conversation.tools) {
    if (tool.cache) mark(tool.cache);
  }
  for (auto& part : conversation.system) {
    if (is_marked(part)) mark(part.cache);
  }
  for (auto& turn : conversation.turns) {
    for (auto& part : turn.parts) {
      if (is_marked(part)) mark(part.cache);
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
