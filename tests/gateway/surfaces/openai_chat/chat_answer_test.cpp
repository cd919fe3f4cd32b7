#include "gateway/surfaces/openai_chat/chat_answer.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/openai_chat/chat_events.hpp"

using namespace gateway;
using providers::AnswerEvent;
using Kind = AnswerEvent::Kind;
namespace json = boost::json;

namespace {

constexpr StreamIdentity identity{"gen-1", 7, "anthropic/claude"};

// As a host streams it, in as few events as show everything.
const std::string stream =
    R"(data: {"type":"message_start","message":{"id":"msg_1","model":"c","usage":{"input_tokens":10,)"
    R"("cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":1}}})"
    "\n\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm\n"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"S1"}})"
    "\n\n"
    R"(data: {"type":"content_block_stop","index":0})"
    "\n\n"
    R"(data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"R1"}})"
    "\n\n"
    R"(data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Hello \""}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"you\""}})"
    "\n\n"
    R"(data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"1}"}})"
    "\n\n"
    R"(data: {"type":"content_block_stop","index":3})"
    "\n\n"
    R"(data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t2","name":"g","input":{}}})"
    "\n\n"
    R"(data: {"type":"content_block_stop","index":4})"
    "\n\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":50}})"
    "\n\n"
    R"(data: {"type":"message_stop"})"
    "\n\n";
const std::string whole_reply =
    R"({"id":"msg_1","model":"c","content":[{"type":"thinking","thinking":"Hm\n","signature":"S1"},)"
    R"({"type":"redacted_thinking","data":"R1"},{"type":"text","text":"Hello \"you\""},)"
    R"({"type":"tool_use","id":"t1","name":"f","input":{"a":1}},{"type":"tool_use","id":"t2","name":"g","input":{}}],)"
    R"("stop_reason":"tool_use","usage":{"input_tokens":10,"cache_creation_input_tokens":20,)"
    R"("cache_read_input_tokens":300,"output_tokens":50}})";

const std::string message =
    R"({"role":"assistant","content":"Hello \"you\"","refusal":null,"reasoning_content":"Hm\n","reasoning":"Hm\n",)"
    R"("reasoning_details":[{"type":"reasoning.text","text":"Hm\n","signature":"S1",)"
    R"("format":"anthropic-claude-v1","index":0},{"type":"reasoning.encrypted","data":"R1",)"
    R"("format":"anthropic-claude-v1","index":1}],"tool_calls":[{"id":"t1","type":"function",)"
    R"("function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"t2","type":"function",)"
    R"("function":{"name":"g","arguments":"{}"}}]})";
const std::string usage = R"({"prompt_tokens":330,"completion_tokens":50,"total_tokens":380,)"
                          R"("prompt_tokens_details":{"cached_tokens":300,"cache_write_tokens":20},)"
                          R"("completion_tokens_details":{"reasoning_tokens":0},"cost":0.5})";

std::string chunks(bool wants_usage, ThinkingShown thinking = ThinkingShown::yes,
                   std::size_t cut = std::string::npos) {
  providers::JsonTokens tokens;
  std::string out;
  ChatChunks sink(identity, wants_usage, thinking, out);
  const auto reader = providers::anthropic_dialect().interpreter()->streamed({}, tokens);
  const std::string_view bytes = stream;
  reader->feed(bytes.substr(0, std::min(cut, bytes.size())), sink);
  if (cut < bytes.size()) reader->feed(bytes.substr(cut), sink);
  sink.finish(",\"cost\":0.5");
  out += "data: [DONE]\n\n";
  return out;
}

std::string whole(providers::AnswerSink& sink, const std::string& body) {
  providers::JsonTokens tokens;
  providers::anthropic_dialect().interpreter()->whole(body, {}, tokens, sink);
  return {};
}

