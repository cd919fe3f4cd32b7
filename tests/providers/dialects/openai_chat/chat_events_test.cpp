#include "providers/dialects/openai_chat/chat_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialects/openai_chat/relay.hpp"

using namespace providers;
using Kind = PassedEvent::Kind;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

SseEvent event_of(const std::string& data, std::string_view name = {}) {
  return {data, name, {}, SseEvent::Form::other};
}

PassedEvent classified(const std::string& data, std::string_view name = {}) {
  return classify(event_of(data, name), scratch_tokens());
}

std::string chunk(const std::string& choice, const std::string& more = "") {
  return R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[)" + choice + "]" +
         more + "}";
}
std::string delta(const std::string& members) {
  return chunk(R"({"index":0,"delta":{)" + members + "}}");
}

std::string usage_chunk(const std::string& usage) {
  return chunk("", ",\"usage\":" + usage);
}

std::string sent(const std::string& text, UsageShown usage) {
  SseReader reader;
  reader.feed(text);
  std::string out;
  std::string scratch;
  while (const auto event = reader.next()) {
    const auto chat = classify(*event, scratch_tokens());
    const auto form = relayed(*event, chat, usage, scratch);
    for (const auto piece : form.pieces()) out += piece;
  }
  return out;
}

}  // namespace

TEST_CASE("what a chunk holds is told apart") {
  struct Row {
    std::string data;
    bool text, reasoning, tool_call;
    std::string finish_reason = "";
  };
  const std::vector<Row> rows = {
      {delta(R"("role":"assistant","content":"","refusal":null)"), false, false, false},
      {delta(R"("content":"Hi")"), true, false, false},
      {delta(R"("content":" ")"), true, false, false},
      {delta(R"("content":null,"reasoning_content":"Hm")"), false, true, false},
      {delta(R"("reasoning":"Hm")"), false, true, false},
      {delta(R"("reasoning":"")"), false, false, false},
      {delta(R"("reasoning_details":[{"type":"reasoning.text"}])"), false, true, false},
      {delta(R"("reasoning_details":[])"), false, false, false},
      {delta(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}])"), false, true,
       false},
      {delta(R"("content":[{"type":"text","text":"Hi"}])"), true, false, false},
      {delta(R"("tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":""}}])"), false, false,
       true},
      {delta(R"("tool_calls":[])"), false, false, false},
      {delta(R"("tool_calls":null)"), false, false, false},
      {delta(R"("function_call":{"name":"f"})"), false, false, true},
      {delta(R"("refusal":"No")"), true, false, false},
      {chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})"), false, false, false, "stop"},
      {chunk(R"({"index":0,"delta":{"content":"Hi"},"finish_reason":""})"), true, false, false},
      {chunk(R"({"index":0,"delta":{"content":"Hi"},"finish_reason":null})"), true, false, false},
      {chunk(R"({"index":0,"delta":null,"finish_reason":"length"})"), false, false, false, "length"},
      {chunk(R"({"index":0,"text":"Hi"})"), true, false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.data);
    const PassedEvent event = classified(row.data);
    CHECK(event.kind == Kind::delta);
    CHECK(event.content.text == row.text);
    CHECK(event.content.reasoning == row.reasoning);
    CHECK(event.content.tool_call == row.tool_call);
    CHECK(event.content.finish_reason == row.finish_reason);
    CHECK_FALSE(event.content.no_choices);
    CHECK(event.content.decisive() ==
          (row.text || row.reasoning || row.tool_call || !row.finish_reason.empty()));
    CHECK_FALSE(event.usage.usage);
    CHECK_FALSE(event.usage.anomaly);
  }
}

TEST_CASE("the end, nothing and what is not JSON are told apart") {
  CHECK(classified("[DONE]").kind == Kind::done);
  CHECK(classified("[DONE] ").kind == Kind::done);
  CHECK(classified("").kind == Kind::empty);
  CHECK(classified(" ").kind == Kind::empty);
  for (const std::string data :
       {"{", "[]", "DONE", "{\"choices\":[}", "{} x", "{\"a\":\"\xff\"}", "\"error\"", "1"}) {
    CAPTURE(data);
    CHECK(classified(data).kind == Kind::bad);
  }
  CHECK(classified(chunk("")).content.no_choices);
  CHECK(classified("{}").content.no_choices);
}

