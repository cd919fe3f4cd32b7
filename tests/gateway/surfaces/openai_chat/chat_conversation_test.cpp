#include "gateway/surfaces/openai_chat/chat_conversation.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialect/unsaid.hpp"

using namespace gateway;
using namespace providers;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

std::string chat(const std::string& members,
                 const std::string& messages = R"({"role":"user","content":"Hi"})") {
  return R"({"model":"m","messages":[)" + messages + "]" + (members.empty() ? "" : "," + members) + "}";
}

BodyFault fault_of(const std::string& body) {
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_error());
  return read.error();
}

using Names = std::vector<std::string>;
Names texts(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

}  // namespace

TEST_CASE("what a conversation has no place for is listed by the client's own name, as a need or as a hint") {
  struct Row {
    std::string members;
    Names needs, hints;
  };
  for (
      const Row& row : std::vector<Row>{
          {"", {}, {}},
          {R"("stream":true,"stream_options":{"include_usage":true},"provider":{"sort":"price"},"user":null)",
           {},
           {}},
          {R"("store":false,"prompt_cache_key":"k","safety_identifier":"s","debug":true)", {}, {}},
          {R"("logit_bias":{},"prediction":null,"audio":null)", {}, {}},
          {R"("logit_bias":{"50256":-100})", {"logit_bias"}, {}},
          {R"("modalities":["text"])", {}, {}},
          {R"("modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"})",
           {"modalities", "audio"},
           {}},
          {R"("functions":[{"name":"f"}],"function_call":"auto")", {}, {}},
          {R"("modalities":["text","image"])", {}, {}},
          {R"("modalities":null)", {}, {}},
          {R"("web_search_options":{"search_context_size":"low"})", {"web_search_options"}, {}},
          {R"("web_search_options":{},"moderation":{"model":"o"})", {"web_search_options", "moderation"}, {}},
          {R"("prompt_cache_options":{"mode":"implicit","prewarm":false},"moderation":null)", {}, {}},
          {R"("prompt_cache_options":{"prewarm":true})", {"prompt_cache_options.prewarm"}, {}},
          {R"("tools":[{"type":"custom","custom":{"name":"c"}}])", {}, {}},
          {R"("tools":[{"type":"alien","alien":{"name":"c"}}])", {"tools[0]"}, {}},
          {R"("tool_choice":{"type":"allowed_tools","allowed_tools":{}})", {"tool_choice"}, {}},
          {R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"tools":[{"function":{"name":"f"}}]}})",
           {"tool_choice"},
           {}},
          {R"("response_format":{"type":"grammar","grammar":"x"})", {"response_format"}, {}},
          {R"("min_p":0.1,"verbosity":"low","service_tier":"flex","chat_template_kwargs":{"a":1})",
           {},
           {"min_p", "chat_template_kwargs"}},
          {R"("reasoning":{"effort":"low","summary":"auto","context":"all","mode":null})",
           {},
           {"reasoning.context"}}}) {
    CAPTURE(row.members);
    const std::string body = chat(row.members);
    const Conversed read = conversation_of(body, scratch_tokens());
    REQUIRE(read.has_value());
    const Unsaid beyond = unsaid(*read, Matters::all());
    CHECK(texts(beyond.needs) == row.needs);
    CHECK(texts(beyond.hints) == row.hints);
  }
}

