#include "gateway/surfaces/anthropic_messages/message_answer.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/anthropic/stream.hpp"
#include "providers/dialects/anthropic/whole.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "tests/support/told_answer.hpp"

using namespace gateway;
using providers::AnswerEvent;
using Kind = AnswerEvent::Kind;
namespace json = boost::json;

namespace {

constexpr StreamIdentity identity{"req_1", 7, "claude"};

std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"(data: {"id":"c","model":"h","choices":[{"index":0,"delta":{)" + delta + R"(},"finish_reason":)" +
         finish + "}]}\n\n";
}
std::string call(int index, const std::string& members) {
  return R"("tool_calls":[{"index":)" + std::to_string(index) + "," + members + "}]";
}

// A host's stream of chunks that shows everything.
const std::string chunks =
    chunk(R"("role":"assistant","content":"")") + chunk(R"("reasoning_content":"Hm\n")") +
    chunk(R"("reasoning_content":"Yes.")") + chunk(R"("content":"Hello \"")") +
    chunk(R"("content":"you\"")") +
    chunk(call(0, R"("id":"call_1","type":"function","function":{"name":"f","arguments":""})")) +
    chunk(call(0, R"("function":{"arguments":"{\"a\":"})")) +
    chunk(call(0, R"("function":{"arguments":"1}"})")) +
    chunk(call(1, R"("id":"functions.g:1","type":"function","function":{"name":"g","arguments":"{}"})")) +
    chunk("", "\"tool_calls\"") +
    R"(data: {"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":5,"prompt_tokens_details":)"
    R"({"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":2}}})"
    "\n\ndata: [DONE]\n\n";

std::string streamed(const std::string& bytes, ThoughtShown thoughts = ThoughtShown::yes,
                     std::size_t cut = std::string::npos) {
  providers::JsonTokens tokens;
  std::string out;
  MessageEvents answer(identity, thoughts, out);
  const auto reader = providers::openai_chat_dialect().interpreter()->streamed({}, tokens);
  reader->feed(std::string_view(bytes).substr(0, cut), answer);
  if (cut != std::string::npos) reader->feed(std::string_view(bytes).substr(cut), answer);
  answer.finish(R"(,"cost":0.5)");
  return out + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

// As Anthropic's own reader understands it; fails where an event is not in its place.
std::string told(const std::string& stream) {
  providers::JsonTokens tokens;
  support::ToldAnswer answer;
  providers::AnthropicStream reader(tokens);
  CHECK(reader.feed(stream, answer) == providers::Reading::ended);
  return answer.text();
}

struct Said {
  std::string name;
  json::value data;
};
std::vector<Said> events_of(const std::string& stream) {
  std::vector<Said> events;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t line = stream.find('\n', at);
    const std::size_t end = stream.find("\n\n", at);
    events.push_back(
        {stream.substr(at + 7, line - at - 7), json::parse(stream.substr(line + 7, end - line - 7))});
    CHECK(events.back().name == events.back().data.at("type").as_string());
    at = end + 2;
  }
  return events;
}

void take_all(providers::AnswerSink& sink, const std::vector<AnswerEvent>& events) {
  for (const AnswerEvent& event : events) sink.take(event);
}
std::string written(const std::vector<AnswerEvent>& events) {
  std::string out;
  MessageEvents answer(identity, ThoughtShown::yes, out);
  take_all(answer, events);
  answer.finish("");
  return out;
}
AnswerEvent of(Kind kind, std::string_view text, std::size_t index = 0) {
  return {.kind = kind, .index = index, .text = {text, true}};
}
AnswerEvent begins_call(std::size_t index, std::string_view id) {
  return {.kind = Kind::tool_call, .index = index, .id = {id, false}, .name = {"f", false}};
}

}  // namespace

