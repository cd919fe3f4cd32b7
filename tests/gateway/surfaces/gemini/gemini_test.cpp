// Google's generateContent as a client speaks it, for hosts of other APIs.
#include "gateway/surfaces/gemini/gemini.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace gateway;
namespace json = boost::json;

namespace {

providers::JsonTokens& scratch_tokens() {
  static providers::JsonTokens tokens;
  return tokens;
}

std::string with_slack(std::string body) {
  body.reserve(body.size() + 64);
  return body;
}

// The chat request that a call becomes.
json::value said(const std::string& call, std::vector<std::string>* lost = nullptr) {
  const std::string body = with_slack(call);
  auto conversed = gemini_surface().conversing()->conversation(body, scratch_tokens());
  REQUIRE(conversed.has_value());
  const providers::HostModel model{
      .name = "h", .thinking = config::Thinking::adaptive, .takes_schemas = true};
  const auto& chat = *providers::openai_chat_dialect().interpreter();
  if (lost) {
    for (const std::string_view need : providers::unsaid(*conversed, chat.carries(model)).needs) {
      lost->emplace_back(gemini_surface().parameter(need));
    }
  }
  return json::parse(chat.write(*conversed, model, routing::Delivery::whole, scratch_tokens()).body);
}

std::string fault(const std::string& call) {
  const std::string body = with_slack(call);
  const Inspected inspected = gemini_surface().inspect(body, scratch_tokens());
  if (!inspected) return inspected.error().param;
  const auto conversed = gemini_surface().conversing()->conversation(body, scratch_tokens());
  return conversed.has_value() ? "none" : conversed.error().param;
}

}  // namespace

TEST_CASE("what stands in the path is put into the body") {
  std::string body = R"( {"contents":[]})";
  CHECK_FALSE(gemini_surface().complete({"a/\"b\"", "streamGenerateContent", "alt=sse"}, body));
  CHECK(body == R"( {"model":"a/\"b\"","stream":true,"contents":[]})");
  body = "{}";
  CHECK_FALSE(gemini_surface().complete({"m", "generateContent", ""}, body));
  CHECK(body == R"({"model":"m"})");
  for (std::string other : {"", "[]", "7"}) {
    const std::string before = other;
    CHECK_FALSE(gemini_surface().complete({"m", "generateContent", ""}, other));
    CHECK(other == before);
  }
}

TEST_CASE("a call becomes the same conversation in chat") {
  const json::value chat =
      said(R"({"model":"m","systemInstruction":{"parts":[{"text":"Be brief."}]},)"
           R"("contents":[{"role":"user","parts":[{"text":"Look"},)"
           R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},)"
           R"({"role":"model","parts":[{"text":"thought","thought":true},{"text":"A cat"}]},)"
           R"({"parts":[{"text":"Sure?"}]}],)"
           R"("generationConfig":{"temperature":0.5,"topP":0.9,"maxOutputTokens":100,)"
           R"("stopSequences":["END"],"seed":7,"responseMimeType":"application/json"}})");
  CHECK(chat.at("messages") ==
        json::parse(R"([{"role":"system","content":"Be brief."},)"
                    R"({"role":"user","content":[{"type":"text","text":"Look"},)"
                    R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},)"
                    R"({"role":"assistant","content":"A cat","reasoning_content":"thought"},)"
                    R"({"role":"user","content":"Sure?"}])"));
  CHECK(chat.at("temperature") == 0.5);
  CHECK(chat.at("top_p") == 0.9);
  CHECK(chat.at("max_tokens") == 100);
  CHECK(chat.at("stop").at(0) == "END");
  CHECK(chat.at("seed") == 7);
  CHECK(chat.at("response_format").at("type") == "json_object");
}