TEST_CASE("what only some hosts can be told is a matter of the conversation") {
  struct Row {
    std::string members;
    Matter matter;
  };
  for (const Row& row :
       std::vector<Row>{{R"("logprobs":true,"top_logprobs":3)", Matter::logprobs},
                        {R"("n":2)", Matter::choices},
                        {R"("seed":42)", Matter::seed},
                        {R"("temperature":0)", Matter::temperature},
                        {R"("top_p":0.9)", Matter::top_p},
                        {R"("top_k":40)", Matter::top_k},
                        {R"("frequency_penalty":-0.5)", Matter::frequency_penalty},
                        {R"("presence_penalty":0.5)", Matter::presence_penalty},
                        {R"("stop":"END")", Matter::stop},
                        {R"("stop":["a","b"])", Matter::stop},
                        {R"("response_format":{"type":"json_object"})", Matter::json_object},
                        {R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}})",
                         Matter::json_schema},
                        {R"("reasoning_effort":"low")", Matter::thinking},
                        {R"("reasoning":{"max_tokens":2000})", Matter::thinking},
                        {R"("reasoning":{"enabled":true})", Matter::thinking},
                        {R"("reasoning_effort":"none")", Matter::no_thinking},
                        {R"("reasoning":{"enabled":false,"max_tokens":2000})", Matter::no_thinking},
                        {R"("user":"u")", Matter::user},
                        {R"("metadata":{"a":"b"})", Matter::metadata},
                        {R"("cache_control":{"type":"ephemeral"})", Matter::cache_marks}}) {
    CAPTURE(row.members);
    const std::string body = chat(row.members);
    const Conversed read = conversation_of(body, scratch_tokens());
    REQUIRE(read.has_value());
    CHECK(matters_of(*read) == Matters().add(row.matter));
  }
}

TEST_CASE("messages become turns, and the system's before them stands by itself") {
  const std::string body = chat(
      "",
      R"({"content":"Be brief.","role":"system"},)"
      R"({"role":"developer","content":[{"type":"text","text":"Be kind."}]},)"
      R"({"role":"user","content":["a",{"type":"text","text":"b\n","cache_control":{}}]},)"
      R"({"role":"assistant","content":null,"refusal":"No.","tool_calls":[{"id":"c1","function":{"name":"f"}}]},)"
      R"({"role":"system","content":"Now in German."},)"
      R"({"role":"tool","tool_call_id":"c1","content":"42"})");
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_value());
  REQUIRE(read->system.size() == 2);
  CHECK(std::get<TextPart>(read->system[1].what).text.raw == "Be kind.");
  REQUIRE(read->turns.size() == 4);
  REQUIRE(read->turns[0].parts.size() == 2);
  CHECK(std::get<TextPart>(read->turns[0].parts[1].what).text.text() == "b\n");
  CHECK(read->turns[0].parts[1].cache == CacheLife::five_minutes);
  CHECK(std::get<TextPart>(read->turns[1].parts.at(0).what).text.raw == "No.");
  CHECK(read->turns[2].role == Turn::Role::system);
  CHECK(read->turns[3].role == Turn::Role::user);
  CHECK(std::get<ToolResultPart>(read->turns[3].parts.at(0).what).call_id.raw == "c1");
}

TEST_CASE("what is sent along is told apart by its address, and not copied") {
  const std::string body = chat(
      "",
      R"({"role":"user","content":[)"
      R"({"type":"image_url","image_url":{"url":"data:image\/png;base64,iVBOR\/w0=","detail":"high"},"text":null},)"
      R"({"type":"image_url","image_url":"https://example.org/a.jpg"},)"
      R"({"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},)"
      R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},)"
      R"({"type":"file","file":{"filename":"b.pdf","file_data":"https://example.org/b"}},)"
      R"({"type":"file","file":{"file_id":"file-1"}},)"
      R"({"type":"video_url","video_url":{"url":"https://example.org/v"}}]})");
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_value());
  const auto& parts = read->turns.at(0).parts;
  REQUIRE(parts.size() == 6);
  const auto media = [&](std::size_t i) { return std::get<MediaPart>(parts[i].what); };
  CHECK(media(0).media_type.text() == "image/png");
  CHECK(media(0).content.text() == "iVBOR/w0=");
  CHECK(media(0).content.raw.data() > body.data());
  CHECK(media(0).detail.is("high"));
  CHECK(media(1).source == MediaPart::Source::url);
  CHECK(media(1).content.raw == "https://example.org/a.jpg");
  CHECK(media(2).media_type.raw == "audio/wav");
  CHECK(media(3).media_type.raw == "application/pdf");
  CHECK(media(3).name.raw == "a.pdf");
  CHECK(media(4).media_type.raw == "application/pdf");
  CHECK(media(5).source == MediaPart::Source::id);
  REQUIRE(read->beyond.size() == 1);
  CHECK(read->beyond[0].param == "messages[0].content[6]");
}

