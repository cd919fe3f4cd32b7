#include "gateway/chat/usage_event.hpp"

#include "gateway/text/line_writer.hpp"

namespace gateway {

std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream) {
  const routing::Usage usage = attempt.usage.value_or(routing::Usage{});
  std::string text;
  LineWriter line(text);
  line.text("data: {\"id\":");
  line.json_string(stream.id);
  line.text(",\"object\":\"chat.completion.chunk\",\"created\":");
  line.integer(stream.created);
  line.text(",\"model\":");
  line.json_string(stream.model);
  line.text(",\"choices\":[],\"usage\":{\"prompt_tokens\":");
  line.integer(usage.prompt.count);
  line.text(",\"completion_tokens\":");
  line.integer(usage.output.count);
  line.text(",\"total_tokens\":");
  line.integer(usage.prompt.count + usage.output.count);
  if (usage.cached.count > 0) {
    line.text(",\"prompt_tokens_details\":{\"cached_tokens\":");
    line.integer(usage.cached.count);
    line.text("}");
  }
  if (usage.reasoning.count > 0) {
    line.text(",\"completion_tokens_details\":{\"reasoning_tokens\":");
    line.integer(usage.reasoning.count);
    line.text("}");
  }
  line.text(",\"cost\":");
  line.fixed(attempt.cost.nanos, 9);
  if (attempt.usage_is_estimated) line.text(",\"isocost\":{\"estimated\":true}");
  line.text("}}\n\n");
  line.hand_over();
  return text;
}

}  // namespace gateway