TEST_CASE("a reply is never refused for a number, an escape or a depth that nobody needs") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + R"({"a":{}})" + std::string(depth, ']');
  };
  for (const std::string member : std::vector<std::string>{
           R"("x":123456789012345678901234567890)", R"("x":1e400)", R"("x":-1E-999)", R"("x":"\ud83d")",
           R"("\udc00":1)", "\"x\":" + nested(127), "\"x\":" + nested(128), "\"x\":" + nested(5'000),
           R"("usage":{"prompt_tokens":1,"completion_tokens":1,"x":)" + nested(200) + "}"}) {
    CAPTURE(member.substr(0, 80));
    const std::string data = chunk(R"({"index":0,"delta":{"content":"\ud83d"}})", "," + member);
    const PassedEvent event = classified(data);
    CHECK(event.kind == Kind::delta);
    CHECK(event.content.text);
    CHECK(sent("data: " + data + "\n\n", UsageShown::yes) == "data: " + data + "\n\n");
    const std::string whole = R"({"choices":[{"message":{"content":"Hi"}}],)" + member + "}";
    CHECK(classify_whole(whole, scratch_tokens()).kind == PassedReply::Kind::answer);
    CHECK(read_error(R"({"error":{"message":"No",)" + member + "}}", scratch_tokens()).message == "No");
  }
  // What does not close is no JSON, however deep.
  CHECK(classified(chunk("", ",\"x\":" + std::string(5'000, '['))).kind == Kind::bad);
  CHECK(classified(chunk("", ",\"x\":" + std::string(200, '[') + "1}" + std::string(199, ']'))).kind ==
        Kind::bad);
}

TEST_CASE("an error is found in every shape that hosts give it") {
  struct Row {
    std::string data;
    std::string name;
    std::string message, code, type;
    int status = 0;
  };
  const std::vector<Row> rows = {
      {R"({"error":{"message":"No","type":"server_error","code":"overloaded"}})", "", "No", "overloaded",
       "server_error"},
      {R"({"error":{"message":"No","code":429,"metadata":{"error_type":"rate_limit_exceeded"}},"choices":[{"delta":{"content":""},"finish_reason":"error"}]})",
       "", "No", "429", "rate_limit_exceeded", 429},
      {R"({"error":{"message":"Over","type":"invalid_request_error","status_code":503}})", "error", "Over",
       "", "invalid_request_error", 503},
      {R"({"error":"No"})", "", "No", "", ""},
      {R"({"message":"No","type":"T"})", "error", "No", "", "T"},
      {R"({"object":"error","message":"No","type":"T","code":400})", "", "No", "400", "T", 400},
      {chunk(R"({"delta":{"content":""},"finish_reason":"error"})"), "", "", "", ""},
      {chunk(R"({"delta":{},"error":{"message":"No","code":502}})"), "", "No", "502", "", 502},
      {"not JSON", "error", "not JSON", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.data);
    const PassedEvent event = classified(row.data, row.name);
    CHECK(event.kind == Kind::error);
    REQUIRE(event.error);
    CHECK(event.error->message == row.message);
    CHECK(event.error->code == row.code);
    CHECK(event.error->type == row.type);
    CHECK(event.error->status == row.status);
  }
  CHECK(classified(chunk(R"({"delta":{"content":"Hi"}})", R"(,"error":null)")).kind == Kind::delta);
}

TEST_CASE("usage is read in every spelling") {
  struct Row {
    std::string usage;
    std::int64_t prompt, cached, written, output, reasoning;
    std::optional<double> cost = {};
  };
  const std::vector<Row> rows = {
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})", 10, 0, 0, 5, 0},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8},
           "completion_tokens_details":{"reasoning_tokens":3}})",
       10, 8, 0, 5, 3},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2})",
       10, 8, 0, 5, 0},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":8})", 10, 8, 0, 5, 0},
      {R"({"cached_tokens":1,"prompt_tokens_details":{"cached_tokens":8},"prompt_tokens":10,"completion_tokens":5})",
       10, 8, 0, 5, 0},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":8},
           "cost":0.00125,"cost_details":{"upstream_inference_cost":null}})",
       10, 2, 8, 5, 0, 0.00125},
      // xAI: the total shows that reasoning comes beside the completion.
      {R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":354,
           "completion_tokens_details":{"reasoning_tokens":340}})",
       12, 0, 0, 342, 340},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":null,"completion_tokens_details":null})",
       10, 0, 0, 5, 0},
      {R"({"prompt_tokens":0,"completion_tokens":0})", 0, 0, 0, 0, 0},
      {R"({"prompt_tokens":10.0,"completion_tokens":5e0})", 10, 0, 0, 5, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.usage);
    const std::string data = usage_chunk(row.usage);
    const PassedEvent event = classified(data);
    REQUIRE(event.usage.usage);
    CHECK_FALSE(event.usage.anomaly);
    CHECK(event.usage.usage->prompt.count == row.prompt);
    CHECK(event.usage.usage->cached.count == row.cached);
    CHECK(event.usage.usage->cache_written.count == row.written);
    CHECK(event.usage.usage->output.count == row.output);
    CHECK(event.usage.usage->reasoning.count == row.reasoning);
    CHECK(event.usage.usage->cost == row.cost);
    CHECK(event.usage_value.of(data) == row.usage);
  }
}