TEST_CASE("tools keep their schemas, with types as JSON Schema names them, and calls find their results") {
  const json::value chat =
      said(R"({"contents":[{"role":"user","parts":[{"text":"Weather?"}]},)"
           R"({"role":"model","parts":[{"functionCall":{"name":"w","args":{"city":"Bonn"}}},)"
           R"({"function_call":{"name":"w","args":{"city":"Köln"}}}]},)"
           R"({"role":"user","parts":[{"functionResponse":{"name":"w","response":{"t":7}}},)"
           R"({"functionResponse":{"name":"w","response":{"t":"8 \"C\""}}}]}],)"
           R"("tools":[{"functionDeclarations":[{"name":"w","description":"d","parameters":{"type":"OBJECT",)"
           R"("properties":{"city":{"type":"STRING"},"type":{"type":"INTEGER"}}}}]}],)"
           R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}}})");
  CHECK(
      chat.at("tools").at(0).at("function").at("parameters") ==
      json::parse(R"({"type":"object","properties":{"city":{"type":"string"},"type":{"type":"integer"}}})"));
  CHECK(chat.at("tool_choice") == "required");
  const json::array& messages = chat.at("messages").as_array();
  REQUIRE(messages.size() == 4);
  const json::value& calls = messages[1].at("tool_calls");
  CHECK(calls.at(0).at("id") != calls.at(1).at("id"));
  CHECK(messages[2].at("tool_call_id") == calls.at(0).at("id"));
  CHECK(messages[3].at("tool_call_id") == calls.at(1).at("id"));
  CHECK(messages[3].at("content") == R"({"t":"8 \"C\""})");
  const json::value told = said(
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"w"}},{"functionCall":{"name":"v"}}]},)"
      R"({"parts":[{"functionResponse":{"name":"w","response":{"result":"sunny"}}},)"
      R"({"functionResponse":{"name":"v","response":{"error":"no such city"}}}]}]})");
  CHECK(told.at("messages").at(1).at("content") == "sunny");
  CHECK(told.at("messages").at(2).at("content") == "Error:\n\nno such city");
}

TEST_CASE("of several tools that may be called others are not offered") {
  const auto offered = [](const std::string& calling, std::vector<std::string>* lost = nullptr) {
    return said(R"({"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":)" + calling +
                    R"(},"tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"},{"name":"h"}]}]})",
                lost);
  };
  const json::value two = offered(R"({"mode":"ANY","allowedFunctionNames":["f","h"]})");
  REQUIRE(two.at("tools").as_array().size() == 2);
  CHECK(two.at("tools").at(1).at("function").at("name") == "h");
  CHECK(two.at("tool_choice") == "required");
  const json::value one = offered(R"({"mode":"ANY","allowedFunctionNames":["f"]})");
  CHECK(one.at("tools").as_array().size() == 3);
  CHECK(one.at("tool_choice").at("function").at("name") == "f");
  std::vector<std::string> lost;
  offered(R"({"mode":"VALIDATED","allowedFunctionNames":["f","z"]})", &lost);
  CHECK(lost == std::vector<std::string>{"toolConfig.functionCallingConfig.allowedFunctionNames"});
}

TEST_CASE("thinking is asked for by level and by budget") {
  CHECK(said(R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":)"
             R"({"thinkingLevel":"HIGH"}}})")
            .at("reasoning_effort") == "high");
  CHECK(said(R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":)"
             R"({"thinkingBudget":0}}})")
            .at("reasoning_effort") == "none");
}

TEST_CASE("a search of Google's is one that its host may make, as often as it likes") {
  const auto searches = [](const std::string& tools) {
    const std::string body =
        with_slack(R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"tools":[)" + tools + "]}");
    const Inspected inspected = gemini_surface().inspect(body, scratch_tokens());
    REQUIRE(inspected.has_value());
    return inspected->searches;
  };
  CHECK(searches(R"({"googleSearch":{}})") == 5);
  CHECK(searches(R"({"google_search_retrieval":{},"function_declarations":[]})") == 5);
  CHECK(searches(R"({"functionDeclarations":[{"name":"googleSearch"}]})") == 0);
}

TEST_CASE("searches and code are tools that the host runs, functions are not") {
  const auto runs = [](const std::string& tools) {
    const std::string body =
        with_slack(R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"tools":[)" + tools + "]}");
    const Inspected inspected = gemini_surface().inspect(body, scratch_tokens());
    REQUIRE(inspected.has_value());
    return inspected->host_runs_tools;
  };
  CHECK_FALSE(runs(R"({"functionDeclarations":[{"name":"f"}]})"));
  CHECK(runs(R"({"googleSearch":{}})"));
  CHECK(runs(R"({"function_declarations":[]},{"code_execution":{}})"));
}

