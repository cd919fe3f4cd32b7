#include "gateway/surfaces/openai_chat/chat_request.hpp"

#include "gateway/surface/block_hash.hpp"
#include "gateway/surfaces/openai_chat/chat_prompt.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "gateway/surface/upstream_body.hpp"

using namespace gateway;
using config::Feature;

namespace {

Inspected inspected(const std::string& body) {
  static providers::JsonTokens tokens;
  return inspect_chat(body, tokens);
}

ClientBody accepted(const std::string& body) {
  auto result = inspected(body);
  if (result.has_error()) FAIL(result.error().message);
  return std::move(result.value());
}

// A request with further members.
std::string with(const std::string& members) {
  const std::string head = R"({"model":"m","messages":[{"role":"user","content":"Hi"}])";
  return head + (members.empty() ? "" : ",") + members + "}";
}
std::string with_message(const std::string& message) {
  return R"({"model":"m","messages":[)" + message + "]}";
}

std::string forwarded(const std::string& body, const std::string& model = "host-model") {
  const auto request = accepted(body);
  const UpstreamBody upstream(request, body, model);
  std::string text;
  for (const auto piece : upstream.pieces()) text += piece;
  CHECK(text.size() == upstream.size());
  CHECK(inspected(text).has_value());
  return text;
}

std::vector<std::uint64_t> blocks(const std::string& body) {
  const auto request = accepted(body);
  return gateway::prefix_blocks(body, request.messages, request.tools);
}

bool needs(const std::string& body, Feature feature) {
  return accepted(body).needs.test(static_cast<std::size_t>(feature));
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

TEST_CASE("what routing must know is read out of a request") {
  const auto request = accepted(R"( {"model":"deepseek/deepseek-r1","stream":true,"max_tokens":100,
    "max_completion_tokens":200,"n":2,"user":"u\u00e9","session_id":"s","prompt_cache_key":"k",
    "stream_options":{"include_usage":true},"models":["a","b"],"metadata":{"team":"x","n":1},"debug":true,
    "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]} )");
  CHECK(request.model == "deepseek/deepseek-r1");
  CHECK(request.stream);
  CHECK(request.wants_usage);
  CHECK(request.max_output == config::Tokens{200});
  CHECK(request.choices == 2);
  CHECK(request.user == "u\xc3\xa9");
  CHECK(request.models == std::vector<std::string>{"a", "b"});
  CHECK(request.echo_decision);
  CHECK(request.messages.size() == 2);
  CHECK(request.needs.none());
}

TEST_CASE("what is absent or null has its default") {
  for (const std::string members :
       {"", R"("stream":null,"stream_options":null,"max_tokens":null,"n":null,"user":null,
       "models":null,"provider":null,"debug":null,"tools":null,"response_format":null,"metadata":null,"logprobs":null)"}) {
    const auto request = accepted(with(members));
    CHECK_FALSE(request.stream);
    CHECK_FALSE(request.wants_usage);
    CHECK_FALSE(request.max_output);
    CHECK(request.choices == 1);
    CHECK_FALSE(request.provider);
    CHECK(request.needs.none());
  }
}

TEST_CASE("what a host must be able to do is read out of a request") {
  CHECK(needs(with(R"("tools":[{"type":"function"}])"), Feature::tools));
  CHECK(needs(with(R"("functions":[{"name":"f"}])"), Feature::tools));
  CHECK_FALSE(needs(with(R"("tools":[])"), Feature::tools));
  CHECK(needs(with(R"("response_format":{"type":"json_object"})"), Feature::json_object));
  CHECK(needs(with(R"("response_format":{"json_schema":{},"type":"json_schema"})"), Feature::json_schema));
  CHECK_FALSE(needs(with(R"("response_format":{"type":"text"})"), Feature::json_object));
  // Of what stands beside the schema nothing is read.
  const std::string odd =
      R"("response_format":{"type":"json_schema","json_schema":{"type":7,"json_schema":{"type":"json_object"}}})";
  CHECK(needs(with(odd), Feature::json_schema));
  CHECK_FALSE(needs(with(odd), Feature::json_object));
  CHECK(needs(with(R"("reasoning_effort":"high")"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("reasoning_effort":"none")"), Feature::reasoning));
  CHECK(needs(with(R"("reasoning":{"effort":"low"})"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("reasoning":{"enabled":false})"), Feature::reasoning));
  CHECK(needs(with(R"("include_reasoning":true)"), Feature::reasoning));
  CHECK(needs(with(R"("logprobs":true)"), Feature::logprobs));
  CHECK(needs(with(R"("modalities":["text","audio"])"), Feature::audio));
  CHECK(needs(with_message(R"({"role":"user","content":[{"image_url":{"url":"x"},"type":"image_url"}]})"),
              Feature::images));
  CHECK(needs(with_message(R"({"role":"user","content":[{"type":"input_audio","input_audio":{}}]})"),
              Feature::audio));
  CHECK(needs(with_message(R"({"role":"user","content":[{"type":"file","file":{}}]})"), Feature::files));
  CHECK(needs(with_message(R"({"role":"assistant","content":"Once"})"), Feature::prefill));
  CHECK(accepted(with_message(R"({"role":"user","content":[{"image_url":{"url":"x"},"type":"image_url"},)"
                              R"({"image_url":{"url":"y"},"type":"image_url"},{"type":"file","file":{}}]})"))
            .pictures == 2);
  CHECK_FALSE(needs(with(""), Feature::prefill));
}

TEST_CASE("how often a host may search the web is read, a stated number where nothing bounds it") {
  const auto searches = [](const std::string& members) { return accepted(with(members)).searches; };
  CHECK(searches("") == 0);
  CHECK(searches(R"("web_search_options":null)") == 0);
  CHECK(searches(R"("web_search_options":{"search_context_size":"low"})") == 5);
  CHECK(accepted(with(R"("web_search_options":{})")).host_runs_tools);
  CHECK(searches(R"("tools":[{"type":"function","function":{"name":"web_search"}}])") == 0);
  CHECK(searches(R"("tools":[{"type":"web_search"}])") == 5);
  CHECK(searches(R"("tools":[{"type":"web_se\u0061rch","max_uses":2},{"max_uses":3,"type":"web_search"}])") ==
        5);
  CHECK(searches(R"("tools":[{"type":"web_search","max_uses":99999999999}])") == 1'000);
  CHECK(searches(R"("tools":[{"type":"web_search","max_uses":0}])") == 5);
}

TEST_CASE("tools that the host runs are told from those that the client runs") {
  const auto runs = [](const std::string& tools) {
    return accepted(with(R"("tools":[)" + tools + "]")).host_runs_tools;
  };
  const std::string own = R"({"type":"function","function":{"name":"f"}})";
  CHECK_FALSE(runs(own));
  CHECK_FALSE(runs(R"({"type":"custom","custom":{"name":"f"}})"));
  CHECK_FALSE(runs(R"({"function":{"name":"f"}})"));
  CHECK(runs(own + R"(,{"type":"openrouter:web_search"})"));
  CHECK(runs(R"({"type":"mcp","server_label":"s"})"));
}

TEST_CASE(
    "that something is to be cached for an hour is known of messages, their parts, tools and all of it") {
  const std::string hour = R"("cache_control":{"type":"ephemeral","ttl":"1h"})";
  CHECK(accepted(with("")).cache_marks == routing::CacheMarks::none);
  CHECK(accepted(with(R"("cache_control":null)")).cache_marks == routing::CacheMarks::none);
  CHECK(accepted(with(R"("cache_control":{"type":"ephemeral"})")).cache_marks == routing::CacheMarks::usual);
  CHECK(accepted(with(hour)).cache_marks == routing::CacheMarks::hour);
  CHECK(accepted(with(R"("tools":[{"type":"function","function":{"name":"f"},)" + hour + "}]")).cache_marks ==
        routing::CacheMarks::hour);
  CHECK(accepted(with_message(R"({"role":"user","content":"Hi",)" + hour + "}")).cache_marks ==
        routing::CacheMarks::hour);
  CHECK(accepted(with_message(R"({"role":"user","content":[{"type":"text","text":"Hi",)" + hour + "}]}"))
            .cache_marks == routing::CacheMarks::hour);
}

TEST_CASE("a prompt is estimated by its text, flat for images, higher with tools") {
  const auto estimate = [](const std::string& body) { return accepted(body).prompt.count; };
  const auto text = [](std::size_t bytes) {
    return with_message(R"({"role":"user","content":")" + std::string(bytes, 'a') + "\"}");
  };
  CHECK(estimate(text(4'000)) == 1'007);
  const auto image = [](std::size_t bytes) {
    return with_message(
        R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
        std::string(bytes, 'A') + "\"}}]}");
  };
  CHECK(estimate(image(1'000'000)) == estimate(image(10)));
  CHECK(estimate(image(10)) == 1'007);
  const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
  // The margin is for tools: a long prompt is not made longer by a small one.
  CHECK(estimate(with(tools)) > 600 + estimate(with("")));
  CHECK(estimate(with(tools)) < 700 + estimate(with("")));
  const std::string long_text = text(400'000);
  const auto beside = accepted(long_text.substr(0, long_text.size() - 1) + "," + tools + "}");
  CHECK(beside.prompt.count < estimate(long_text) + 700);
  CHECK(beside.prefix_tokens.back() + 1 >= static_cast<std::uint32_t>(beside.prompt.count));
}

TEST_CASE("a prompt is as long as its text, however it is spelled") {
  const auto estimate = [](const std::string& body) { return accepted(body).prompt.count; };
  const auto message = [](std::string_view piece, const std::string& before, const std::string& after) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += piece;
    return with_message(before + text + after);
  };
  struct Row {
    std::string_view plain, escaped;
  };
  for (const Row& row : std::vector<Row>{{"\xc3\xa9", "\\u00e9"},
                                         {"\xe4\xb8\xad", "\\u4e2d"},
                                         {"\xf0\x9f\x98\x80", "\\ud83d\\ude00"},
                                         {"a", "\\u0061"},
                                         {"/", "\\/"}}) {
    CAPTURE(row.escaped);
    const std::string before = R"({"role":"user","content":")";
    CHECK(estimate(message(row.escaped, before, "\"}")) == estimate(message(row.plain, before, "\"}")));
    const std::string call = R"({"role":"assistant","tool_calls":[{"function":{"arguments":")";
    CHECK(estimate(message(row.escaped, call, "\"}}]}")) == estimate(message(row.plain, call, "\"}}]}")));
  }
  const std::string tools = R"("tools":[{"function":{"description":")";
  CHECK(estimate(with(tools + R"(\u4e2d\u4e2d\u4e2d\u4e2d"}}])")) ==
        estimate(with(tools + "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\"}}]")));
}

TEST_CASE("a longer conversation begins with the blocks of the shorter one") {
  const std::string a = R"({"role":"user","content":"a"})";
  const std::string b = R"({"role":"assistant","content":"b"})";
  const auto one = blocks(with_message(a));
  const auto two = blocks(with_message(a + "," + b));
  const auto other = blocks(with_message(b + "," + a));
  CHECK(two[0] == one[0]);
  CHECK(two[1] != other[1]);
  const auto tools = blocks(R"({"model":"m","tools":[1],"messages":[)" + a + "]}");
  CHECK(tools[0] != one[0]);
  CHECK(tools == blocks(R"({"messages":[)" + a + R"(],"tools":[1],"model":"m"})"));
}

TEST_CASE("the provider object is read whole") {
  const auto provider = *accepted(with(R"("provider":{"order":["a","b/c"],"only":["a"],"ignore":["d"],
    "allow_fallbacks":false,"require_parameters":true,"data_collection":"deny","zdr":true,
    "quantizations":["fp8","unknown"],"sort":{"by":"latency","partition":"none"},
    "preferred_min_throughput":50,"preferred_max_latency":{"p50":1.5,"p99":6},
    "max_price":{"prompt":"0.5","completion":2}})"))
                             .provider;
  CHECK(provider.order == std::vector<std::string>{"a", "b/c"});
  CHECK(provider.only == std::vector<std::string>{"a"});
  CHECK(provider.ignore == std::vector<std::string>{"d"});
  CHECK(provider.fallbacks == routing::Fallbacks::forbidden);
  CHECK(provider.parameters == routing::Parameters::required);
  CHECK(provider.data_collection == "deny");
  CHECK(provider.zdr == true);
  CHECK(provider.quantizations == std::vector<std::string>{"fp8", "unknown"});
  CHECK(provider.sort == "latency");
  CHECK(provider.partition == "none");
  CHECK(provider.min_throughput.p50 == 50.0);
  CHECK(provider.max_latency.p50 == 1.5);
  CHECK(provider.max_latency.p99 == 6.0);
  CHECK(provider.max_price.prompt == 0.5);
  CHECK(provider.max_price.completion == 2.0);
  CHECK(accepted(with(R"("provider":{"sort":"price"})")).provider->sort == "price");
}

TEST_CASE("a refused body names the place, what was found and what is allowed") {
  struct Row {
    std::string body;
    std::string code;
    std::string param;
    std::string message;  // a part of it
  };
  const std::vector<Row> rows = {
      {"", "invalid_json", "", "the text is empty"},
      {" ", "invalid_json", "", "the text is empty"},
      {"\xef\xbb\xbf{}", "invalid_json", "", "byte order mark"},
      {"[]", "invalid_type", "", "body: found an array; allowed is an object"},
      {"1", "invalid_type", "", "found a number"},
      {"nul", "invalid_json", "", "not JSON at byte 0"},
      {"{}", "missing_member", "model", "model: found nothing"},
      {R"({"model":"m"})", "missing_member", "messages", "messages: found nothing"},
      {R"({"model":"m","messages":[]})", "invalid_value", "messages",
       "messages: found an empty array; allowed is at least one message"},
      {R"({"model":"","messages":[{}]})", "missing_member", "model", ""},
      {R"({"model":1,"messages":[{}]})", "invalid_type", "model",
       "model: found a number; allowed is a string"},
      {R"({"model":null,"messages":[{}]})", "invalid_type", "model", "found null"},
      {R"({"model":"m","messages":{}})", "invalid_type", "messages", "found an object; allowed is an array"},
      {R"({"model":"m","messages":null})", "invalid_type", "messages", "found null"},
      {with_message("1"), "invalid_type", "messages[0]", "found a number; allowed is an object"},
      {with_message("null"), "invalid_type", "messages[0]", "found null"},
      {with_message(R"({},{"role":1})"), "invalid_type", "messages[1].role", "a string"},
      {with_message(R"({"content":7})"), "invalid_type", "messages[0].content", "a string or an array"},
      {with_message(R"({"content":[1]})"), "invalid_type", "messages[0].content[0]", "an object"},
      {with_message(R"({"content":[{"text":[]}]})"), "invalid_type", "messages[0].content[0].text",
       "a string"},
      {with(R"("stream":"true")"), "invalid_type", "stream", "found a string; allowed is true or false"},
      {with(R"("stream_options":[])"), "invalid_type", "stream_options", "an object"},
      {with(R"("stream_options":{"include_usage":1})"), "invalid_type", "stream_options.include_usage", ""},
      {with(R"("max_tokens":"9")"), "invalid_type", "max_tokens", "an integer from 0"},
      {with(R"("max_tokens":1.5)"), "invalid_value", "max_tokens", "found 1.5"},
      {with(R"("max_tokens":-1)"), "invalid_value", "max_tokens", "found -1"},
      {with(R"("max_completion_tokens":9223372036854775808)"), "invalid_value", "max_completion_tokens", ""},
      {with(R"("n":0)"), "invalid_value", "n", "an integer from 1 to 128"},
      {with(R"("models":"a")"), "invalid_type", "models", "an array"},
      {with(R"("models":[1])"), "invalid_type", "models[0]", "a string"},
      {with(R"("models":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"])"),
       "invalid_value", "models", "more than 16"},
      {with(R"("session_id":")" + std::string(257, 'a') + "\""), "invalid_value", "session_id", "257 bytes"},
      {with(R"("provider":[])"), "invalid_type", "provider", ""},
      {with(R"("provider":{"ordre":[]})"), "unknown_member", "provider.ordre", "allowed is order, only"},
      {with(R"("provider":{"sort":"cheap"})"), "invalid_value", "provider.sort",
       "found \"cheap\"; allowed is one of price throughput latency exacto"},
      {with(R"("provider":{"sort":{"x":1}})"), "unknown_member", "provider.sort.x", ""},
      {with(R"("provider":{"quantizations":["fp7"]})"), "invalid_value", "provider.quantizations[0]", ""},
      {with(R"("provider":{"max_price":{"prompt":"a"}})"), "invalid_value", "provider.max_price.prompt",
       "a number"},
      {with(R"("provider":{"max_price":{"prompt":-1}})"), "invalid_value", "provider.max_price.prompt",
       "negative"},
      {with(R"("provider":{"zdr":"yes"})"), "invalid_type", "provider.zdr", ""},
      // Duplicate keys, also when they are spelled with escapes.
      {with(R"("model":"other")"), "duplicate_key", "model", "found the key twice"},
      {with(R"("m\u006fdel":"other")"), "duplicate_key", "m\\u006fdel", ""},
      {with(R"("temperature":1,"temperature":2)"), "duplicate_key", "temperature", ""},
      {with(R"("stream_options":{"include_usage":true,"include_usage":false})"), "duplicate_key",
       "stream_options.include_usage", ""},
      {with(R"("provider":{"only":["a"],"only":["b"]})"), "duplicate_key", "provider.only", ""},
      {with(R"("provider":{"max_price":{"prompt":1,"pr\u006fmpt":9}})"), "duplicate_key",
       "provider.max_price.pr\\u006fmpt", ""},
      {with_message(R"({"role":"user","content":"a","content":"b"})"), "duplicate_key", "messages[0].content",
       ""},
      // Not JSON, where nobody reads it too.
      {with(R"("x":[1,,2])"), "invalid_json", "", "not JSON"},
      {with(R"("x":tru)"), "invalid_json", "", "not one of JSON's"},
      {with(R"("x":"\q")"), "invalid_json", "", "wrong escape"},
      {with(R"("x":"\ud8")"), "invalid_json", "", "wrong escape"},
      {with(R"("x":"\ud800\u00g1")"), "invalid_json", "", "wrong escape"},
      {with("\"x\":\"\xff\""), "invalid_json", "", "not UTF-8"},
      {with("\"x\":\"a\nb\""), "invalid_json", "", "control character"},
      {with(R"("x":1e)"), "invalid_json", "", "not one of JSON's"},
      {with(R"("x":1e400e1)"), "invalid_json", "", "not one of JSON's"},
      {with(R"("x":0123456789012345678901)"), "invalid_json", "", "not one of JSON's"},
      {with(R"("\ud800":1,"\ud800":2)"), "duplicate_key", "\\ud800", ""},
      // Numbers that are needed must be within what can be counted.
      {with(R"("max_tokens":1e400)"), "invalid_value", "max_tokens", "found 1e400"},
      {with(R"("max_tokens":1e-400)"), "invalid_value", "max_tokens", "found 1e-400"},
      {with(R"("max_tokens":123456789012345678901)"), "invalid_value", "max_tokens", "an integer from 0"},
      {with(R"("provider":{"max_price":{"prompt":1e400}})"), "invalid_value", "provider.max_price.prompt",
       "found 1e400"},
      {with(R"("provider":{"max_price":{"prompt":"1e400"}})"), "invalid_value", "provider.max_price.prompt",
       "a double"},
      {with(R"("x":01)"), "invalid_json", "", ""},
      {with(R"("x":1.)"), "invalid_json", "", ""},
      {with(R"("x":.5)"), "invalid_json", "", ""},
      {with(R"("x":+1)"), "invalid_json", "", ""},
      {with(R"("x":NaN)"), "invalid_json", "", ""},
      {with(R"("x":'a')"), "invalid_json", "", ""},
      {with(R"("x":{"a" 1})"), "invalid_json", "", "a colon is missing"},
      {with(R"("x":{"a":1,})"), "invalid_json", "", "a string is missing"},
      {with(R"("x":[1 2])"), "invalid_json", "", "a comma"},
      {with(R"("x":[1})"), "invalid_json", "", ""},
      {with("") + "{}", "invalid_json", "", "something follows"},
      {with("") + "x", "invalid_json", "", "something follows"},
      {R"({"model":"m","messages":[)", "invalid_json", "", ""},
      {R"({"model":"m)", "invalid_json", "", "a string is not closed"},
      {with("\"x\":" + nested(128)), "invalid_json", "", "128 deep"},
      {with("\"x\":" + std::string(100'000, '[')), "invalid_json", "", "128 deep"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body.substr(0, 200));
    const auto result = inspected(row.body);
    REQUIRE(result.has_error());
    const BodyFault& fault = result.error();
    CAPTURE(fault.message);
    CHECK(fault.code == row.code);
    CHECK(fault.param == row.param);
    CHECK(fault.message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("what is unusual but right is accepted") {
  for (const std::string& members : std::vector<std::string>{"\"x\":" + nested(127),
                                                             R"("x":"\ud83d\ude00\/\b")",
                                                             R"("x":18446744073709551615)",
                                                             R"("x":-9223372036854775808)",
                                                             R"("x":-0)",
                                                             R"("x":1e-400)",
                                                             R"("x":1E+2)",
                                                             R"("x":0.1e1)",
                                                             R"("x":123456789012345678901234567890)",
                                                             R"("x":-123456789012345678901)",
                                                             R"("x":1e400)",
                                                             R"("x":-1E+400)",
                                                             "\"x\":" + std::string(400, '9'),
                                                             R"("x":"\ud800")",
                                                             R"("x":"\udc00")",
                                                             R"("x":"\ud800\u0041")",
                                                             R"("x":"\ud83d\ud83d\ude00")",
                                                             R"("\ud800":1,"\ud801":2)",
                                                             R"("":1)",
                                                             "\"x\":\"\x7f\xf4\x8f\xbf\xbf\"",
                                                             R"("x" : [ ] , "y" : { } )",
                                                             R"("tools":null)"}) {
    CAPTURE(members);
    CHECK(inspected(with(members)).has_value());
  }
}

TEST_CASE("a whole number is one however it is spelled") {
  struct Row {
    std::string spelled;
    std::int64_t tokens;
  };
  for (const Row& row :
       std::vector<Row>{{"1.0", 1}, {"1e3", 1'000}, {"100e-1", 10}, {"0.0", 0}, {"2.50e1", 25}}) {
    CAPTURE(row.spelled);
    CHECK(accepted(with("\"max_tokens\":" + row.spelled)).max_output == config::Tokens{row.tokens});
  }
  CHECK(accepted(with(R"("n":2.0)")).choices == 2);
  CHECK(
      forwarded(R"({"model":"m","messages":[{}],"max_tokens":1.0,"seed":123456789012345678901,"x":1e400})") ==
      R"({"model":"host-model","messages":[{}],"max_tokens":1.0,"seed":123456789012345678901,"x":1e400})");
}

TEST_CASE("half a surrogate pair is shown as the replacement character") {
  CHECK(accepted(with(R"("user":"a\ud800b")")).user ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(accepted(with(R"("user":"\ude00\ud83d")")).user == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(accepted(with(R"("user":"\ud83d\ud83d\ude00")")).user == "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

TEST_CASE("a million members are read in one sort, and a duplicate among them is found") {
  std::string members;
  for (int i = 0; i < 1'000'000; ++i) members += "\"k" + std::to_string(i) + "\":0,";
  CHECK(inspected(with(members + "\"last\":0")).has_value());
  CHECK(inspected(with(members + "\"k77\":0")).error().code == "duplicate_key");
}

TEST_CASE("what is forwarded is the client's text with the host's model") {
  CHECK(forwarded(R"({ "model" : "m", "messages":[{}], "temperature" : 1.50, "x":1e2 })") ==
        R"({ "model" : "host-model", "messages":[{}], "temperature" : 1.50, "x":1e2 })");
  CHECK(forwarded(R"(  {"messages":[{}],"model":"m"}  )", "a\"b\\c\n") ==
        R"({"messages":[{}],"model":"a\"b\\c\u000a"})");
}

TEST_CASE("models alone name the model, too, and what is forwarded has the host's") {
  const auto request = accepted(R"({"models":["a","b"],"messages":[{}]})");
  CHECK(request.model == "a");
  CHECK(request.models == std::vector<std::string>{"b"});
  for (const char* body : {R"({"models":["a","b"],"messages":[{}]})", R"({"messages":[{}],"models":["a"]})",
                           R"({"provider":{},"models":["a"],"messages":[{}]})"}) {
    CAPTURE(body);
    CHECK(forwarded(body) == R"({"model":"host-model","messages":[{}]})");
  }
  CHECK(forwarded(R"({"models":["a"],"model":"","messages":[{}]})") ==
        R"({"model":"host-model","messages":[{}]})");
  CHECK(inspected(R"({"models":[],"messages":[{}]})").has_error());
}

TEST_CASE("a stream's usage is always asked for") {
  struct Row {
    std::string options;
    std::string forwarded;
  };
  const std::vector<Row> rows = {
      {R"(,"stream_options":{"include_usage":true})", R"(,"stream_options":{"include_usage":true})"},
      {R"(,"stream_options":{"include_usage": false })", R"(,"stream_options":{"include_usage": true })"},
      {R"(,"stream_options":{"include_usage":null})", R"(,"stream_options":{"include_usage":true})"},
      {R"(,"stream_options":{})", R"(,"stream_options":{"include_usage":true})"},
      {R"(,"stream_options": { } )", R"(,"stream_options": {"include_usage":true} )"},
      {R"(,"stream_options":null)", R"(,"stream_options":{"include_usage":true})"},
      {R"(,"stream_options":{ "x":1})", R"(,"stream_options":{"include_usage":true, "x":1})"},
      {R"(,"stream_options":{"x":1,"include_\u0075sage":false})",
       R"(,"stream_options":{"x":1,"include_\u0075sage":true})"},
  };
  const std::string head = R"({"model":"host-model","messages":[{}],"stream":true)";
  for (const Row& row : rows) {
    CAPTURE(row.options);
    CHECK(forwarded(head + row.options + "}") == head + row.forwarded + "}");
  }
  CHECK(forwarded(R"({"model":"m","messages":[{}],"stream":true})") ==
        R"({"stream_options":{"include_usage":true},"model":"host-model","messages":[{}],"stream":true})");
  CHECK(forwarded(R"({"model":"m","messages":[{}],"stream":false})") ==
        R"({"model":"host-model","messages":[{}],"stream":false})");
}

TEST_CASE("members for routers only are taken out, wherever they stand") {
  struct Row {
    std::string body;
    std::string forwarded;
  };
  const std::vector<Row> rows = {
      {R"({"provider":{},"model":"m","messages":[{}]})", R"({"model":"host-model","messages":[{}]})"},
      {R"({"model":"m","provider":{},"messages":[{}]})", R"({"model":"host-model","messages":[{}]})"},
      {R"({"model":"m","messages":[{}],"provider":{}})", R"({"model":"host-model","messages":[{}]})"},
      {R"({"model":"m","messages":[{}] , "provider":{} , "debug":true })",
       R"({"model":"host-model","messages":[{}]})"},
      {R"({"models":[],"route":"x","model":"m","plugins":[],"transforms":[],"messages":[{}],"preset":"p"})",
       R"({"model":"host-model","messages":[{}]})"},
      {R"({"model":"m","trace":{},"usage":{},"session_id":"s","messages":[{}],"prompt_cache_key":"k"})",
       R"({"model":"host-model","messages":[{}],"prompt_cache_key":"k"})"},
      {R"({"pr\u006fvider":{},"stream":true,"model":"m","messages":[{}]})",
       R"({"stream_options":{"include_usage":true},"stream":true,"model":"host-model","messages":[{}]})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(forwarded(row.body) == row.forwarded);
  }
}

TEST_CASE("a member counts as what it means, also when it is null or comes after others") {
  CHECK_FALSE(accepted(with(R"("debug":{"a":false,"b":null})")).echo_decision);
  CHECK(accepted(with(R"("debug":{"a":false,"b":true,"c":false})")).echo_decision);
  CHECK_FALSE(accepted(with(R"("debug":false)")).echo_decision);
  CHECK_FALSE(needs(with(R"("logprobs":false)"), Feature::logprobs));
  CHECK_FALSE(needs(with(R"("include_reasoning":false)"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("reasoning_effort":"")"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("reasoning":{})"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("reasoning":{"effort":"none"})"), Feature::reasoning));
  CHECK(needs(with(R"("reasoning":{"max_tokens":9})"), Feature::reasoning));
  CHECK(needs(with(R"("reasoning":{"enabled":true})"), Feature::reasoning));
  CHECK_FALSE(needs(with(R"("modalities":["text"])"), Feature::audio));
  CHECK_FALSE(needs(with(R"("response_format":{"type":"json_object"})"), Feature::json_schema));
  CHECK_FALSE(needs(with(R"("response_format":{"type":"json_schema"})"), Feature::json_object));
  CHECK_FALSE(accepted(with(R"("stream":false)")).stream);
  CHECK_FALSE(accepted(with(R"("stream":true,"stream_options":{"include_usage":false})")).wants_usage);
  CHECK(accepted(with(R"("max_tokens":100)")).max_output == config::Tokens{100});
  CHECK(accepted(with(R"("max_completion_tokens":200,"max_tokens":100)")).max_output == config::Tokens{200});
  CHECK(accepted(with(R"("max_tokens":100000000)")).max_output == config::Tokens{100'000'000});
  CHECK(inspected(with(R"("max_tokens":100000001)")).has_error());
  CHECK(inspected(with(R"("max_completion_tokens":100000001)")).has_error());
}

TEST_CASE("of a client's own names as many bytes are taken as are allowed") {
  const auto quoted = [](std::size_t bytes) { return "\"" + std::string(bytes, 'a') + "\""; };
  CHECK(inspected(with("\"user\":" + quoted(512))).has_value());
  CHECK(inspected(with("\"user\":" + quoted(513))).has_error());
  CHECK(inspected(with("\"session_id\":" + quoted(256))).has_value());
  CHECK(inspected(with("\"prompt_cache_key\":" + quoted(1'024))).has_value());
  CHECK(inspected(with("\"prompt_cache_key\":" + quoted(1'025))).has_error());
  CHECK(accepted(with(R"("models":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"])"))
            .models.size() == 16);
}

TEST_CASE("every price and percentile of the provider object has its own place") {
  const auto provider = *accepted(with(R"("provider":{"enforce_distillable_text":true,"zdr":false,
    "require_parameters":false,"allow_fallbacks":true,
    "max_price":{"prompt":1,"completion":2,"request":3,"image":4,"audio":"5"},
    "preferred_min_throughput":{"p50":6,"p75":7,"p90":8,"p99":9},"sort":{"by":"price"}})"))
                             .provider;
  CHECK(provider.distillable_text);
  CHECK_FALSE(provider.zdr);
  CHECK(provider.parameters == routing::Parameters::best_effort);
  CHECK(provider.fallbacks == routing::Fallbacks::allowed);
  CHECK(provider.max_price.prompt == 1.0);
  CHECK(provider.max_price.completion == 2.0);
  CHECK(provider.max_price.request == 3.0);
  CHECK(provider.max_price.image == 4.0);
  CHECK(provider.max_price.audio == 5.0);
  CHECK(provider.min_throughput.p50 == 6.0);
  CHECK(provider.min_throughput.p75 == 7.0);
  CHECK(provider.min_throughput.p90 == 8.0);
  CHECK(provider.min_throughput.p99 == 9.0);
  CHECK(provider.sort == "price");
  CHECK(provider.partition == "");
  struct Row {
    std::string object, code, param;
  };
  std::string twelve = "\"fp8\"";
  for (int i = 1; i < 12; ++i) twelve += ",\"fp8\"";
  CHECK(inspected(with("\"provider\":{\"quantizations\":[" + twelve + "]}")).has_value());
  for (const Row& row : std::vector<Row>{
           {"\"quantizations\":[" + twelve + ",\"fp8\"]", "invalid_value", "provider.quantizations"},
           {R"("quantizations":[null])", "invalid_type", "provider.quantizations[0]"},
           {R"("preferred_max_latency":{"p95":1})", "unknown_member", "provider.preferred_max_latency.p95"},
           {R"("preferred_max_latency":{"p50":"1"})", "invalid_type", "provider.preferred_max_latency.p50"},
           {R"("max_price":{"video":1})", "unknown_member", "provider.max_price.video"},
           {R"("max_price":7)", "invalid_type", "provider.max_price"},
           {R"("data_collection":"none")", "invalid_value", "provider.data_collection"},
           {R"("sort":{"partition":"all"})", "invalid_value", "provider.sort.partition"}}) {
    CAPTURE(row.object);
    const auto result = inspected(with("\"provider\":{" + row.object + "}"));
    REQUIRE(result.has_error());
    CHECK(result.error().code == row.code);
    CHECK(result.error().param == row.param);
  }
}

TEST_CASE("what OpenRouter's clients say of reasoning, hosts are told in OpenAI's word") {
  providers::JsonTokens tokens;
  const auto sent = [&](const std::string& members) {
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"a"}],)" + members + "}";
    const auto asked = gateway::inspect_chat(body, tokens, gateway::ChatShape::openrouter);
    REQUIRE(asked.has_value());
    const gateway::UpstreamBody upstream(*asked, body, "h");
    std::string text;
    for (const std::string_view piece : upstream.pieces()) text += piece;
    const std::string rest = R"("model":"h","messages":[{"role":"user","content":"a"}]})";
    REQUIRE(text.ends_with(rest));
    return text.substr(1, text.size() - rest.size() - 1) + (asked->hides_reasoning ? "hidden" : "");
  };
  CHECK(sent(R"("reasoning":{"effort":"high"})") == R"("reasoning_effort":"high",)");
  CHECK(sent(R"("reasoning":{"enabled":true})") == R"("reasoning_effort":"medium",)");
  CHECK(sent(R"("reasoning":{"enabled":false})") == R"("reasoning_effort":"none",)");
  CHECK(sent(R"("reasoning":{"max_tokens":1024})") == R"("reasoning_effort":"low",)");
  CHECK(sent(R"("reasoning":{"max_tokens":32000})") == R"("reasoning_effort":"high",)");
  CHECK(sent(R"("reasoning":{"effort":"low","exclude":true})") == R"("reasoning_effort":"low",hidden)");
  CHECK(sent(R"("reasoning":{"exclude":true})") == "hidden");
  CHECK(sent(R"("reasoning":{},"include_reasoning":false)") == "hidden");
  CHECK(sent(R"("reasoning":null)") == "");
  CHECK(sent(R"("reasoning":{"effort":"high"},"reasoning_effort":null)") == R"("reasoning_effort":"high",)");
  CHECK(sent(R"("reasoning_effort":"","reasoning":{"effort":"low"})") == R"("reasoning_effort":"low",)");
}

TEST_CASE("how much is to be thought is found in whichever words say it") {
  const auto effort = [](const std::string& members) { return accepted(with(members)).effort; };
  using routing::Effort;
  CHECK(effort("") == Effort::unsaid);
  CHECK(effort(R"("reasoning_effort":"none")") == Effort::off);
  CHECK(effort(R"("reasoning_effort":"minimal")") == Effort::low);
  CHECK(effort(R"("reasoning_effort":"medium")") == Effort::medium);
  CHECK(effort(R"("reasoning_effort":"xhigh")") == Effort::high);
  CHECK(effort(R"("reasoning_effort":"as you like")") == Effort::unsaid);
  CHECK(effort(R"("reasoning":{"effort":"high"})") == Effort::high);
  CHECK(effort(R"("reasoning":{"max_tokens":1000})") == Effort::low);
  CHECK(effort(R"("reasoning":{"enabled":false})") == Effort::off);
}

TEST_CASE("who says two efforts at once to OpenRouter is asked which it is to be") {
  const auto code = [](const std::string& members, gateway::ChatShape shape) {
    providers::JsonTokens tokens;
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"Hi"}],)" + members + "}";
    const auto asked = gateway::inspect_chat(body, tokens, shape);
    return asked ? std::string() : std::string(asked.error().code) + " " + asked.error().param;
  };
  const auto openrouter = [&](const std::string& members) {
    return code(members, gateway::ChatShape::openrouter);
  };
  const std::string two = R"("reasoning":{"effort":"low"},"reasoning_effort":"high")";
  const std::string both = R"("reasoning":{"effort":"low","max_tokens":2000})";
  CHECK(openrouter(two) == "invalid_value reasoning_effort");
  CHECK(openrouter(both) == "invalid_value reasoning");
  CHECK(openrouter(R"("reasoning":{"effort":"low","max_tokens":null},"reasoning_effort":"low")") == "");
  CHECK(openrouter(R"("reasoning":{"max_tokens":2000},"reasoning_effort":"high")") == "");
  CHECK(code(two, gateway::ChatShape::openai) == "");
  CHECK(code(both, gateway::ChatShape::openai) == "");
}