TEST_CASE("reasoning is added to the completion where the total says that it is not in it") {
  const auto output = [](const std::string& total) {
    const std::string data = usage_chunk(R"({"prompt_tokens":10,"completion_tokens":7,)" + total +
                                         R"("completion_tokens_details":{"reasoning_tokens":5}})");
    return classify(event_of(data), scratch_tokens()).usage.usage->output.count;
  };
  CHECK(output("") == 7);
  CHECK(output(R"("total_tokens":22,)") == 12);
  CHECK(output(R"("total_tokens":17,)") == 7);
}

TEST_CASE("usage that cannot be is flagged and never believed") {
  struct Row {
    std::string usage;
    bool usable;
  };
  const std::vector<Row> rows = {
      {R"({"prompt_tokens":-1,"completion_tokens":5})", false},
      {R"({"prompt_tokens":10,"completion_tokens":5.5})", false},
      {R"({"prompt_tokens":10,"completion_tokens":1e400})", false},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cost":1e400})", true},
      {R"({"prompt_tokens":9223372036854775808,"completion_tokens":5})", false},
      {R"({"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807})", false},
      {R"({"prompt_tokens":"10","completion_tokens":5})", false},
      {R"({"prompt_tokens":10})", false},
      {R"({})", false},
      {R"([])", false},
      {R"("none")", false},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":11})", true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":-1})", true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":6}})",
       true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":7})", true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cost":-1})", true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cost":1e300})", true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cost":"1"})", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.usage);
    const PassedEvent event = classified(usage_chunk(row.usage));
    CHECK(event.kind == Kind::delta);
    CHECK(event.usage.anomaly);
    CHECK(event.usage.usage.has_value() == row.usable);
    if (!event.usage.usage) continue;
    CHECK(event.usage.usage->cached <= event.usage.usage->prompt);
    CHECK(event.usage.usage->reasoning <= event.usage.usage->output);
    CHECK_FALSE(event.usage.usage->cost);
  }
  CHECK(
      classified(
          chunk(
              "",
              R"(,"usage":{"prompt_tokens":1,"completion_tokens":1},"usage":{"prompt_tokens":1,"completion_tokens":1})"))
          .usage.anomaly);
}

TEST_CASE("usage in a finish chunk and Groq's own place are found") {
  const std::string data = chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})",
                                 R"(,"x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2}})");
  const auto event = classified(data);
  CHECK(event.usage.usage->output.count == 2);
  CHECK(event.usage_value.empty());
  CHECK(event.content.finish_reason == "stop");
}

TEST_CASE("a whole reply is told apart") {
  const auto read = [](const std::string& body) { return classify_whole(body, scratch_tokens()); };
  const std::string body = R"(

{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
 "usage":{"prompt_tokens":3,"completion_tokens":1}})";
  const auto answer = read(body);
  CHECK(answer.kind == PassedReply::Kind::answer);
  CHECK(answer.content.finish_reason == "stop");
  CHECK(answer.usage.usage->prompt.count == 3);

  CHECK(read(R"({"choices":[]})").kind == PassedReply::Kind::empty);
  CHECK(read(R"({"choices":[{"message":{"content":""},"finish_reason":null}]})").kind ==
        PassedReply::Kind::empty);
  CHECK(read(R"({"choices":[{"message":{"content":null,"tool_calls":[{}]}}]})").kind ==
        PassedReply::Kind::answer);
  CHECK(read(R"({"error":{"message":"No"}})").kind == PassedReply::Kind::error);
  CHECK(read(R"({"choices":[{"message":{"content":"Hi"}}],"error":{"message":"No"}})").kind ==
        PassedReply::Kind::error);
  CHECK(read("<html>").kind == PassedReply::Kind::bad);
  CHECK(read("").kind == PassedReply::Kind::bad);
  CHECK(read("[]").kind == PassedReply::Kind::bad);
  CHECK(read(R"({"choices":[{"message":{"content":"Hi"}}]}x)").kind == PassedReply::Kind::bad);
}

