// Whatever a client says in Anthropic's Messages: what a host of the same API is sent is JSON that says the
// same, a conversation that was read is written as JSON for every API, and what a host of chats streams is
// sent on as events that our own reader takes, wherever it is cut.
#include <string>
#include <string_view>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/anthropic_messages/message_answer.hpp"
#include "gateway/surfaces/anthropic_messages/message_conversation.hpp"
#include "gateway/surfaces/anthropic_messages/message_request.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/anthropic/native.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"
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
  void take(const providers::AnswerEvent& event) override { pieces.append(event.text.raw); }
  std::string pieces;
};

void check_passed_on(const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Inspected asked = gateway::inspect_messages(body, tokens, gateway::Purpose::answer);
  if (!asked) {
    EXPECT_THAT(!asked.error().message.empty());
    return;
  }
  const gateway::UpstreamBody upstream(*asked, body, "host");
  EXPECT_THAT(upstream.pieces().size() <= 16);
  std::string sent;
  for (const std::string_view piece : upstream.pieces()) sent.append(piece);
  const gateway::Inspected again = gateway::inspect_messages(sent, tokens, gateway::Purpose::answer);
  EXPECT_THAT(again.has_value());
  EXPECT_THAT(again->model == "host" && again->edits.empty());
  EXPECT_THAT(again->stream == asked->stream);
  EXPECT_THAT((again->needs & ~asked->needs).none());  // thinking may be called off
}

void check_conversation(const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Conversed read = gateway::conversation_of_messages(body, tokens);
  if (!read) {
    EXPECT_THAT(!read.error().message.empty());
    return;
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
}

// As the client gets a stream of chunks.
std::string events_of(std::string_view chunks, std::size_t cut, providers::JsonTokens& tokens) {
  std::string out;
  gateway::MessageEvents answer({"req_1", 1, "m"}, gateway::ThoughtShown::yes, out);
  const auto reader = providers::openai_chat_dialect().interpreter()->streamed({}, tokens);
  reader->feed(chunks.substr(0, cut), answer);
  reader->feed(chunks.substr(cut), answer);
  answer.finish("");
  return out + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

void check_answer(const std::string& chunks, std::size_t cut, providers::JsonTokens& tokens) {
  const std::string events = events_of(chunks, chunks.size(), tokens);
  EXPECT_THAT(events == events_of(chunks, cut, tokens));
  Deaf read;
  providers::AnthropicStream stream(tokens);
  EXPECT_THAT(stream.feed(events, read) == providers::Reading::ended);

  gateway::MessageWhole whole(gateway::ThoughtShown::yes);
  providers::openai_chat_dialect().interpreter()->whole(chunks, {}, tokens, whole);
  const std::string body = whole.body({"req_1", 1, "m"}, "");
  EXPECT_THAT(is_json(body, tokens));
  providers::anthropic_native_replies().whole(body, tokens);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_passed_on(bytes, tokens);
  check_conversation(bytes, tokens);
  check_answer(bytes, size == 0 ? 0 : (data[0] * 257u + data[size / 2]) % size, tokens);
  const auto reply = providers::anthropic_native_replies().whole(bytes, tokens);
  EXPECT_THAT((reply.kind == providers::PassedReply::Kind::error) == reply.error.has_value());
  return 0;
}
