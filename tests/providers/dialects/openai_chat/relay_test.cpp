#include "providers/dialects/openai_chat/relay.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/dialects/openai_chat/chat_events.hpp"
#include "providers/http/sse.hpp"

using namespace providers;
using Form = Relayed::Form;

namespace {

struct Sent {
  std::string text;
  Form form = Form::dropped;
};

// What the client gets of the first event in `text`, with our cost in the usage.
Sent sent(const std::string& text, UsageShown usage, std::string_view cost) {
  static JsonTokens tokens;
  SseReader reader;
  reader.feed(text);
  const auto event = reader.next();
  REQUIRE(event.has_value());
  std::string scratch;
  const Relayed relay = relayed(*event, classify(*event, tokens), usage, scratch, cost);
  Sent result{.text = {}, .form = relay.form};
  for (const std::string_view piece : relay.pieces()) result.text += piece;
  return result;
}

const std::string counts = R"("usage":{"prompt_tokens":1,"completion_tokens":2})";
const std::string with_cost = R"("usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.5})";

std::string event(const std::string& members) {
  return "data: {\"id\":\"c\"," + members + "}\n\n";
}

}  // namespace

TEST_CASE("what is ours is put at the end of usage that is shown, and the rest stays as it came") {
  const Sent usage = sent(event(R"("choices":[],)" + counts), UsageShown::yes, "0.5");
  CHECK(usage.text == event(R"("choices":[],)" + with_cost));
  CHECK(usage.form == Form::rewritten);

  const std::string choice = R"("choices":[{"index":0,"delta":{"content":"Hi"}}])";
  const Sent both = sent(event(choice + "," + counts), UsageShown::yes, "0.5");
  CHECK(both.text == event(choice + "," + with_cost));
}

TEST_CASE(
    "nothing of ours is put where there is no usage, where none is shown, and where we have nothing to say") {
  const std::string choice = R"("choices":[{"index":0,"delta":{"content":"Hi"}}])";
  const Sent plain = sent(event(choice), UsageShown::yes, "0.5");
  CHECK(plain.text == event(choice));
  CHECK(plain.form == Form::as_it_came);

  const Sent blank = sent(event(choice + "," + counts), UsageShown::no, "0.5");
  CHECK(blank.text == event(choice + R"(,"usage":null)"));

  const Sent quiet = sent(event(choice + "," + counts), UsageShown::yes, "");
  CHECK(quiet.text == event(choice + "," + counts));
  CHECK(quiet.form == Form::as_it_came);
}

TEST_CASE("lines and events that are not in normal form reach the client in it, with what is ours") {
  const Sent lines =
      sent("event: message\ndata: {\"choices\":[],\ndata: " + counts + "}\n\n", UsageShown::yes, "0.5");
  CHECK(lines.text == "data: {\"choices\":[], " + with_cost + "}\n\n");
  CHECK(lines.form == Form::rewritten);
}