TEST_CASE("arguments of calls are JSON objects, or marked as what a model wrote wrongly") {
  const std::string body =
      chat("", R"({"role":"assistant","tool_calls":[)"
               R"({"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\n\"}"}},)"
               R"({"id":"2","type":"function","function":{"name":"f","arguments":""}},)"
               R"({"id":"3","type":"function","function":{"name":"f"}},)"
               R"({"id":"4","type":"function","function":{"name":"f","arguments":"{\"a\":"}},)"
               R"({"id":"5","type":"function","function":{"name":"f","arguments":"[1]"}},)"
               R"({"id":"6","type":"custom","custom":{"name":"c","input":"a\nb"}},)"
               R"({"id":"7","type":"alien","alien":{"name":"c"}}]})");
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_value());
  const auto& parts = read->turns.at(0).parts;
  REQUIRE(parts.size() == 6);
  const auto call = [&](std::size_t i) { return std::get<ToolCallPart>(parts[i].what); };
  CHECK(call(0).arguments == R"({"a":"\n"})");
  CHECK_FALSE(call(0).is_broken);
  CHECK(call(1).arguments == "{}");
  CHECK(call(2).arguments == "{}");
  CHECK_FALSE(call(2).is_broken);
  CHECK(call(3).is_broken);
  CHECK(call(4).is_broken);
  CHECK(call(5).arguments == R"({"input":"a\nb"})");
  REQUIRE(read->beyond.size() == 1);
  CHECK(read->beyond[0].param == "messages[0].tool_calls[6]");
}

TEST_CASE("thinking that a client sends back in the pieces it came in is one thought each") {
  const std::string body =
      chat("", R"({"role":"assistant","content":"x","reasoning":"ab","reasoning_details":[)"
               R"({"type":"reasoning.text","text":"a","format":"anthropic-claude-v1","index":0},)"
               R"({"type":"reasoning.text","text":"b\n","index":0},)"
               R"({"type":"reasoning.text","signature":"sig","index":0},)"
               R"({"type":"reasoning.text","text":"c","signature":"gis","index":1},)"
               R"({"type":"reasoning.encrypted","data":"zzz","index":2}]})");
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_value());
  const auto& parts = read->turns.at(0).parts;
  REQUIRE(parts.size() == 4);
  const auto thought = [&](std::size_t i) { return std::get<ThinkingPart>(parts[i].what); };
  CHECK(thought(0).text.text() == "ab\n");
  CHECK(thought(0).signature.raw == "sig");
  CHECK(thought(0).format.raw == "anthropic-claude-v1");
  CHECK(thought(1).text.raw == "c");
  CHECK(thought(1).signature.raw == "gis");
  CHECK(thought(2).redacted.raw == "zzz");
  CHECK(std::holds_alternative<TextPart>(parts[3].what));
}

