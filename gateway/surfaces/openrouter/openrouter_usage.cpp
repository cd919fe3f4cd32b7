#include "gateway/surfaces/openrouter/openrouter_usage.hpp"

#include "gateway/surfaces/openai_chat/chat_usage.hpp"
#include "gateway/text/line_writer.hpp"

namespace gateway {

std::string cost_text(config::Money cost) {
  std::string text;
  LineWriter line(text);
  line.fixed(cost.nanos, 9);
  line.hand_over();
  return text;
}

std::string cost_details(const CostShown& cost) {
  std::string text;
  LineWriter line(text);
  line.text("{\"upstream_inference_cost\":");
  line.fixed(cost.all.nanos, 9);
  line.text(",\"upstream_inference_prompt_cost\":");
  line.fixed(cost.prompt.nanos, 9);
  line.text(",\"upstream_inference_completions_cost\":");
  line.fixed(cost.completion.nanos, 9);
  line.text("}");
  line.hand_over();
  return text;
}

std::string openrouter_cost_members(const CostShown& cost) {
  return ",\"cost\":" + cost_text(cost.all) + ",\"is_byok\":false,\"cost_details\":" + cost_details(cost);
}

std::string openrouter_usage(const routing::Attempt& attempt, const CostShown& cost) {
  std::string members = openrouter_cost_members(cost);
  if (attempt.usage_is_estimated) members += ",\"isocost\":{\"estimated\":true}";
  std::string text;
  append_usage(text, attempt.usage.value_or(routing::Usage{}), members);
  return text;
}

}  // namespace gateway