TEST_CASE("how much is to be thought is found by level and by budget") {
  const auto effort = [](const std::string& thinking) {
    const std::string body =
        with_slack(R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"generationConfig":)"
                   R"({"thinkingConfig":)" +
                   thinking + "}}");
    const Inspected inspected = gemini_surface().inspect(body, scratch_tokens());
    REQUIRE(inspected.has_value());
    return inspected->effort;
  };
  CHECK(effort(R"({"thinkingLevel":"HIGH"})") == routing::Effort::high);
  CHECK(effort(R"({"thinking_level":"low"})") == routing::Effort::low);
  CHECK(effort(R"({"thinkingBudget":0})") == routing::Effort::off);
  CHECK(effort(R"({"thinkingBudget":-1})") == routing::Effort::unsaid);
  CHECK(effort(R"({"thinkingBudget":20000})") == routing::Effort::high);
  CHECK(effort(R"({"includeThoughts":true})") == routing::Effort::unsaid);
}

TEST_CASE("what only Google's own hosts do is a need that is named as the client calls it") {
  std::vector<std::string> lost;
  said(R"({"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}],"cachedContent":"c"})", &lost);
  CHECK(lost == std::vector<std::string>{"tools[0].googleSearch", "cachedContent"});
}

TEST_CASE("bad calls are refused with the place") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {R"({"model":"m"})", "contents"},
      {R"({"model":"m","contents":[]})", "contents"},
      {R"({"model":"m","contents":7})", "contents"},
      {R"({"model":"m","contents":[7]})", "contents[0]"},
      {R"({"model":"m","contents":[{"role":"robot","parts":[]}]})", "contents[0].role"},
      {R"({"model":"m","contents":[{"parts":[7]}]})", "contents[0].parts[0]"},
      {R"({"model":"m","contents":[{"parts":[{"text":7}]}]})", "contents[0].parts[0].text"},
      {R"({"model":"m","contents":[{"parts":[{"inlineData":{"mimeType":"image/png"}}]}]})",
       "contents[0].parts[0].inlineData"},
      {R"({"model":"m","contents":[{"parts":[{"functionResponse":{"name":"w","response":{}}}]}]})",
       "contents[0].parts[0].functionResponse"},
      {R"({"model":"m","contents":[{"parts":[{"functionCall":{"args":{}}}]}]})",
       "contents[0].parts[0].functionCall.name"},
      {R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":-1}})",
       "generationConfig.maxOutputTokens"},
      {R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{}]}]})",
       "tools[0].functionDeclarations[0].name"},
      {R"({"model":"m","contents":[{"parts":[{"text":"x"}]}],"contents":[]})", "contents"},
      {R"([])", ""},
  };
  for (const auto& [call, place] : rows) {
    const auto& shown = call;  // Clang 14 captures no structured binding
    CAPTURE(shown);
    CHECK(fault(call) == place);
  }
}

