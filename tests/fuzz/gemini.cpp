// Whatever a client says in Google's generateContent: what a host of the same API is sent is JSON that says
// the same, a conversation that was read is written as JSON for every API, and what a host of chats streams
// is sent on as events, and as one array, that our own reader takes, wherever it is cut.
#include <string>
#include <string_view>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/gemini/gemini.hpp"
#include "gateway/surfaces/gemini/gemini_answer.hpp"
#include "gateway/surfaces/gemini/gemini_conversation.hpp"
#include "gateway/surfaces/gemini/gemini_request.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"
#include "providers/dialects/gemini/gemini.hpp"
#include "providers/dialects/gemini/native.hpp"
#include "providers/dialects/gemini/reply.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/dialects/openai_responses/openai_responses.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using gateway::GeminiFraming;
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

void check_passed_on(const std::string& said, std::string_view action, providers::JsonTokens& tokens) {
  const gateway::Surface& surface = gateway::gemini_surface();
  std::string body = said;
  if (surface.complete({"m", action, "alt=sse"}, body)) return;
  const gateway::Inspected asked = gateway::inspect_gemini(body, tokens);
  if (!asked) {
    EXPECT_THAT(!asked.error().message.empty());
    return;
  }
  const gateway::UpstreamBody upstream(*asked, body, "host", {.says_model = false, .says_stream = false});
  EXPECT_THAT(upstream.pieces().size() <= 16);
  std::string sent;
  for (const std::string_view piece : upstream.pieces()) sent.append(piece);
  EXPECT_THAT(is_json(sent, tokens));
  EXPECT_THAT(!surface.complete({"m", action, "alt=sse"}, sent));
  const gateway::Inspected again = gateway::inspect_gemini(sent, tokens);
  EXPECT_THAT(again.has_value());
  EXPECT_THAT(again->model == "m" && again->stream == asked->stream);
  EXPECT_THAT(again->needs == asked->needs);
}

void check_conversation(const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Conversed read = gateway::gemini_conversation_of(body, tokens);
  if (!read) {
    EXPECT_THAT(!read.error().message.empty());
    return;
  }
  const HostModel older{"us.anthropic.old", 8'192, HostModel::Thinking::budget, true, false, true};
  const HostModel newer{"new", {}, HostModel::Thinking::adaptive, false, true, false};
  for (const providers::Dialect* dialect :
       {&providers::anthropic_dialect(), &providers::openai_chat_dialect(),
        &providers::openai_responses_dialect(), &providers::gemini_dialect(),
        &providers::bedrock_converse_dialect()}) {
    for (const HostModel& model : {older, newer}) {
      providers::unsaid(*read, dialect->interpreter()->carries(model));
      const auto written = dialect->interpreter()->write(*read, model, routing::Delivery::streamed, tokens);
      EXPECT_THAT(is_json(written.body, tokens));
    }
  }
}

// As the client gets a stream of chunks.
std::string told(std::string_view chunks, std::size_t cut, GeminiFraming framing,
                 providers::JsonTokens& tokens) {
  std::string out;
  gateway::GeminiEvents answer({"req_1", 1, "m"}, gateway::ThoughtsShown::yes, framing, out);
  const auto reader = providers::openai_chat_dialect().interpreter()->streamed({}, tokens);
  reader->feed(chunks.substr(0, cut), answer);
  reader->feed(chunks.substr(cut), answer);
  answer.finish("");
  return out;
}

void check_answer(const std::string& chunks, std::size_t cut, providers::JsonTokens& tokens) {
  const std::string events = told(chunks, chunks.size(), GeminiFraming::events, tokens);
  EXPECT_THAT(events == told(chunks, cut, GeminiFraming::events, tokens));
  Deaf read;
  providers::GeminiStream stream(tokens);
  EXPECT_THAT(stream.feed(events, read) != providers::Reading::bad);
  EXPECT_THAT(is_json("[" + told(chunks, cut, GeminiFraming::array, tokens) + "]", tokens));

  gateway::GeminiWhole whole(gateway::ThoughtsShown::yes);
  providers::openai_chat_dialect().interpreter()->whole(chunks, {}, tokens, whole);
  const std::string body = whole.body({"req_1", 1, "m"}, "");
  EXPECT_THAT(is_json(body, tokens));
  EXPECT_THAT(providers::gemini_native_replies().whole(body, tokens).kind !=
              providers::PassedReply::Kind::bad);
}

// What Google's hosts send, wherever it is cut.
void check_host(const std::string& bytes, std::size_t cut, providers::JsonTokens& tokens) {
  const auto reply = providers::gemini_native_replies().whole(bytes, tokens);
  EXPECT_THAT((reply.kind == providers::PassedReply::Kind::error) == reply.error.has_value());
  Deaf at_once, in_pieces;
  providers::GeminiStream whole(tokens), pieces(tokens);
  const providers::Reading end = whole.feed(bytes, at_once);
  const providers::Reading first = pieces.feed(std::string_view(bytes).substr(0, cut), in_pieces);
  const bool is_over = first != providers::Reading::goes_on;
  const providers::Reading last =
      is_over ? first : pieces.feed(std::string_view(bytes).substr(cut), in_pieces);
  EXPECT_THAT(end == last && at_once.pieces == in_pieces.pieces);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : (data[0] * 257u + data[size / 2]) % size;
  check_passed_on(bytes, "generateContent", tokens);
  check_passed_on(bytes, "streamGenerateContent", tokens);
  check_conversation(bytes, tokens);
  check_answer(bytes, cut, tokens);
  check_host(bytes, cut, tokens);
  return 0;
}
