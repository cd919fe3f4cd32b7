// Whatever a host sends: what OpenRouter's clients are sent for it is JSON again, with our names, and says
// the same for routing.
#include <string>

#include "gateway/surfaces/openrouter/chat_editor.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

constexpr gateway::StreamIdentity identity{"gen-1", 7, "model", 0, "Host"};
constexpr gateway::CostShown cost{.all = {3}, .prompt = {1}, .completion = {2}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const providers::SseEvent event{bytes, {}, {}, providers::SseEvent::Form::other};
  const auto before = providers::classify(event, tokens);
  if (before.kind != providers::PassedEvent::Kind::delta) return 0;
  for (const gateway::ThinkingShown thinking : {gateway::ThinkingShown::yes, gateway::ThinkingShown::no}) {
    gateway::ChatEditor editor(identity, thinking);
    for (int round = 0; round < 2; ++round) {
      std::string out;
      editor.event(bytes, cost, tokens, out);
      const providers::SseEvent edited{out, {}, {}, providers::SseEvent::Form::other};
      const auto after = providers::classify(edited, tokens);
      EXPECT_THAT(after.kind == providers::PassedEvent::Kind::delta ||
                  after.kind == providers::PassedEvent::Kind::error);
      EXPECT_THAT(!after.names.id.empty() && !after.names.model.empty() && !after.names.created.empty());
      EXPECT_THAT(after.content.tool_call == before.content.tool_call ||
                  after.kind == providers::PassedEvent::Kind::error);
    }
    std::string whole;
    editor.whole(bytes, cost, {}, tokens, whole);
    const providers::SseEvent edited{whole, {}, {}, providers::SseEvent::Form::other};
    EXPECT_THAT(providers::classify(edited, tokens).kind != providers::PassedEvent::Kind::bad);
  }
  return 0;
}