TEST_CASE("answers are told in Google's words, and a stream says what a whole reply does") {
  const auto chunk = [](const std::string& delta, const std::string& finish = "null") {
    return R"(data: {"id":"c","model":"h","choices":[{"index":0,"delta":{)" + delta +
           R"(},"finish_reason":)" + finish + "}]}\n\n";
  };
  const std::string chunks =
      chunk(R"("reasoning_content":"Hm")") + chunk(R"("content":"Hello \"")") +
      chunk(R"("content":"you\"")") +
      chunk(R"("tool_calls":[{"index":0,"id":"c_1","function":{"name":"f","arguments":"{\"a\":"}}])") +
      chunk(R"("tool_calls":[{"index":0,"function":{"arguments":"1}"}}])") +
      chunk(R"("tool_calls":[{"index":1,"id":"c_2","function":{"name":"g","arguments":"{broken"}}])") +
      chunk("", "\"tool_calls\"") +
      R"(data: {"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":5,"completion_tokens_details":)"
      R"({"reasoning_tokens":2}}})"
      "\n\ndata: [DONE]\n\n";
  const std::string asked = with_slack(
      R"({"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}})");
  const auto conversation = gemini_surface().conversing()->conversation(asked, scratch_tokens());
  const StreamIdentity identity{"req_1", 7, "m"};
  std::string first;
  for (std::size_t cut = 0; cut <= chunks.size(); ++cut) {
    std::string out;
    const auto answer = gemini_surface().conversing()->streamed(*conversation, true, identity, out);
    const auto reader = providers::openai_chat_dialect().interpreter()->streamed({}, scratch_tokens());
    reader->feed(std::string_view(chunks).substr(0, cut), *answer);
    reader->feed(std::string_view(chunks).substr(cut), *answer);
    answer->finish(R"(,"cost":0.5)");
    if (first.empty()) first = out;
    CHECK(out == first);
  }
  std::string text, thoughts;
  json::array calls;
  json::object last;
  for (std::size_t at = 0; at < first.size();) {
    const std::size_t end = first.find("\n\n", at);
    REQUIRE(first.substr(at, 6) == "data: ");
    last = json::parse(first.substr(at + 6, end - at - 6)).as_object();
    for (const json::value& part : last.at("candidates").at(0).at("content").at("parts").as_array()) {
      const json::object& each = part.as_object();
      if (each.contains("functionCall")) calls.push_back(each.at("functionCall"));
      if (each.contains("text")) (each.contains("thought") ? thoughts : text) += each.at("text").as_string();
    }
    at = end + 2;
  }
  CHECK(text == "Hello \"you\"");
  CHECK(thoughts == "Hm");
  REQUIRE(calls.size() == 2);
  CHECK(calls[0] == json::parse(R"({"id":"c_1","name":"f","args":{"a":1}})"));
  CHECK(calls[1].at("args") == json::object{{"invalid_arguments", "{broken"}});
  CHECK(last.at("candidates").at(0).at("finishReason") == "STOP");
  CHECK(last.at("usageMetadata") ==
        json::parse(R"({"promptTokenCount":30,"candidatesTokenCount":3,"thoughtsTokenCount":2,)"
                    R"("cachedContentTokenCount":0,"totalTokenCount":35,"cost":0.5})"));
  CHECK(last.at("modelVersion") == "m");

  const std::string reply = with_slack(
      R"({"choices":[{"message":{"content":"Hello \"you\"","reasoning_content":"Hm","tool_calls":[)"
      R"({"id":"c_1","function":{"name":"f","arguments":"{\"a\":1}"}},)"
      R"({"id":"c_2","function":{"name":"g","arguments":"{broken"}}]},"finish_reason":"tool_calls"}],)"
      R"("usage":{"prompt_tokens":30,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":2}}})");
  const auto whole = gemini_surface().conversing()->whole(*conversation);
  providers::openai_chat_dialect().interpreter()->whole(reply, {}, scratch_tokens(), *whole);
  const json::value body = json::parse(whole->body(identity, R"(,"cost":0.5)"));
  const json::array& parts = body.at("candidates").at(0).at("content").at("parts").as_array();
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].at("text") == "Hm");
  CHECK(parts[1].at("text") == "Hello \"you\"");
  CHECK(parts[2].at("functionCall") == calls[0]);
  CHECK(body.at("usageMetadata") == last.at("usageMetadata"));
}

TEST_CASE("an error has the words that Google's clients read, and says when to come again") {
  ErrorReply error{.status = 429,
                   .type = "rate_limit_error",
                   .code = "all_full",
                   .message = "Later.",
                   .param = "",
                   .metadata = {},
                   .retry_after = std::chrono::seconds(3)};
  const json::value body = json::parse(gemini_surface().error_body(error, "req_1"));
  CHECK(body.at("error").at("code") == 429);
  CHECK(body.at("error").at("status") == "RESOURCE_EXHAUSTED");
  CHECK(body.at("error").at("details").at(1).at("retryDelay") == "3s");
  error.retry_after = std::chrono::milliseconds(250);
  const json::value soon = json::parse(gemini_surface().error_body(error, "req_1"));
  CHECK(soon.at("error").at("details").at(1).at("retryDelay") == "1s");
}

