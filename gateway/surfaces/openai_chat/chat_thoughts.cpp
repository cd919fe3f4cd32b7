#include "gateway/surfaces/openai_chat/chat_thoughts.hpp"

#include <limits>
#include <utility>

#include "gateway/surfaces/openai_chat/chat_parts.hpp"

namespace gateway {

using providers::JsonString;

bool Thoughts::goes_on(const Thought& last, const Detail& next) const {
  const auto& before = last.detail;
  return before.index && before.index == next.index && before.thinking.signature.raw.empty() &&
         before.thinking.redacted.raw.empty() && next.thinking.redacted.raw.empty();
}

bool Thoughts::details(BodyWalk& walk, const Path& path) {
  return walk.array(path, [&](const Path& element) {
    Detail detail;
    providers::ThinkingPart& thinking = detail.thinking;
    const bool read = walk.object(element, [&](const JsonString& key, const Path& at) {
      if (key.is("text") || key.is("summary")) return read_text(walk, at, thinking.text);
      if (key.is("signature")) return read_text(walk, at, thinking.signature);
      if (key.is("data")) return read_text(walk, at, thinking.redacted);
      if (key.is("id")) return read_text(walk, at, thinking.id);
      if (key.is("format")) return read_text(walk, at, thinking.format);
      if (key.is("index")) {
        return walk.integer(at, 0, std::numeric_limits<std::int64_t>::max(), detail.index);
      }
      return walk.json.skip();
    });
    if (!read) return false;
    if (thoughts_.empty() || !goes_on(thoughts_.back(), detail)) {
      thoughts_.push_back({detail, {}});
      return true;
    }
    Thought& last = thoughts_.back();
    providers::ThinkingPart& before = last.detail.thinking;
    if (last.joined.empty()) last.joined = before.text.raw;
    last.joined.append(thinking.text.raw);
    before.text.escaped |= thinking.text.escaped;
    before.signature = thinking.signature;
    if (before.format.raw.empty()) before.format = thinking.format;
    return true;
  });
}

bool Thoughts::plain(BodyWalk& walk, const Path& path) {
  return read_text(walk, path, plain_);
}

void Thoughts::move_into(std::vector<providers::Part>& parts, providers::OwnTexts& own) {
  for (Thought& thought : thoughts_) {
    providers::ThinkingPart thinking = thought.detail.thinking;
    if (!thought.joined.empty()) thinking.text.raw = own.keep(std::move(thought.joined));
    parts.push_back({thinking});
  }
  if (thoughts_.empty() && !plain_.raw.empty()) parts.push_back({providers::ThinkingPart{.text = plain_}});
}

}  // namespace gateway
