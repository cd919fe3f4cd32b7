// Whatever a client says: a conversation that was read is written as JSON for every API, and turns alternate
// where they must.
#include <string>

#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using providers::HostModel;

// Arguments of a call are a text of their own at OpenAI, with a depth of their own: they may stand deeper
// elsewhere.
bool is_json(const std::string& text, providers::JsonTokens& tokens) {
  providers::JsonWalk walk(tokens, text);
  if (walk.ok() && walk.skip() && walk.finish()) return true;
  return walk.fault().what.find("nested") != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string body(reinterpret_cast<const char*>(data), size);
  const gateway::Conversed read = gateway::conversation_of(body, tokens);
  if (!read) {
    EXPECT_THAT(!read.error().message.empty());
    return 0;
  }
  const HostModel older{"old", 8'192, HostModel::Thinking::budget, true, false, true};
  const HostModel newer{"new", {}, HostModel::Thinking::adaptive, false, true, false};
  for (const providers::Interpreter* interpreter :
       {providers::anthropic_dialect().interpreter(), providers::openai_chat_dialect().interpreter()}) {
    for (const HostModel& model : {older, newer}) {
      providers::unsaid(*read, interpreter->carries(model));
      const auto written = interpreter->write(*read, model, routing::Delivery::streamed, tokens);
      EXPECT_THAT(is_json(written.body, tokens));
    }
  }
  return 0;
}