TEST_CASE("the error in an error's body is read in every shape, and else is the body") {
  const auto read = [](const std::string& body) { return read_error(body, scratch_tokens()); };
  CHECK(read(R"({"error":{"message":"No","code":"c"}})").message == "No");
  CHECK(read(R"({"error":"No"})").message == "No");
  CHECK(read(R"({"message":"No"})").message == "No");
  CHECK(read(R"({"detail":"No"})").message == "No");
  CHECK(read(R"({"object":"error","message":"No","type":"T","code":40303})").code == "40303");
  CHECK(read(R"({"error":{"message":"No","http_status":503}})").status == 503);
  CHECK(read("<html>502</html>").message == "502");
  CHECK(read("{\"error\":").message == "{\"error\":");
  CHECK(read(std::string(10'000, 'a')).message.size() == 8 * 1024);
}

TEST_CASE("a stream in normal form is relayed byte for byte where usage was asked for") {
  const std::string text = "data: " + delta(R"("content":"Hi")") +
                           "\n\ndata: " + usage_chunk(R"({"prompt_tokens":1,"completion_tokens":1})") +
                           "\n\ndata: [DONE]\n\n";
  CHECK(sent(text, UsageShown::yes) == text);
}

TEST_CASE("usage that was not asked for is taken out") {
  const std::string hi = "data: " + delta(R"("content":"Hi")") + "\n\n";
  const std::string usage = R"({"prompt_tokens":1,"completion_tokens":1})";
  const std::string stop = R"({"index":0,"delta":{},"finish_reason":"stop"})";
  const std::string done = "data: [DONE]\n\n";
  CHECK(sent(hi + "data: " + usage_chunk(usage) + "\n\n" + done, UsageShown::no) == hi + done);
  CHECK(sent(hi + "data: " + chunk(stop, ",\"usage\": " + usage + " ,\"x\":1") + "\n\n" + done,
             UsageShown::no) == hi + "data: " + chunk(stop, ",\"usage\": null ,\"x\":1") + "\n\n" + done);
  const std::string with_null = "data: " + chunk(stop, ",\"usage\":null") + "\n\n";
  CHECK(sent(with_null, UsageShown::no) == with_null);
}

TEST_CASE("what is not in normal form is relayed in it") {
  const std::string hi = delta(R"("content":"Hi")");
  const std::string normal = "data: " + hi + "\n\n";
  CHECK(sent("id: 7\nevent: message\nretry: 1\ndata: " + hi + "\n\n", UsageShown::no) == normal);
  CHECK(sent("data:" + hi + "\r\n\r\n", UsageShown::no) == normal);
  CHECK(sent(": c\n\n\ndata: " + hi + "\r\r", UsageShown::no) == normal);
  CHECK(sent("data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"Hi\"}}],\ndata: \"usage\":{}}\n\n",
             UsageShown::no) ==
        "data: {\"choices\": [{\"delta\":{\"content\":\"Hi\"}}], \"usage\":null}\n\n");
  CHECK(sent("data:[DONE]\n\n", UsageShown::no) == "data: [DONE]\n\n");
}

TEST_CASE("what would break a client is not relayed") {
  CHECK(sent("data: \n\ndata\n\nid: 1\n\n: comment\n\n", UsageShown::yes).empty());
  CHECK(sent("data: {\"id\":\"c\"}\n\n", UsageShown::yes).empty());
  CHECK(sent("data: {\"error\":{\"message\":\"sk-secret\"}}\n\n", UsageShown::yes).empty());
  CHECK(sent("data: {broken\n\n", UsageShown::yes).empty());
}

TEST_CASE("Groq's own place for usage counts where there is no other, and only as an object") {
  const auto output = [](const std::string& members) {
    const auto usage = classified(chunk("", members)).usage.usage;
    return usage ? usage->output.count : -1;
  };
  const std::string own = R"(,"usage":{"prompt_tokens":1,"completion_tokens":3})";
  CHECK(output(R"(,"x_groq":{"usage":{"prompt_tokens":1,"completion_tokens":2}})") == 2);
  CHECK(output(R"(,"x_groq":{"usage":{"prompt_tokens":1,"completion_tokens":2}})" + own) == 3);
  CHECK(output(R"(,"x_groq":{"id":"r"})" + own) == 3);
  CHECK(output(R"(,"x_groq":7)" + own) == 3);
  CHECK(output(R"(,"x_groq":{"usage":{}})") == -1);
}

TEST_CASE("an error at the top is one where nothing was chosen or it says that it is one") {
  const auto kind = [](const std::string& data) { return classified(data).kind; };
  CHECK(kind(R"({"code":400,"message":"No"})") == Kind::error);
  CHECK(kind(R"({"choices":[],"code":400,"message":"No"})") == Kind::error);
  CHECK(kind(R"({"choices":[{"delta":{"content":"Hi"}}],"code":400})") == Kind::delta);
  CHECK(kind(R"({"choices":[{"delta":{"content":"Hi"}}],"object":"error"})") == Kind::error);
  CHECK(kind(R"({"code":7,"message":"No"})") == Kind::delta);
  CHECK(kind(R"({"object":7,"message":"No"})") == Kind::delta);
  CHECK(kind(R"({"object":"errors","message":"No"})") == Kind::delta);
  // What stands under `error` goes before what stands beside it.
  const PassedEvent both = classified(R"({"object":"error","message":"outer","error":{"message":"inner"}})");
  REQUIRE(both.error);
  CHECK(both.error->message == "inner");
  const PassedEvent named = classified(R"({"message":"outer","error":{"message":"inner"}})", "error");
  CHECK(named.error->message == "inner");
}

TEST_CASE("an event that is an error by its name is told by its own words, up to eight thousand characters") {
  const PassedEvent flat =
      classified(R"({"message":"{\"error\":{\"message\":\"inner\"}}","param":"p","type":"T"})", "error");
  REQUIRE(flat.error);
  CHECK(flat.error->message == "inner");
  CHECK(flat.error->param == "p");
  CHECK(classified(std::string(10'000, 'a'), "error").error->message.size() == 8 * 1024);
  CHECK(classified("nothing", "message").kind == Kind::bad);
  CHECK(classified(delta(R"("content":"Hi")"), "message").kind == Kind::delta);
}

TEST_CASE("only a value of the right type is content, and a list of choices is a list") {
  for (const char* members :
       {R"("content":7)", R"("content":{"text":"Hi"})", R"("reasoning":{"a":"b"})", R"("tool_calls":{"a":1})",
        R"("function_call":[1])", R"("audio":[1])", R"("images":{"a":1})", R"("reasoning_details":{"a":1})",
        R"("function_call":{})", R"("content":[{"image_url":[1]}])", R"("content":[{"image_url":{}}])",
        R"("content":[{"thinking":""}])", R"("content":[{"thinking":[]}])", R"("content":[{"x":"Hi"}])"}) {
    CAPTURE(members);
    const PassedEvent event = classified(delta(members));
    CHECK(event.kind == Kind::delta);
    CHECK_FALSE(event.content.any());
    CHECK(event.content.bytes == 0);
  }
  CHECK(classified(delta(R"("content":[{"thinking":"Hm"}])")).content.reasoning);
  CHECK(classified(delta(R"("content":[{"image_url":{"url":"u"}}])")).content.text);
  CHECK(classified(delta(R"("images":[1])")).content.text);

  const PassedEvent none = classified(R"({"choices":{"0":{"delta":{"content":"Hi"}}}})");
  CHECK(none.kind == Kind::delta);
  CHECK(none.content.no_choices);
  CHECK_FALSE(none.content.names_choices);
  CHECK(classified(chunk("")).content.names_choices);
  const PassedEvent odd = classified(chunk(R"(7,{"delta":{"content":"Hi"}})"));
  CHECK(odd.content.text);
  CHECK(odd.content.seen == Choices(0b10));  // by its place, where it has no index
  CHECK_FALSE(odd.content.no_choices);
}

TEST_CASE("a finish that is no text is none, and neither is an index that is no number") {
  CHECK(classified(chunk(R"({"delta":{},"finish_reason":7})")).content.finish_reason.empty());
  const PassedEvent event = classified(chunk(R"({"index":"5","delta":{},"finish_reason":"stop"})"));
  CHECK(event.content.finished == Choices(0b1));
  CHECK(classified(chunk(R"({"index":127,"delta":{},"finish_reason":"stop"})")).content.finished.test(127));
}

TEST_CASE("white space alone is no event, and the end may have blanks behind it") {
  CHECK(classified(" \t\r\n").kind == Kind::empty);
  CHECK(classified("[DONE]   ").kind == Kind::done);
  CHECK(classified(" [DONE]").kind == Kind::bad);
}

TEST_CASE("usage that stands twice is not believed, and null is none") {
  const std::string usage = R"({"prompt_tokens":1,"completion_tokens":1})";
  CHECK(classified(chunk("", ",\"usage\":" + usage + ",\"usage\":" + usage)).usage.anomaly);
  const std::string once = chunk("", ",\"usage\":null,\"usage\": " + usage);
  const PassedEvent event = classified(once);
  CHECK_FALSE(event.usage.anomaly);
  CHECK(event.usage_value.of(once) == usage);
  CHECK(classified(chunk("", ",\"usage\":null")).usage_value.empty());
}
