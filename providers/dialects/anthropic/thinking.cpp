#include "providers/dialects/anthropic/thinking.hpp"

#include <algorithm>

namespace providers {
namespace {

using Effort = ThinkingWish::Effort;

constexpr std::int64_t least_budget = 1'024;
constexpr std::int64_t most_budget = 128'000;

// Of the tokens of an answer, as OpenRouter divides them.
double share_of(Effort effort) {
  switch (effort) {
    case Effort::minimal:
      return 0.1;
    case Effort::low:
      return 0.2;
    case Effort::high:
      return 0.8;
    case Effort::xhigh:
    case Effort::max:
      return 0.95;
    default:
      return 0.5;
  }
}

std::string_view effort_name(Effort effort) {
  switch (effort) {
    case Effort::minimal:
    case Effort::low:
      return "low";
    case Effort::high:
      return "high";
    case Effort::xhigh:
      return "xhigh";
    case Effort::max:
      return "max";
    default:
      return "medium";
  }
}

Effort effort_of_budget(std::int64_t budget, std::int64_t max_tokens) {
  const double share =
      static_cast<double>(budget) / static_cast<double>(std::max<std::int64_t>(max_tokens, 1));
  if (share < 0.35) return Effort::low;
  return share < 0.65 ? Effort::medium : Effort::high;
}

// In the midst of calling tools, the turn that called them must begin with what was thought then.
bool goes_on_unthought(const std::vector<AnthropicTurn>& turns) {
  if (turns.size() < 2 || turns.back().role != Turn::Role::user) return false;
  const auto& asked = turns.back().blocks.front().part->what;
  const auto& called = turns[turns.size() - 2].blocks.front().part->what;
  return std::holds_alternative<ToolResultPart>(asked) && !std::holds_alternative<ThinkingPart>(called);
}

}  // namespace

AnthropicThinking anthropic_thinking(const Conversation& conversation,
                                     const std::vector<AnthropicTurn>& turns, const HostModel& model,
                                     std::int64_t max_tokens) {
  using Kind = AnthropicThinking::Kind;
  const ThinkingWish& wish = conversation.thinking;
  AnthropicThinking thinking;
  if (model.thinking == HostModel::Thinking::none) return thinking;
  if (wish.effort == Effort::off) thinking.kind = Kind::disabled;
  if (!wish.is_on()) return thinking;

  const bool is_budget = model.thinking == HostModel::Thinking::budget;
  const bool is_prefilled = !turns.empty() && turns.back().role == Turn::Role::assistant;
  const bool is_forced = !conversation.tools.empty() && conversation.tool_choice.is_forced();
  const bool is_short = is_budget && max_tokens <= least_budget;
  if (is_prefilled || is_forced || is_short || (is_budget && goes_on_unthought(turns))) {
    thinking.is_lost = true;
    return thinking;
  }
  thinking.is_hidden = wish.is_hidden;
  if (is_budget) {
    thinking.kind = Kind::budget;
    const double shared = static_cast<double>(max_tokens) * share_of(wish.effort);
    const std::int64_t wanted = wish.budget.value_or(static_cast<std::int64_t>(shared));
    // The answer needs at least a token of its own.
    thinking.budget = std::min(std::clamp(wanted, least_budget, most_budget), max_tokens - 1);
  } else {
    thinking.kind = Kind::adaptive;
    thinking.effort = effort_name(wish.budget ? effort_of_budget(*wish.budget, max_tokens) : wish.effort);
  }
  return thinking;
}

void write_anthropic_thinking(JsonWriter& json, const AnthropicThinking& thinking) {
  using Kind = AnthropicThinking::Kind;
  if (thinking.kind == Kind::unsaid) return;
  json.key("thinking").begin_object();
  switch (thinking.kind) {
    case Kind::unsaid:
      break;
    case Kind::disabled:
      json.key("type").plain("disabled");
      break;
    case Kind::budget:
      json.key("type").plain("enabled");
      json.key("budget_tokens").integer(thinking.budget);
      break;
    case Kind::adaptive:
      json.key("type").plain("adaptive");
      // Newer models show nothing unless they are asked to.
      json.key("display").plain(thinking.is_hidden ? "omitted" : "summarized");
      break;
  }
  json.end_object();
}

}  // namespace providers
