// Whatever a client says that speaks Responses: what is inspected without a fault is sent on as JSON, a
// conversation that was read is written as JSON for every other API, and what a response repeats of it is
// JSON.
#include <string>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/openai_responses/responses_conversation.hpp"
#include "gateway/surfaces/openai_responses/responses_request.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/dialects/openai_responses/openai_responses.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using providers::HostModel;

// Arguments of a call are a text of their own, with a depth of their own: they may stand deeper elsewhere.
bool is_json(const std::string& text, providers::JsonTokens& tokens) {
  providers::JsonWalk walk(tokens, text);
  if (walk.ok() && walk.skip() && walk.finish()) return true;
  return walk.fault().what.find("nested") != std::string_view::npos;
}

void send_on(const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Inspected inspected = gateway::inspect_responses(body, tokens);
  if (!inspected) {
    EXPECT_THAT(!inspected.error().message.empty());
    return;
  }
  EXPECT_THAT(inspected->prefix_tokens.size() <= inspected->messages.size());
  const gateway::UpstreamBody upstream(*inspected, body, "h");
  std::string sent;
  for (const std::string_view piece : upstream.pieces()) sent += piece;
  EXPECT_THAT(is_json(sent, tokens));
  EXPECT_THAT(sent.size() == upstream.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string body(reinterpret_cast<const char*>(data), size);
  send_on(body, tokens);
  const gateway::Conversed read = gateway::responses_conversation_of(body, tokens);
  if (!read) {
    EXPECT_THAT(!read.error().message.empty());
    return 0;
  }
  EXPECT_THAT(is_json("{" + std::string(read->said_back) + "}", tokens));
  const HostModel older{"old", 8'192, HostModel::Thinking::budget, true, false, true};
  const HostModel newer{"new", {}, HostModel::Thinking::adaptive, false, true, false};
  for (const providers::Interpreter* interpreter :
       {providers::anthropic_dialect().interpreter(), providers::openai_chat_dialect().interpreter(),
        providers::openai_responses_dialect().interpreter()}) {
    for (const HostModel& model : {older, newer}) {
      providers::unsaid(*read, interpreter->carries(model));
      const auto written = interpreter->write(*read, model, routing::Delivery::streamed, tokens);
      EXPECT_THAT(is_json(written.body, tokens));
    }
  }
  return 0;
}
