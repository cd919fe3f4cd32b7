#include "gateway/surfaces/anthropic_messages/message_usage.hpp"

#include <algorithm>

#include "gateway/text/line_writer.hpp"

namespace gateway {

// What was read from a cache, and what was written to one, is no part of the input here.
void append_message_usage(std::string& out, const routing::Usage& usage, UsageOf what,
                          std::string_view own_members) {
  const std::int64_t input = usage.prompt.count - usage.cached.count - usage.cache_written.count;
  LineWriter line(out);
  line.text("{\"input_tokens\":");
  line.integer(std::max<std::int64_t>(input, 0));
  line.text(",\"cache_creation_input_tokens\":");
  line.integer(usage.cache_written.count);
  line.text(",\"cache_read_input_tokens\":");
  line.integer(usage.cached.count);
  line.text(",\"output_tokens\":");
  line.integer(usage.output.count);
  line.text(",\"output_tokens_details\":{\"thinking_tokens\":");
  line.integer(usage.reasoning.count);
  line.text("},\"server_tool_use\":null");
  if (what == UsageOf::reply) {
    line.text(",\"cache_creation\":null,\"inference_geo\":null,\"service_tier\":null,\"speed\":null");
  }
  line.text(own_members);
  line.text("}");
}

}  // namespace gateway
