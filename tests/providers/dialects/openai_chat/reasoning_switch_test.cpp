#include "providers/dialects/openai_chat/reasoning_switch.hpp"

#include <doctest/doctest.h>

#include "providers/conversation/matter.hpp"
#include "providers/dialects/openai_chat/body.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace providers;
using Switch = config::ReasoningSwitch;
using Effort = ThinkingWish::Effort;

TEST_CASE("each host is told in its own words to think, how much, or not at all") {
  struct Row {
    Switch by;
    const char* high;
    const char* off;
    const char* budget;
  };
  const Row rows[] = {
      {Switch::effort, R"("reasoning_effort":"high",)", R"("reasoning_effort":"none",)",
       R"("reasoning_effort":"low",)"},
      {Switch::reasoning, R"("reasoning":{"effort":"high"},)", R"("reasoning":{"effort":"none"},)",
       R"("reasoning":{"max_tokens":1024},)"},
      {Switch::reasoning_enabled, R"("reasoning":{"enabled":true},)", R"("reasoning":{"enabled":false},)",
       R"("reasoning":{"enabled":true},)"},
      {Switch::thinking, R"("thinking":{"type":"enabled"},)", R"("thinking":{"type":"disabled"},)",
       R"("thinking":{"type":"enabled"},)"},
      {Switch::enable_thinking, R"("enable_thinking":true,)", R"("enable_thinking":false,)",
       R"("enable_thinking":true,"thinking_budget":1024,)"},
      {Switch::template_enable_thinking, R"("chat_template_kwargs":{"enable_thinking":true},)",
       R"("chat_template_kwargs":{"enable_thinking":false},)",
       R"("chat_template_kwargs":{"enable_thinking":true},)"},
      {Switch::template_thinking, R"("chat_template_kwargs":{"thinking":true},)",
       R"("chat_template_kwargs":{"thinking":false},)", R"("chat_template_kwargs":{"thinking":true},)"},
      {Switch::none, "", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(config::reasoning_switch_names[static_cast<std::size_t>(row.by)]);
    CHECK(reasoning_members(row.by, {.effort = Effort::high}) == row.high);
    CHECK(reasoning_members(row.by, {.effort = Effort::off}) == row.off);
    CHECK(reasoning_members(row.by, {.budget = 1'024}) == row.budget);
    CHECK(reasoning_members(row.by, {}).empty());
  }
  CHECK(reasoning_members(Switch::thinking, {.effort = Effort::max}) ==
        R"("thinking":{"type":"enabled"},"reasoning_effort":"max",)");
}

TEST_CASE("a conversation's wish is said in the host's words, and a host that takes none is left out") {
  Conversation conversation;
  conversation.turns.push_back({Turn::Role::user, {{TextPart{{"Hi", false}}, {}}}});
  conversation.thinking.effort = Effort::off;
  HostModel model{.name = "h", .thinking = HostModel::Thinking::adaptive};
  model.reasoning_switch = Switch::enable_thinking;
  CHECK(write_openai_chat_body(conversation, model, routing::Delivery::whole).body ==
        R"({"enable_thinking":false,"model":"h","messages":[{"role":"user","content":"Hi"}]})");
  CHECK(carried_by_openai_chat(model).has(Matter::no_thinking));
  model.reasoning_switch = Switch::none;
  CHECK(!carried_by_openai_chat(model).has(Matter::no_thinking));
  CHECK(!carried_by_openai_chat(model).has(Matter::thinking));
}

TEST_CASE("a body that is passed on says it in the host's words, unless they are the client's") {
  PassedWishes wishes;
  wishes.thinking = ThinkingWish{.effort = Effort::low};
  HostModel model{.name = "h"};
  CHECK(!openai_chat_dialect().passed(wishes, model).thinking);
  model.reasoning_switch = Switch::thinking;
  CHECK(openai_chat_dialect().passed(wishes, model).thinking == R"("thinking":{"type":"enabled"},)");
  CHECK(!openai_chat_dialect().passed({}, model).thinking);
}
