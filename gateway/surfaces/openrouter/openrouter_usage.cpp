#include "gateway/surfaces/openrouter/openrouter_usage.hpp"

#include "gateway/surfaces/openai_chat/chat_usage.hpp"
#include "gateway/text/line_writer.hpp"

namespace gateway {
namespace {

std::string details(const CostShown& cost, std::string_view prompt, std::string_view completion) {
  std::string text;
  LineWriter line(text);
  line.text("{\"upstream_inference_cost\":");
  line.fixed(cost.all.nanos, 9);
  line.text(",\"upstream_inference_");
  line.text(prompt);
  line.text("_cost\":");
  line.fixed(cost.prompt.nanos, 9);
  line.text(",\"upstream_inference_");
  line.text(completion);
  line.text("_cost\":");
  line.fixed(cost.completion.nanos, 9);
  line.text("}");
  line.hand_over();
  return text;
}

std::string members(const CostShown& cost, const std::string& parts) {
  return ",\"cost\":" + cost_text(cost.all) + ",\"is_byok\":false,\"cost_details\":" + parts;
}

}  // namespace

std::string cost_text(config::Money cost) {
  std::string text;
  LineWriter line(text);
  line.fixed(cost.nanos, 9);
  line.hand_over();
  return text;
}

std::string cost_details(const CostShown& cost) {
  return details(cost, "prompt", "completions");
}

std::string openrouter_cost_members(const CostShown& cost) {
  return members(cost, cost_details(cost));
}

std::string openrouter_responses_cost(const CostShown& cost) {
  return members(cost, details(cost, "input", "output"));
}

std::string openrouter_usage(const routing::Attempt& attempt, const CostShown& cost) {
  std::string members = openrouter_cost_members(cost);
  if (attempt.usage_is_estimated) members += ",\"isocost\":{\"estimated\":true}";
  std::string text;
  append_usage(text, attempt.usage.value_or(routing::Usage{}), members);
  return text;
}

}  // namespace gateway