TEST_CASE("a stream that no events are asked of is one array, whatever ends it") {
  const Surface& array = gemini_surface().of_call("streamGenerateContent", "key=x");
  CHECK(&gemini_surface().of_call("streamGenerateContent", "alt=sse") == &gemini_surface());
  CHECK(&gemini_surface().of_call("generateContent", "") == &gemini_surface());
  CHECK(array.stream_type().starts_with("application/json"));
  const StreamIdentity stream{.id = "req_1", .created = 1, .model = "m"};
  const std::string waiting = std::string(array.waiting_event()) + "\n\n";
  std::string out(array.begin_mark());
  out += waiting + array.note_event(R"("x":1)", stream);
  const auto answer = array.conversing()->streamed({}, true, stream, out);
  using providers::AnswerEvent;
  const auto text = [&](std::string_view raw) {
    answer->take({.kind = AnswerEvent::Kind::text, .text = {raw, true}});
  };
  text("Hel");
  text("lo");
  const std::string begun = out;
  answer->finish("");
  out += array.end_mark();
  const json::value all = json::parse(out);
  REQUIRE(all.as_array().size() == 4);
  CHECK(all.at(1).at("candidates").at(0).at("content").at("parts").at(0).at("text") == "Hel");
  CHECK(all.at(3).at("candidates").at(0).at("finishReason") == "STOP");
  const ErrorReply error = plain_error(502, "api_error", "provider_error", "broken");
  CHECK(json::parse(begun + array.error_event(error, stream)).as_array().back().at("error").at("code") ==
        502);
  const std::string nothing = std::string(array.begin_mark()) + waiting;
  CHECK(json::parse(nothing + array.error_event(error, stream)).as_array().size() == 1);
}

TEST_CASE("pictures are parts of an answer, and go back with it") {
  const std::string reply = with_slack(
      R"({"choices":[{"message":{"content":"Here","images":[{"image_url":{"url":"data:image/png;base64,iVBORw0="}}]},)"
      R"("finish_reason":"stop"}]})");
  const std::string asked = with_slack(R"({"contents":[{"parts":[{"text":"x"}]}]})");
  const auto conversation = gemini_surface().conversing()->conversation(asked, scratch_tokens());
  const StreamIdentity identity{"req_1", 7, "m"};
  const auto whole = gemini_surface().conversing()->whole(*conversation);
  providers::openai_chat_dialect().interpreter()->whole(reply, {}, scratch_tokens(), *whole);
  const json::value content = json::parse(whole->body(identity, "")).at("candidates").at(0).at("content");
  CHECK(content.at("parts") ==
        json::parse(R"([{"text":"Here"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0="}}])"));
  std::string out;
  const auto answer = gemini_surface().conversing()->streamed(*conversation, true, identity, out);
  answer->take({.kind = providers::AnswerEvent::Kind::image,
                .text = {"iVBORw0=", false},
                .name = {"image/png", false}});
  answer->finish("");
  CHECK(out.find(R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0="}})") != std::string::npos);
  std::vector<std::string> lost;
  const json::value next = said(R"({"contents":[{"parts":[{"text":"x"}]},)" + json::serialize(content) +
                                    R"(,{"parts":[{"text":"Bluer"}]}]})",
                                &lost);
  CHECK(lost.empty());
  CHECK(next.at("messages").at(1).at("content") == "Here");
}

TEST_CASE("pages that an answer comes from are the sources of its grounding, each once") {
  using Kind = providers::AnswerEvent::Kind;
  const std::string asked = with_slack(R"({"contents":[{"parts":[{"text":"x"}]}]})");
  const auto conversation = gemini_surface().conversing()->conversation(asked, scratch_tokens());
  const StreamIdentity identity{"req_1", 7, "m"};
  const auto whole = gemini_surface().conversing()->whole(*conversation);
  std::string out;
  const auto streamed = gemini_surface().conversing()->streamed(*conversation, true, identity, out);
  const providers::AnswerEvent page{
      .kind = Kind::citation,
      .format = providers::page_citation,
      .json = R"({"url":"https://a.example","title":"A\u0022","start_index":3})",
      .place = providers::TextPlace{0, 1}};
  for (const providers::AnswerEvent& event :
       {providers::AnswerEvent{.kind = Kind::text, .text = {"a", false}}, page, page,
        providers::AnswerEvent{.kind = Kind::end}}) {
    whole->take(event);
    streamed->take(event);
  }
  streamed->finish("");
  const json::value grounding =
      json::parse(R"({"groundingChunks":[{"web":{"uri":"https://a.example","title":"A\""}}]})");
  CHECK(json::parse(whole->body(identity, "")).at("candidates").at(0).at("groundingMetadata") == grounding);
  const json::value last = json::parse(out.substr(out.rfind("data: ") + 6));
  CHECK(last.at("candidates").at(0).at("groundingMetadata") == grounding);
  CHECK(whole->left_out().empty());
  whole->take({.kind = Kind::citation, .json = "{}"});
  CHECK(whole->left_out() == "citations");
}