std::vector<json::object> data_of(const std::string& text) {
  std::vector<json::object> found;
  providers::SseReader reader;
  reader.feed(text);
  while (const auto event = reader.next()) {
    CHECK(event->form == providers::SseEvent::Form::normal);
    if (event->data == "[DONE]") return found;
    found.push_back(json::parse(event->data).as_object());
  }
  FAIL("no [DONE]");
  return found;
}

// What an SDK makes of the chunks: pieces put together by their index.
json::object collected(const std::vector<json::object>& data) {
  json::object all{{"content", nullptr}, {"refusal", nullptr}};
  const auto append = [](json::object& to, std::string_view key, const json::value& piece) {
    std::string text = to.contains(key) && to.at(key).is_string() ? std::string(to.at(key).as_string()) : "";
    if (!piece.as_string().empty()) to[key] = text + std::string(piece.as_string());
  };
  for (const json::object& chunk : data) {
    for (const json::value& choice : chunk.at("choices").as_array()) {
      for (const auto& [key, value] : choice.at("delta").as_object()) {
        if (key == "role") all["role"] = value;
        if (value.is_string() && key != "role") append(all, key, value);
        if (!value.is_array()) continue;
        if (!all.contains(key)) all[key] = json::array();
        json::array& list = all[key].as_array();
        for (const json::value& each : value.as_array()) {
          const auto index = static_cast<std::size_t>(each.at("index").as_int64());
          if (list.size() <= index) list.resize(index + 1, json::object());
          json::object& into = list[index].as_object();
          for (const auto& [name, member] : each.as_object()) {
            if (name == "function") {
              if (!into.contains("function")) into["function"] = json::object();
              for (const auto& [inner, text] : member.as_object()) {
                if (inner == "name") into["function"].as_object()["name"] = text;
                if (inner == "arguments") append(into["function"].as_object(), "arguments", text);
              }
            } else if (name == "text" || name == "signature" || name == "data") {
              append(into, name, member);
            } else if (name != "index" || key != "tool_calls") {
              into[name] = member;
            }
          }
        }
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE(
    "a stream is written as chunks that begin with the role, end with a reason, and name one identity") {
  const auto data = data_of(chunks(false));
  CHECK(
      data.front() ==
      json::parse(R"({"id":"gen-1","object":"chat.completion.chunk","created":7,"model":"anthropic/claude",)"
                  R"("choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,)"
                  R"("finish_reason":null}]})"));
  CHECK(
      data.back() ==
      json::parse(R"({"id":"gen-1","object":"chat.completion.chunk","created":7,"model":"anthropic/claude",)"
                  R"("choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls",)"
                  R"("native_finish_reason":"tool_use"}]})"));
  for (std::size_t i = 0; i + 1 < data.size(); ++i) {
    const json::value& choice = data[i].at("choices").at(0);
    CHECK(choice.at("finish_reason").is_null());
    CHECK(choice.at("delta").as_object().contains("role") == (i == 0));
  }
}

TEST_CASE("chunks put together, and a reply written whole, are the same message") {
  CHECK(collected(data_of(chunks(false))) == json::parse(message));
  ChatWhole sink(ThinkingShown::yes);
  whole(sink, whole_reply);
  CHECK(json::parse(sink.body(identity, ",\"cost\":0.5")) ==
        json::parse(
            R"({"id":"gen-1","object":"chat.completion","created":7,"model":"anthropic/claude","choices":[)"
            R"({"index":0,"message":)" +
            message +
            R"(,"logprobs":null,"finish_reason":"tool_calls","native_finish_reason":"tool_use"}],"usage":)" +
            usage + "}"));
}

TEST_CASE("a stream that was cut at any byte is written as the same chunks") {
  const std::string expected = chunks(true);
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    if (chunks(true, ThinkingShown::yes, cut) != expected) FAIL_CHECK("cut at " << cut);
  }
}

TEST_CASE("usage is a chunk of its own, only where it was asked for, and null on all others then") {
  const auto asked = data_of(chunks(true));
  CHECK(asked.back().at("choices").as_array().empty());
  CHECK(asked.back().at("usage") == json::parse(usage));
  for (std::size_t i = 0; i + 1 < asked.size(); ++i) CHECK(asked[i].at("usage").is_null());
  for (const json::object& chunk : data_of(chunks(false))) CHECK_FALSE(chunk.contains("usage"));
}

TEST_CASE("thinking that the client does not want to see is left out") {
  CHECK(chunks(false, ThinkingShown::no).find("reasoning") == std::string::npos);
  ChatWhole sink(ThinkingShown::no);
  whole(sink, whole_reply);
  // But for its count.
  CHECK(sink.body(identity, "").find("reasoning_") == sink.body(identity, "").rfind("reasoning_"));
}

TEST_CASE("the chunks are what our own reader of OpenAI's streams takes them for") {
  providers::JsonTokens tokens;
  providers::SseReader reader;
  const std::string text = chunks(true);
  reader.feed(text);
  std::string kinds;
  while (const auto event = reader.next()) {
    const auto chat = providers::classify(*event, tokens);
    if (chat.kind == providers::PassedEvent::Kind::done) kinds += 'D';
    if (chat.kind != providers::PassedEvent::Kind::delta) continue;
    kinds += chat.content.reasoning    ? 'r'
             : chat.content.text       ? 't'
             : chat.content.tool_call  ? 'c'
             : chat.usage.usage        ? 'u'
             : chat.content.decisive() ? 'f'
                                       : '.';
    if (chat.usage.usage) CHECK(chat.usage.usage->cached.count == 300);
  }
  CHECK(kinds == ".rrrttcccccfuD");
}

TEST_CASE("a refusal is told as one, and an error leaves nothing") {
  std::string out;
  ChatChunks sink(identity, false, ThinkingShown::yes, out);
  const providers::ReportedError error{"no", {}, {}, 500};
  sink.take({.kind = Kind::error, .error = &error});
  CHECK(out.empty());
  sink.take({.kind = Kind::refusal, .text = {"No.", false}});
  CHECK(data_of(out + "data: [DONE]\n\n").back().at("choices").at(0).at("delta") ==
        json::parse(R"({"refusal":"No."})"));
  ChatWhole all(ThinkingShown::yes);
  all.take({.kind = Kind::refusal, .text = {"No.", false}});
  all.take({.kind = Kind::end, .name = {"refusal", false}, .reason = providers::EndReason::content_filter});
  const json::value body = json::parse(all.body(identity, ""));
  CHECK(body.at("choices").at(0).at("message").at("refusal") == "No.");
  CHECK(body.at("choices").at(0).at("message").at("content").is_null());
  CHECK(body.at("choices").at(0).at("finish_reason") == "content_filter");
  ChatWhole nothing(ThinkingShown::yes);
  nothing.take({.kind = Kind::end, .name = {"end_turn", false}});
  CHECK(json::parse(nothing.body(identity, "")).at("choices").at(0).at("message").at("content") == "");
}

TEST_CASE("how likely its tokens were is told with each piece of a text, and with all of it") {
  const std::string a = R"([{"token":"a","logprob":-0.5,"top_logprobs":[]}])";
  const std::string b = R"([{"token":"b","logprob":-1,"top_logprobs":[]}])";
  const AnswerEvent events[] = {{.kind = Kind::text, .text = {"a", true}, .json = a},
                                {.kind = Kind::text, .text = {"b", true}, .json = b},
                                {.kind = Kind::end}};
  std::string out;
  ChatChunks chunks(identity, false, ThinkingShown::yes, out);
  ChatWhole whole(ThinkingShown::yes);
  for (const AnswerEvent& event : events) chunks.take(event), whole.take(event);
  chunks.finish({});
  const auto data = data_of(out + "data: [DONE]\n\n");
  REQUIRE(data.size() == 4);
  const auto logprobs = [&](std::size_t i) { return data[i].at("choices").at(0).at("logprobs"); };
  CHECK(logprobs(0).is_null());
  CHECK(logprobs(1) == json::parse(R"({"refusal":null,"content":)" + a + "}"));
  CHECK(logprobs(2).at("content").at(0).at("token") == "b");
  CHECK(logprobs(3).is_null());
  const json::value all = json::parse(whole.body(identity, {})).at("choices").at(0).at("logprobs");
  CHECK(all.at("content").as_array().size() == 2);
  CHECK(all.at("refusal").is_null());
}

TEST_CASE("a call of a tool that takes a text is told as one") {
  const AnswerEvent events[] = {
      {.kind = Kind::tool_call, .index = 0, .id = {"c0", false}, .name = {"p", false}},
      {.kind = Kind::arguments, .index = 0, .text = {R"({\"input\":\"a\\n)", true}},
      {.kind = Kind::tool_call, .index = 1, .id = {"c1", false}, .name = {"f", false}},
      {.kind = Kind::arguments, .index = 1, .text = {"{}", true}},
      {.kind = Kind::arguments, .index = 0, .text = {R"(b\"})", true}},
      {.kind = Kind::end, .reason = providers::EndReason::tool_calls}};
  std::string out;
  ChatChunks chunks(identity, false, ThinkingShown::yes, out, ChatShape::openai, {"p"});
  ChatWhole whole(ThinkingShown::yes, ChatShape::openai, {"p"});
  for (const AnswerEvent& event : events) chunks.take(event), whole.take(event);
  const auto data = data_of(out + "data: [DONE]\n\n");
  std::vector<json::value> calls;
  for (const json::object& chunk : data) {
    const json::object& delta = chunk.at("choices").at(0).at("delta").as_object();
    if (delta.contains("tool_calls")) calls.push_back(delta.at("tool_calls").at(0));
  }
  CHECK(calls ==
        std::vector<json::value>{
            json::parse(R"({"index":0,"id":"c0","type":"custom","custom":{"name":"p","input":""}})"),
            json::parse(R"({"index":1,"id":"c1","type":"function","function":{"name":"f","arguments":""}})"),
            json::parse(R"({"index":1,"function":{"arguments":"{}"}})"),
            json::parse(R"({"index":0,"custom":{"input":"a\nb"}})")});
  const json::value message = json::parse(whole.body(identity, {})).at("choices").at(0).at("message");
  CHECK(message.at("tool_calls") == json::parse(R"([
    {"id":"c0","type":"custom","custom":{"name":"p","input":"a\nb"}},
    {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}])"));
}

TEST_CASE("pages that a text comes from are annotations") {
  const std::string page = R"({"url":"https://a.example","title":"A","start_index":0,"end_index":1})";
  const json::value annotation = json::parse(R"({"type":"url_citation","url_citation":)" + page + "}");
  const AnswerEvent events[] = {{.kind = Kind::text, .text = {"a", true}},
                                {.kind = Kind::citation, .format = providers::page_citation, .json = page},
                                {.kind = Kind::citation, .json = R"({"type":"char_location"})"},
                                {.kind = Kind::end}};
  std::string out;
  ChatChunks chunks(identity, false, ThinkingShown::yes, out);
  ChatWhole whole(ThinkingShown::yes);
  for (const AnswerEvent& event : events) chunks.take(event), whole.take(event);
  const auto data = data_of(out + "data: [DONE]\n\n");
  REQUIRE(data.size() == 4);
  CHECK(data[2].at("choices").at(0).at("delta").at("annotations") == json::array{annotation});
  const json::value message = json::parse(whole.body(identity, {})).at("choices").at(0).at("message");
  CHECK(message.at("annotations") == json::array{annotation});
  CHECK(whole.left_out() == "citations");
  CHECK(chunks.left_out() == "citations");
}

TEST_CASE("the place that a page is cited at is told among its members") {
  ChatWhole whole(ThinkingShown::yes);
  whole.take({.kind = Kind::text, .text = {"abc", false}});
  whole.take({.kind = Kind::citation,
              .format = providers::page_citation,
              .json = R"({"url":"https://a.example","title":"A"})",
              .place = providers::TextPlace{1, 3}});
  const json::value message = json::parse(whole.body(identity, {})).at("choices").at(0).at("message");
  CHECK(message.at("annotations") == json::parse(R"([{"type":"url_citation","url_citation":{
    "url":"https://a.example","title":"A","start_index":1,"end_index":3}}])"));
  CHECK(whole.left_out().empty());
}