TEST_CASE("a stream of chunks is a stream of Messages, block after block") {
  const std::string stream = streamed(chunks);
  const std::string all = told(stream);
  CHECK(
      all.starts_with("begin msg_1 claude\nthinking 0: Hm\\nYes.\nsignature 0: isocost-unsigned\n"
                      "text: Hello \\\"you\\\"\ncall 0 call_1 f\narguments 0: {\\\"a\\\":1}\n"
                      "call 1 functions_g_1_"));  // what its id may not have is changed
  CHECK(all.ends_with(" g\narguments 1: {}\nend tool_calls tool_use\nusage 30/10/0 5/2\n"));
  const auto events = events_of(stream);
  std::string names;
  for (const Said& each : events) {
    if (each.name.starts_with("content_block_")) {
      names += each.name[14] == 's' ? (each.name == "content_block_start" ? "<" : ">") : ".";
    }
  }
  CHECK(names == "<...><..><..><.>");
  const json::value& usage = events.at(events.size() - 2).data.at("usage");
  CHECK(events.at(events.size() - 2).data.at("delta").at("stop_reason") == "tool_use");
  CHECK(usage.at("input_tokens") == 20);
  CHECK(usage.at("cache_read_input_tokens") == 10);
  CHECK(usage.at("output_tokens") == 5);
  CHECK(usage.at("output_tokens_details").at("thinking_tokens") == 2);
  CHECK(usage.at("cost") == 0.5);
}

TEST_CASE("where a host's stream is cut changes nothing") {
  const std::string at_once = streamed(chunks);
  for (std::size_t cut = 0; cut <= chunks.size(); ++cut) {
    CHECK(streamed(chunks, ThoughtShown::yes, cut) == at_once);
  }
}

TEST_CASE("a whole answer says the same as a stream of it") {
  const std::string whole =
      R"({"id":"c","model":"h","choices":[{"index":0,"message":{"role":"assistant","content":"Hello \"you\"",)"
      R"("reasoning_content":"Hm\nYes.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f",)"
      R"("arguments":"{\"a\":1}"}},{"id":"functions.g:1","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
      R"("finish_reason":"tool_calls"}],"usage":{"prompt_tokens":30,"completion_tokens":5,"prompt_tokens_details":)"
      R"({"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":2}}})";
  providers::JsonTokens tokens;
  MessageWhole answer(ThoughtShown::yes);
  providers::openai_chat_dialect().interpreter()->whole(whole, {}, tokens, answer);
  const std::string body = answer.body(identity, R"(,"cost":0.5)");
  support::ToldAnswer read;
  CHECK(providers::read_anthropic_whole(body, tokens, read) == providers::Reading::ended);
  CHECK(read.text() == told(streamed(chunks)));
  const json::value message = json::parse(body);
  CHECK(message.at("type") == "message");
  CHECK(message.at("role") == "assistant");
  CHECK(message.at("stop_sequence").is_null());
  CHECK(message.at("content").at(2).at("input") == json::parse(R"({"a":1})"));
  CHECK(message.at("usage").at("cost") == 0.5);
  CHECK(message.at("usage").at("cache_creation").is_null());
}

TEST_CASE("who did not ask for thinking gets the text as the first block") {
  const auto events = events_of(streamed(chunks, ThoughtShown::no));
  CHECK(events.at(1).data.at("content_block").at("type") == "text");
  CHECK(events.at(1).data.at("index") == 0);
}

