// Whatever a client or a host says in Google's API: what a host of the same API is sent is JSON that says the
// same, a conversation that was read is written as JSON for every API, and a reply tells the same wherever it
// is cut.
#include <string>
#include <string_view>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/gemini/gemini_answer.hpp"
#include "gateway/surfaces/gemini/gemini_conversation.hpp"
#include "gateway/surfaces/gemini/gemini_request.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/gemini/gemini.hpp"
#include "providers/dialects/gemini/native.hpp"
#include "providers/dialects/gemini/reply.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using providers::HostModel;

// Arguments of a call are a text of their own at OpenAI, with a depth of their own.
bool is_json(const std::string& text, providers::JsonTokens& tokens) {
  providers::JsonWalk walk(tokens, text);
  if (walk.ok() && walk.skip() && walk.finish()) return true;
  return walk.fault().what.find("nested") != std::string_view::npos;
}

class Deaf final : public providers::AnswerSink {
 public:
  void take(const providers::AnswerEvent& event) override {
    told += static_cast<char>('a' + static_cast<int>(event.kind));
    if (event.kind == providers::AnswerEvent::Kind::text) told.append(event.text.raw);
  }
  std::string told;
};

void check_call(const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Inspected asked = gateway::inspect_gemini(body, tokens);
  if (!asked) {
    EXPECT_THAT(!asked.error().message.empty());
  } else {
    const gateway::UpstreamBody upstream(*asked, body, "host");
    std::string sent;
    for (const std::string_view piece : upstream.pieces()) sent.append(piece);
    EXPECT_THAT(is_json(sent, tokens));
  }
  const gateway::Conversed read = gateway::gemini_conversation_of(body, tokens);
  if (!read) {
    EXPECT_THAT(!read.error().message.empty());
    return;
  }
  const HostModel older{"old", 8'192, HostModel::Thinking::budget, true, false, true};
  const HostModel newer{"new", {}, HostModel::Thinking::adaptive, false, true, false};
  for (const providers::Interpreter* interpreter :
       {providers::gemini_dialect().interpreter(), providers::openai_chat_dialect().interpreter(),
        providers::anthropic_dialect().interpreter()}) {
    for (const HostModel& model : {older, newer}) {
      providers::unsaid(*read, interpreter->carries(model));
      const auto written = interpreter->write(*read, model, routing::Delivery::streamed, tokens);
      EXPECT_THAT(is_json(written.body, tokens));
    }
  }
}

std::string told(std::string_view bytes, std::size_t cut, providers::JsonTokens& tokens) {
  providers::GeminiStream stream(tokens);
  Deaf heard;
  stream.feed(bytes.substr(0, cut), heard);
  const providers::Reading reading = stream.feed(bytes.substr(cut), heard);
  return heard.told + static_cast<char>('0' + static_cast<int>(reading));
}

// A whole reply, as a client of the same API gets it.
void check_reply(const std::string& body, providers::JsonTokens& tokens) {
  gateway::GeminiWhole whole(gateway::ThoughtsShown::yes);
  if (providers::read_gemini_whole(body, tokens, whole) != providers::Reading::ended) return;
  EXPECT_THAT(is_json(whole.body({"req_1", 1, "m"}, ""), tokens));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_call(bytes, tokens);
  check_reply(bytes, tokens);
  const std::size_t cut = size == 0 ? 0 : (data[0] * 257u + data[size / 2]) % size;
  EXPECT_THAT(told(bytes, size, tokens) == told(bytes, cut, tokens));
  const auto reply = providers::gemini_native_replies().whole(bytes, tokens);
  EXPECT_THAT((reply.kind == providers::PassedReply::Kind::error) == reply.error.has_value());
  return 0;
}
