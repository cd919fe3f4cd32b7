#include "gateway/surfaces/openai_chat/chat_usage.hpp"

#include "gateway/text/line_writer.hpp"

namespace gateway {

void append_usage(std::string& out, const routing::Usage& usage, std::string_view own_members) {
  LineWriter line(out);
  line.text("{\"prompt_tokens\":");
  line.integer(usage.prompt.count);
  line.text(",\"completion_tokens\":");
  line.integer(usage.output.count);
  line.text(",\"total_tokens\":");
  line.integer(usage.prompt.count + usage.output.count);
  line.text(",\"prompt_tokens_details\":{\"cached_tokens\":");
  line.integer(usage.cached.count);
  line.text(",\"cache_write_tokens\":");
  line.integer(usage.cache_written.count);
  line.text("},\"completion_tokens_details\":{\"reasoning_tokens\":");
  line.integer(usage.reasoning.count);
  line.text("}");
  line.text(own_members);
  line.text("}");
}

}  // namespace gateway