TEST_CASE("pictures are answered as OpenRouter's clients read them") {
  const AnswerEvent events[] = {
      {.kind = Kind::image, .text = {"iVBORw0=", false}, .name = {"image/png", false}},
      {.kind = Kind::image, .text = {"https://a.example/b.png", false}},
      {.kind = Kind::end}};
  const json::value first =
      json::parse(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0="},"index":0})");
  const json::value second =
      json::parse(R"({"type":"image_url","image_url":{"url":"https://a.example/b.png"},"index":1})");
  std::string out;
  ChatChunks chunks(identity, false, ThinkingShown::yes, out);
  ChatWhole whole(ThinkingShown::yes);
  for (const AnswerEvent& event : events) chunks.take(event), whole.take(event);
  const auto data = data_of(out + "data: [DONE]\n\n");
  REQUIRE(data.size() == 4);
  CHECK(data[1].at("choices").at(0).at("delta").at("images") == json::array{first});
  CHECK(data[2].at("choices").at(0).at("delta").at("images") == json::array{second});
  const json::value message = json::parse(whole.body(identity, {})).at("choices").at(0).at("message");
  CHECK(message.at("images") == json::array{first, second});
}

TEST_CASE("who knows functions alone is told one call as one, and that there were others") {
  const AnswerEvent events[] = {{.kind = Kind::tool_call, .id = {"c0", false}, .name = {"f", false}},
                                {.kind = Kind::arguments, .text = {R"({\"a\":)", true}},
                                {.kind = Kind::arguments, .text = {"1}", false}},
                                {.kind = Kind::end, .reason = providers::EndReason::tool_calls}};
  std::string out;
  ChatChunks chunks(identity, false, ThinkingShown::yes, out, ChatShape::openai, {}, CallsAs::functions);
  ChatWhole whole(ThinkingShown::yes, ChatShape::openai, {}, CallsAs::functions);
  for (const AnswerEvent& event : events) chunks.take(event), whole.take(event);
  const json::value choice = json::parse(whole.body(identity, {})).at("choices").at(0);
  CHECK(choice.at("message").at("function_call") == json::parse(R"({"name":"f","arguments":"{\"a\":1}"})"));
  CHECK_FALSE(choice.at("message").as_object().contains("tool_calls"));
  CHECK(choice.at("finish_reason") == "function_call");
  const auto data = data_of(out + "data: [DONE]\n\n");
  REQUIRE(data.size() == 5);
  const auto delta = [&](std::size_t i) {
    return data[i].at("choices").at(0).at("delta").at("function_call");
  };
  CHECK(delta(1) == json::parse(R"({"name":"f","arguments":""})"));
  CHECK(delta(2) == json::parse(R"({"arguments":"{\"a\":"})"));
  CHECK(delta(3) == json::parse(R"({"arguments":"1}"})"));
  CHECK(data[4].at("choices").at(0).at("finish_reason") == "function_call");
  CHECK(whole.left_out().empty());
  const AnswerEvent other{.kind = Kind::tool_call, .index = 1, .id = {"c1", false}, .name = {"g", false}};
  whole.take(other);
  chunks.take(other);
  CHECK(whole.left_out() == "tool_calls");
  CHECK(chunks.left_out() == "tool_calls");
}
