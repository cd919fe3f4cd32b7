#include "providers/dialects/openai_chat/reasoning_switch.hpp"

#include <doctest/doctest.h>

#include "providers/conversation/matter.hpp"
#include "providers/dialects/openai_chat/body.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace providers;
using Switch = config::ReasoningSwitch;
using Effort = ThinkingWish::Effort;

namespace {

HostModel thinking_one(Switch by) {
  HostModel model{.name = "h", .thinking = HostModel::Thinking::adaptive};
  model.reasoning_switch = by;
  return model;
}

}  // namespace

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
    const HostModel model = thinking_one(row.by);
    CHECK(reasoning_members(model, {.effort = Effort::high}) == row.high);
    CHECK(reasoning_members(model, {.effort = Effort::off}) == row.off);
    CHECK(reasoning_members(model, {.budget = 1'024}) == row.budget);
    CHECK(reasoning_members(model, {}).empty());
  }
}

TEST_CASE("a level beside `thinking` is said to who knows it, and a budget within what is taken") {
  HostModel model = thinking_one(Switch::thinking);
  CHECK(reasoning_members(model, {.effort = Effort::max}) == R"("thinking":{"type":"enabled"},)");
  model.thinks_in_levels = true;
  CHECK(reasoning_members(model, {.effort = Effort::max}) ==
        R"("thinking":{"type":"enabled"},"reasoning_effort":"max",)");
  CHECK(reasoning_members(model, {.effort = Effort::high}) == R"("thinking":{"type":"enabled"},)");
  model = thinking_one(Switch::enable_thinking);
  CHECK(reasoning_members(model, {.budget = 1}) == R"("enable_thinking":true,"thinking_budget":128,)");
  CHECK(reasoning_members(model, {.budget = 100'000}) ==
        R"("enable_thinking":true,"thinking_budget":32768,)");
}

TEST_CASE("a model that does not think is told nothing of it") {
  HostModel model = thinking_one(Switch::enable_thinking);
  model.thinking = HostModel::Thinking::none;
  PassedWishes wishes;
  wishes.thinking = ThinkingWish{.effort = Effort::off};
  const PassedMembers off = openai_chat_dialect().passed(wishes, model);
  CHECK(off.thinking == "");
  CHECK(off.left_out.empty());
  wishes.thinking = ThinkingWish{.effort = Effort::low};
  const PassedMembers low = openai_chat_dialect().passed(wishes, model);
  CHECK(low.thinking == "");
  CHECK(low.left_out == std::vector<std::string>{"reasoning"});
}

TEST_CASE("who says a host's own word is passed on as he came") {
  struct Row {
    Switch by;
    std::string_view word;
    bool is_own;
  };
  const Row rows[] = {{Switch::thinking, "thinking", true},
                      {Switch::thinking, "enable_thinking", false},
                      {Switch::enable_thinking, "enable_thinking", true},
                      {Switch::enable_thinking, "thinking_budget", true},
                      {Switch::template_thinking, "chat_template_kwargs", true},
                      {Switch::template_enable_thinking, "chat_template_kwargs", true},
                      {Switch::reasoning, "reasoning", true},
                      {Switch::reasoning_enabled, "reasoning", false}};
  for (const Row& row : rows) {
    CAPTURE(config::reasoning_switch_names[static_cast<std::size_t>(row.by)]);
    CAPTURE(row.word);
    PassedWishes wishes;
    wishes.thinking = ThinkingWish{.effort = Effort::low};
    wishes.host_words = {&row.word, 1};
    CHECK(openai_chat_dialect().passed(wishes, thinking_one(row.by)).thinking.has_value() == !row.is_own);
  }
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
  HostModel model = thinking_one(Switch::as_it_came);
  CHECK(!openai_chat_dialect().passed(wishes, model).thinking);
  model.reasoning_switch = Switch::thinking;
  CHECK(openai_chat_dialect().passed(wishes, model).thinking == R"("thinking":{"type":"enabled"},)");
  CHECK(!openai_chat_dialect().passed({}, model).thinking);
}