TEST_CASE("calls that come by turns are blocks one after the other, with all that belongs to each") {
  const auto text = [](const std::string& stream) {
    return told(stream + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  };
  const std::string in_turns = text(written({begins_call(0, "a"),
                                             of(Kind::arguments, R"({\"x\":\"}\\\")"),
                                             begins_call(1, "b"),
                                             of(Kind::arguments, R"({\"y\":)", 1),
                                             of(Kind::arguments, R"(\"\"})"),
                                             of(Kind::arguments, "2}", 1),
                                             begins_call(2, "c"),
                                             {.kind = Kind::end}}));
  const std::string in_order = text(written({begins_call(0, "a"),
                                             of(Kind::arguments, R"({\"x\":\"}\\\"\"\"})"),
                                             begins_call(1, "b"),
                                             of(Kind::arguments, R"({\"y\":2})", 1),
                                             begins_call(2, "c"),
                                             {.kind = Kind::end}}));
  CHECK(in_turns == in_order);
  CHECK(in_order.find("arguments 1: {\\\"y\\\":2}") != std::string::npos);
  CHECK(in_order.find("call 2 c f") != std::string::npos);
}

TEST_CASE("a call streams while it is the only one") {
  std::string out;
  MessageEvents answer(identity, ThoughtShown::yes, out);
  take_all(answer, {begins_call(0, "a"), of(Kind::arguments, R"({\"x\":)")});
  CHECK(out.find("partial_json") != std::string::npos);
}

TEST_CASE("why an answer ended is said in Anthropic's words") {
  const auto reason = [](const std::vector<AnswerEvent>& events) {
    const auto all = events_of(written(events));
    return std::string(all.back().data.at("delta").at("stop_reason").as_string());
  };
  const auto end = [](providers::EndReason why) { return AnswerEvent{.kind = Kind::end, .reason = why}; };
  using providers::EndReason;
  CHECK(reason({of(Kind::text, "x"), end(EndReason::stop)}) == "end_turn");
  CHECK(reason({of(Kind::text, "x"), end(EndReason::length)}) == "max_tokens");
  CHECK(reason({of(Kind::text, "x"), end(EndReason::content_filter)}) == "refusal");
  CHECK(reason({begins_call(0, "a"), end(EndReason::tool_calls)}) == "tool_use");
  CHECK(reason({begins_call(0, "a"), end(EndReason::stop)}) == "tool_use");
  CHECK(reason({of(Kind::refusal, "no"), end(EndReason::stop)}) == "refusal");
  CHECK(reason({}) == "end_turn");
}

TEST_CASE(
    "thinking that Anthropic signed is shown with its signature, and what others signed is kept for them") {
  AnswerEvent thought = of(Kind::thinking, "Hm");
  AnswerEvent sign = of(Kind::signature, "c2ln");
  AnswerEvent closed = of(Kind::redacted, "R1", 1);
  const auto kinds = [&](std::string_view format) {
    for (AnswerEvent* each : {&thought, &sign, &closed}) each->format = format;
    MessageWhole answer(ThoughtShown::yes);
    take_all(answer, {thought, sign, closed});
    std::string text;
    const json::value body = json::parse(answer.body(identity, ""));
    for (const json::value& block : body.at("content").as_array()) text += json::serialize(block) + "\n";
    const std::string stream = written({thought, sign, closed});
    CHECK((stream.find("redacted_thinking") != std::string::npos) ==
          (text.find("redacted") != std::string::npos));
    CHECK((stream.find("c2ln") != std::string::npos) == (text.find("c2ln") != std::string::npos));
    return text;
  };
  CHECK(kinds("anthropic-claude-v1") ==
        "{\"type\":\"thinking\",\"thinking\":\"Hm\",\"signature\":\"c2ln\"}\n"
        "{\"type\":\"redacted_thinking\",\"data\":\"R1\"}\n");
  CHECK(kinds("google-gemini-v1") ==
        "{\"type\":\"thinking\",\"thinking\":\"Hm\",\"signature\":\"isocost.signed.1|google-gemini-v1|c2ln|"
        "\"}\n"
        "{\"type\":\"redacted_thinking\",\"data\":\"isocost.redacted.1|google-gemini-v1|R1\"}\n");
}

TEST_CASE("what only one endpoint can read is kept under its mark, and what all of its maker's read is not") {
  const StreamIdentity reply{.id = "req_1", .created = 7, .model = "m", .owner = 0xab};
  const std::string mark = ".iso-00000000000000ab";
  for (const std::string format : {"google-gemini-v1", "openai-responses-v1", "anthropic-claude-v1"}) {
    AnswerEvent thought = of(Kind::thinking, "Hm"), sign = of(Kind::signature, "c2ln"),
                closed = of(Kind::redacted, "R1", 1);
    for (AnswerEvent* each : {&thought, &sign, &closed}) each->format = format;
    std::string out;
    MessageEvents events(reply, ThoughtShown::unread, out);
    MessageWhole answer(ThoughtShown::unread);
    for (providers::AnswerSink* sink : std::initializer_list<providers::AnswerSink*>{&events, &answer}) {
      take_all(*sink, {thought, sign, closed});
    }
    events.finish("");
    const bool is_owned = format != "anthropic-claude-v1";
    for (const std::string& told : {out, answer.body(reply, "")}) {
      CHECK((told.find("c2ln" + mark + "|Hm\"") != std::string::npos) == is_owned);
      CHECK((told.find("|R1" + mark + "\"") != std::string::npos) == is_owned);
      CHECK((told.find(".iso-") != std::string::npos) == is_owned);
    }
  }
}

TEST_CASE("who asks for thinking and does not want to read it gets it to send back") {
  const AnswerEvent thought = of(Kind::thinking, "Hm\\n"), more = of(Kind::thinking, "Yes.");
  std::string out;
  MessageEvents events(identity, ThoughtShown::unread, out);
  MessageWhole answer(ThoughtShown::unread);
  for (providers::AnswerSink* sink : std::initializer_list<providers::AnswerSink*>{&events, &answer}) {
    take_all(*sink, {thought, more, of(Kind::text, "x")});
  }
  events.finish("");
  const json::value body = json::parse(answer.body(identity, ""));
  CHECK(json::serialize(body.at("content").at(0)) ==
        R"({"type":"thinking","thinking":"","signature":"isocost.signed.1|||Hm\nYes."})");
  CHECK(out.find("thinking_delta") == std::string::npos);
  const std::string begin = R"("content_block":{"type":"thinking","thinking":"","signature":""}})";
  const std::string sign = R"({"type":"signature_delta","signature":"isocost.signed.1|||Hm\nYes."})";
  CHECK(out.find(begin) < out.find(sign));
  CHECK(out.find(sign) < out.find("text_delta"));
}

TEST_CASE("arguments that are no object are shown as what they are") {
  MessageWhole answer(ThoughtShown::yes);
  take_all(answer, {begins_call(0, ""), of(Kind::arguments, R"({\"a\":)")});
  const json::value body = json::parse(answer.body(identity, ""));
  CHECK(body.at("content").at(0).at("input").at("invalid_arguments") == "{\"a\":");
  CHECK(body.at("content").at(0).at("id") == "toolu_0");
}

TEST_CASE("an error writes nothing: the event that ends a broken stream is for whoever ends it") {
  std::string out;
  MessageEvents answer(identity, ThoughtShown::yes, out);
  const providers::ReportedError error{};
  answer.take({.kind = Kind::error, .error = &error});
  CHECK(out.empty());
}

TEST_CASE("where a picture was answered the text says that it is not told") {
  const AnswerEvent picture{.kind = Kind::image, .text = {"iVBORw0=", false}, .name = {"image/png", false}};
  MessageWhole answer(ThoughtShown::yes);
  take_all(answer, {of(Kind::text, "Here: "), picture});
  const json::value body = json::parse(answer.body(identity, ""));
  CHECK(body.at("content").at(0).at("text").as_string() == "Here: " + std::string(untold_image));
  CHECK(written({picture}).find(untold_image) != std::string::npos);
}

TEST_CASE("what an answer comes from is left out, and that is said, whole and streamed") {
  const AnswerEvent page{
      .kind = Kind::citation, .format = providers::page_citation, .json = R"({"url":"https://a.example"})"};
  MessageWhole whole(ThoughtShown::yes);
  std::string out;
  MessageEvents streamed(identity, ThoughtShown::yes, out);
  CHECK(whole.left_out().empty());
  whole.take(page);
  streamed.take(page);
  CHECK(whole.left_out() == "citations");
  CHECK(streamed.left_out() == "citations");
}
