#include "providers/dialects/openai_chat/reasoning_switch.hpp"

#include <algorithm>

namespace providers {
namespace {

using config::ReasoningSwitch;
using Effort = ThinkingWish::Effort;

// Who knows `thinking_budget` refuses others.
constexpr std::int64_t least_budget = 128, most_budget = 32'768;

// Where only a budget is said, as OpenRouter makes one of the other.
Effort effort_of(const ThinkingWish& wish) {
  if (!wish.budget || wish.effort != Effort::unsaid) return wish.effort;
  return *wish.budget <= 2'048 ? Effort::low : *wish.budget <= 8'192 ? Effort::medium : Effort::high;
}

std::string effort_member(Effort effort) {
  return std::string("\"reasoning_effort\":\"").append(word_of(effort)).append("\",");
}

// Of a level only DeepSeek knows: much, and more.
std::string thinking_members(const ThinkingWish& wish, bool is_on, bool has_levels) {
  std::string members = std::string("\"thinking\":{\"type\":\"") + (is_on ? "enabled" : "disabled") + "\"},";
  const bool is_most = wish.effort == Effort::max || wish.effort == Effort::xhigh;
  if (has_levels && is_on && is_most) members += "\"reasoning_effort\":\"max\",";
  return members;
}

}  // namespace

std::string reasoning_members(const HostModel& model, const ThinkingWish& wish) {
  const bool is_off = wish.effort == Effort::off;
  if (model.thinking == HostModel::Thinking::none) return {};
  if (!is_off && !wish.is_on()) return {};
  const bool is_on = !is_off;
  const std::string_view on = is_on ? "true" : "false";
  const auto flag = [&](std::string_view before, std::string_view after) {
    return std::string(before).append(on).append(after);
  };
  switch (model.reasoning_switch) {
    case ReasoningSwitch::as_it_came:
    case ReasoningSwitch::effort:
      return effort_member(effort_of(wish));
    case ReasoningSwitch::reasoning:
      if (wish.budget && is_on) return "\"reasoning\":{\"max_tokens\":" + std::to_string(*wish.budget) + "},";
      return std::string("\"reasoning\":{\"effort\":\"").append(word_of(wish.effort)).append("\"},");
    case ReasoningSwitch::reasoning_enabled:
      return flag("\"reasoning\":{\"enabled\":", "},");
    case ReasoningSwitch::thinking:
      return thinking_members(wish, is_on, model.thinks_in_levels);
    case ReasoningSwitch::enable_thinking: {
      std::string members = flag("\"enable_thinking\":", ",");
      if (wish.budget && is_on) {
        members +=
            "\"thinking_budget\":" + std::to_string(std::clamp(*wish.budget, least_budget, most_budget)) +
            ",";
      }
      return members;
    }
    case ReasoningSwitch::template_enable_thinking:
      return flag("\"chat_template_kwargs\":{\"enable_thinking\":", "},");
    case ReasoningSwitch::template_thinking:
      return flag("\"chat_template_kwargs\":{\"thinking\":", "},");
    case ReasoningSwitch::none:
      break;
  }
  return {};
}

bool is_reasoning_member(ReasoningSwitch by, std::string_view name) {
  switch (by) {
    case ReasoningSwitch::as_it_came:
    case ReasoningSwitch::effort:
    case ReasoningSwitch::none:
    case ReasoningSwitch::reasoning_enabled:  // of its `reasoning` it is all that they know
      return false;
    case ReasoningSwitch::reasoning:
      return name == "reasoning";
    case ReasoningSwitch::thinking:
      return name == "thinking";
    case ReasoningSwitch::enable_thinking:
      return name == "enable_thinking" || name == "thinking_budget";
    case ReasoningSwitch::template_enable_thinking:
    case ReasoningSwitch::template_thinking:
      return name == "chat_template_kwargs";
  }
  return false;
}

}  // namespace providers