TEST_CASE("a shape that cannot be is refused at its place") {
  struct Row {
    std::string body, param;
  };
  for (
      const Row& row : std::vector<Row>{
          {chat("", R"({"content":"x"})"), "messages[0].role"},
          {chat("", R"({"role":"judge","content":"x"})"), "messages[0].role"},
          {chat("",
                R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]})"),
           "messages[0].content[0].image_url"},
          {chat(
               "",
               R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,@"}}]})"),
           "messages[0].content[0].image_url"},
          {chat(
               "",
               R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:text/html;base64,AA"}}]})"),
           "messages[0].content[0].image_url"},
          {chat(
               "",
               R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]})"),
           "messages[0].content[0].image_url"},
          {chat("", R"({"role":"tool","tool_call_id":"c1","content":"42"})"), "messages[0].tool_call_id"},
          {chat("", R"({"role":"user","content":[{"type":"text","text":1}]})"),
           "messages[0].content[0].text"},
          {chat(R"("tools":[{"type":"function","function":{}}])"), "tools[0].function.name"},
          {chat(R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])"),
           "tools[0].function.parameters"},
          {chat(R"("tool_choice":"maybe")"), "tool_choice"},
          {chat(R"("temperature":"hot")"), "temperature"},
          {chat(R"("reasoning_effort":"huge")"), "reasoning_effort"},
          {chat(R"("stop":[1])"), "stop[0]"},
          {chat(R"("response_format":{"type":"json_schema"})"), "response_format.json_schema"},
          {chat(R"("cache_control":true)"), "cache_control"}}) {
    CAPTURE(row.body);
    CHECK(fault_of(row.body).param == row.param);
  }
}

TEST_CASE("names of those who speak, and what is no text before everything else, are not lost in silence") {
  const auto names = [](const std::string& messages) {
    const std::string body = chat("", messages);
    const Conversed read = conversation_of(body, scratch_tokens());
    REQUIRE(read.has_value());
    const Unsaid beyond = unsaid(*read, Matters::all());
    Names all = texts(beyond.needs);
    for (const std::string& hint : texts(beyond.hints)) all.push_back("(" + hint + ")");
    return all;
  };
  CHECK(names(R"({"role":"user","name":"Ann","content":"a"},{"role":"user","name":"Bob","content":"b"})") ==
        Names{"(name)"});
  CHECK(names(R"({"role":"user","name":null,"content":"a"})") == Names{});
  const std::string picture = R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}})";
  CHECK(names(R"({"role":"system","content":[)" + picture + R"(]},{"role":"user","content":"a"})") ==
        Names{"messages[0].content"});
}

TEST_CASE("functions, as chats had them first, are tools, and their results find their calls by name") {
  const std::string body = chat(
      R"("functions":[{"name":"f","description":"d","parameters":{"type":"object"}}],"function_call":{"name":"f"})",
      R"({"role":"user","content":"Hi"},)"
      R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},)"
      R"({"role":"function","name":"f","content":"1"},)"
      R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},)"
      R"({"role":"function","name":"f","content":"2"})");
  const Conversed read = conversation_of(body, scratch_tokens());
  REQUIRE(read.has_value());
  CHECK(read->beyond.empty());
  CHECK(read->calls_functions);
  CHECK(read->parallel_tool_calls == false);
  REQUIRE(read->tools.size() == 1);
  CHECK(read->tools[0].schema == R"({"type":"object"})");
  CHECK(read->tool_choice.kind == ToolChoice::Kind::named);
  REQUIRE(read->turns.size() == 5);
  const auto call_id = [&](std::size_t turn) {
    return std::get<ToolCallPart>(read->turns[turn].parts.at(0).what).id.text();
  };
  const auto result_id = [&](std::size_t turn) {
    return std::get<ToolResultPart>(read->turns[turn].parts.at(0).what).call_id.text();
  };
  CHECK(call_id(1) == result_id(2));
  CHECK(call_id(3) == result_id(4));
  CHECK(call_id(1) != call_id(3));
  CHECK(fault_of(chat("", R"({"role":"function","name":"f","content":"1"})")).param == "messages[0].name");
  CHECK(fault_of(chat(R"("functions":[{}])")).param == "functions[0].name");
  CHECK(fault_of(chat(R"("functions":[{"name":"f"}],"function_call":{})")).param == "function_call.name");
  // Who knows both reads calls of tools.
  const std::string both =
      chat(R"("functions":[{"name":"f"}],"tools":[{"type":"function","function":{"name":"g"}}])");
  const Conversed with_tools = conversation_of(both, scratch_tokens());
  REQUIRE(with_tools.has_value());
  CHECK_FALSE(with_tools->calls_functions);
}
