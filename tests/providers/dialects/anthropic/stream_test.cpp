#include "providers/dialects/anthropic/stream.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialects/anthropic/whole.hpp"
#include "tests/support/told_answer.hpp"

using namespace providers;
using support::ToldAnswer;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

std::string event(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}
std::string start(const std::string& usage = R"({"input_tokens":10,"output_tokens":1})") {
  return event("message_start",
               R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",)"
               R"("model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":)" +
                   usage + "}}");
}
std::string block(int index, const std::string& members) {
  return event("content_block_start", R"({"type":"content_block_start","index":)" + std::to_string(index) +
                                          R"(,"content_block":{)" + members + "}}");
}
std::string delta(int index, const std::string& members) {
  // Padded, as the host does it.
  return event("content_block_delta", R"({"type":"content_block_delta","index":)" + std::to_string(index) +
                                          R"(,"delta":{)" + members + "}       }");
}
std::string block_stop(int index) {
  return event("content_block_stop",
               R"({"type":"content_block_stop","index":)" + std::to_string(index) + " }");
}
std::string stop(const std::string& reason, const std::string& usage = R"({"output_tokens":15})") {
  return event("message_delta", R"({"type":"message_delta","delta":{"stop_reason":")" + reason +
                                    R"(","stop_sequence":null},"usage":)" + usage + "}") +
         event("message_stop", R"({"type":"message_stop"})");
}

struct Read {
  std::string text;
  Reading reading = Reading::goes_on;
};

Read streamed(std::string_view bytes, std::size_t cut = std::string_view::npos) {
  AnthropicStream stream(scratch_tokens());
  ToldAnswer told;
  Reading reading = stream.feed(bytes.substr(0, std::min(cut, bytes.size())), told);
  if (cut < bytes.size()) reading = stream.feed(bytes.substr(cut), told);
  return {told.text(), reading};
}

Read whole(const std::string& body) {
  ToldAnswer told;
  const Reading reading = read_anthropic_whole(body, scratch_tokens(), told);
  return {told.text(), reading};
}

const std::string everything =
    start(
        R"({"input_tokens":10,"cache_creation_input_tokens":200,"cache_read_input_tokens":3000,)"
        R"("cache_creation":{"ephemeral_5m_input_tokens":200,"ephemeral_1h_input_tokens":0},"output_tokens":2})") +
    event("ping", R"({"type": "ping"})") + block(0, R"("type":"thinking","thinking":"","signature":"")") +
    delta(0, R"("type":"thinking_delta","thinking":"Let me ")") +
    delta(0, R"("type":"thinking_delta","thinking":"think\n")") +
    delta(0, R"("type":"signature_delta","signature":"EqQB+/=")") + block_stop(0) +
    block(1, R"("type":"redacted_thinking","data":"Em0K")") + block_stop(1) +
    block(2, R"("type":"text","text":"")") + delta(2, R"("type":"text_delta","text":"It is \"")") +
    delta(2, R"("type":"text_delta","text":"fünf\" \ud83d\ude00")") + block_stop(2) +
    block(3, R"("type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{})") +
    delta(3, R"("type":"input_json_delta","partial_json":"{\"query\":1}")") + block_stop(3) +
    block(4, R"("type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"x"}])") +
    block_stop(4) + block(5, R"("type":"tool_use","id":"toolu_1","name":"get_weather","input":{})") +
    delta(5, R"("type":"input_json_delta","partial_json":"")") +
    delta(5, R"("type":"input_json_delta","partial_json":"{\"city\":")") +
    delta(5, R"("type":"input_json_delta","partial_json":"\"Köln\"}")") + block_stop(5) +
    block(6, R"("type":"tool_use","id":"toolu_2","name":"now","input":{})") + block_stop(6) +
    stop("tool_use", R"({"output_tokens":89,"output_tokens_details":{"thinking_tokens":40}})");

const std::string everything_whole =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[)"
    R"({"type":"thinking","thinking":"Let me think\n","signature":"EqQB+/="},)"
    R"({"type":"redacted_thinking","data":"Em0K"},)"
    R"({"type":"text","text":"It is \"fünf\" \ud83d\ude00"},)"
    R"({"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":1}},)"
    R"({"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"x"}]},)"
    R"({"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Köln"}},)"
    R"({"type":"tool_use","id":"toolu_2","name":"now","input":{}}],)"
    R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,)"
    R"("cache_creation_input_tokens":200,"cache_read_input_tokens":3000,"output_tokens":89,)"
    R"("output_tokens_details":{"thinking_tokens":40}}})";

const std::string everything_told =
    "begin msg_1 claude\n"
    "thinking 0: Let me think\\n\n"
    "signature 0: EqQB+/=\n"
    "redacted 1: Em0K\n"
    "text: It is \\\"fünf\\\" \\ud83d\\ude00\n"
    "call 0 toolu_1 get_weather\n"
    "arguments 0: {\\\"city\\\":\\\"Köln\\\"}\n"
    "call 1 toolu_2 now\n"
    "arguments 1: {}\n"
    "end tool_calls tool_use\n"
    "usage 3210/3000/200 89/40\n";

}  // namespace

TEST_CASE("a stream tells thinking, texts and tool calls in order, and leaves out what ran at the host") {
  const Read read = streamed(everything);
  CHECK(read.text == everything_told);
  CHECK(read.reading == Reading::ended);
}

TEST_CASE("a whole reply tells the same as its stream, in whatever order its members are") {
  const Read read = whole(everything_whole);
  CHECK(read.text == everything_told);
  CHECK(read.reading == Reading::ended);
  const std::size_t usage = everything_whole.find(R"(,"usage":)");
  const std::string moved = "{" + everything_whole.substr(usage + 1, everything_whole.size() - usage - 2) +
                            "," + everything_whole.substr(1, usage - 1) + "}";
  CHECK(whole(moved).text == everything_told);
  CHECK(whole("\n\n " + everything_whole).text == everything_told);
}

TEST_CASE("a stream cut at any byte tells the same") {
  std::string crlf;
  for (const char c : everything) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string* bytes : {&everything, static_cast<const std::string*>(&crlf)}) {
    for (std::size_t cut = 0; cut <= bytes->size(); ++cut) {
      const Read read = streamed(*bytes, cut);
      if (read.text != everything_told || read.reading != Reading::ended) {
        CAPTURE(cut);
        CHECK(read.text == everything_told);
        CHECK(read.reading == Reading::ended);
      }
    }
  }
  AnthropicStream stream(scratch_tokens());
  ToldAnswer told;
  for (const char c : everything) stream.feed({&c, 1}, told);
  CHECK(told.text() == everything_told);
}

TEST_CASE("why an answer ended is told in our words and in the host's") {
  struct Row {
    std::string native, told;
  };
  for (const Row& row :
       {Row{"end_turn", "stop"}, Row{"stop_sequence", "stop"}, Row{"pause_turn", "stop"},
        Row{"max_tokens", "length"}, Row{"model_context_window_exceeded", "length"},
        Row{"tool_use", "tool_calls"}, Row{"refusal", "content_filter"}, Row{"something_new", "stop"}}) {
    const std::string expected =
        "begin msg_1 claude\nend " + row.told + " " + row.native + "\nusage 10/0/0 15/0\n";
    CHECK(streamed(start() + stop(row.native)).text == expected);
    CHECK(whole(R"({"id":"msg_1","model":"claude","content":[],"stop_reason":")" + row.native +
                R"(","usage":{"input_tokens":10,"output_tokens":15}})")
              .text == expected);
  }
}

TEST_CASE("an error in a stream or in a reply without an error's status is told, and ends it") {
  const std::string error =
      R"({"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}})";
  const std::string told = "error overloaded_error 529 Overloaded\n";
  CHECK(whole(error).text == told);
  CHECK(whole(error).reading == Reading::failed);
  for (const std::string& bytes : {event("error", error), "data: " + error + "\n\n"}) {
    CHECK(streamed(bytes).text == told);
    CHECK(streamed(bytes + start() + stop("end_turn")).text == told);
    CHECK(streamed(bytes).reading == Reading::failed);
  }
  CHECK(streamed(start() + event("error", error)).text ==
        "begin msg_1 claude\n" + told + "usage 10/0/0 1/0\n");
  CHECK(streamed(event("error", "upstream died")).text == "error  0 upstream died\n");
}

TEST_CASE("what hosts do that nobody says is taken as it is meant") {
  SUBCASE("a message that begins twice, or in the midst of another") {
    const std::string text =
        block(0, R"("type":"text","text":"")") + delta(0, R"("type":"text_delta","text":"a")");
    const std::string expected = "begin msg_1 claude\ntext: aa\nend stop end_turn\nusage 10/0/0 15/0\n";
    CHECK(
        streamed(start() + start() + text + delta(0, R"("type":"text_delta","text":"a")") + stop("end_turn"))
            .text == expected);
    CHECK(
        streamed(start() + text + start() + delta(0, R"("type":"text_delta","text":"a")") + stop("end_turn"))
            .text == expected);
  }
  SUBCASE("no event lines, events that are not known, empty data") {
    std::string bare;
    for (const std::string& each : {start(), stop("end_turn")}) {
      bare += each.substr(each.find('\n') + 1);
    }
    const std::string odd =
        event("later", R"({"type":"later","delta":{"text":"x"}})") + "data: \n\n: alive\n\n";
    CHECK(streamed(odd + start() + odd + stop("end_turn")).text ==
          "begin msg_1 claude\nend stop end_turn\nusage 10/0/0 15/0\n");
  }
  SUBCASE("a text or arguments that come with the block's beginning") {
    CHECK(streamed(start() + block(0, R"("type":"text","text":"Hi")") + block_stop(0) +
                   block(1, R"("type":"tool_use","id":"t","name":"f","input":{"a": 1})") + block_stop(1) +
                   stop("tool_use"))
              .text ==
          "begin msg_1 claude\ntext: Hi\ncall 0 t f\narguments 0: {\\\"a\\\": 1}\nend tool_calls tool_use\n"
          "usage 10/0/0 15/0\n");
    CHECK(streamed(start() + block(0, R"("type":"tool_use","id":"t","name":"f","input":{"a": 1})") +
                   delta(0, R"("type":"input_json_delta","partial_json":"{\"a\": 1}")") + block_stop(0) +
                   stop("tool_use"))
              .text ==
          "begin msg_1 claude\ncall 0 t f\narguments 0: {\\\"a\\\": 1}\nend tool_calls tool_use\n"
          "usage 10/0/0 15/0\n");
  }
  SUBCASE("the input counted at the end, nulls where nothing is known") {
    CHECK(
        streamed(start(R"({"input_tokens":0,"output_tokens":0,"cache_read_input_tokens":null})") +
                 stop("end_turn", R"({"input_tokens":7,"output_tokens":3,"cache_creation_input_tokens":null,)"
                                  R"("output_tokens_details":null,"server_tool_use":null})"))
            .text == "begin msg_1 claude\nend stop end_turn\nusage 7/0/0 3/0\n");
  }
  SUBCASE("a document that is cited") {
    CHECK(streamed(start() + block(0, R"("type":"text","text":"")") +
                   delta(0, R"("type":"citations_delta","citation":{"type":"page_location","title":"T"})") +
                   block_stop(0) + stop("end_turn"))
              .text ==
          "begin msg_1 claude\ncitation {\"type\":\"page_location\",\"title\":\"T\"}\nend stop end_turn\n"
          "usage 10/0/0 15/0\n");
  }
}

TEST_CASE("pages that a text comes from are told with their place in the answer, whole and streamed") {
  const std::string page =
      R"({"type":"web_search_result_location","cited_text":"It \"is\"","url":"https://a.example/\u00fc",)"
      R"("title":"A","encrypted_index":"Eo8B"})";
  const std::string result =
      R"({"type":"search_result_location","cited_text":"c","source":"http://b.example","title":null,)"
      R"("search_result_index":0,"start_block_index":0,"end_block_index":1})";
  const std::string document = R"({"type":"char_location","document_index":0,"cited_text":"d"})";
  const std::string told =
      "text: Gr\\u00fc\xc3\x9f!\n"
      R"(citation {"url":"https://a.example/\u00fc","title":"A","content":"It \"is\""} of 3 to 5)"
      "\n"
      R"(citation {"url":"http://b.example","title":"http://b.example","content":"c"} of 3 to 5)"
      "\ncitation " +
      document + "\n";
  const std::string first = R"("type":"text","text":"Gr\u00fc")";
  const auto cited = [](const std::string& citation) {
    return delta(1, R"("type":"citations_delta","citation":)" + citation);
  };
  const std::string bytes = start() + block(0, first) + block_stop(0) +
                            block(1, R"("type":"text","text":"","citations":[])") + cited(page) +
                            delta(1, "\"type\":\"text_delta\",\"text\":\"\xc3\x9f\"") + cited(result) +
                            cited(document) + cited("null") + delta(1, R"("type":"text_delta","text":"!")") +
                            block_stop(1) + stop("end_turn");
  const std::string streamed_told = "begin msg_1 claude\n" + told + "end stop end_turn\nusage 10/0/0 15/0\n";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) CHECK(streamed(bytes, cut).text == streamed_told);
  CHECK(whole(R"({"id":"msg_1","model":"claude","content":[{)" + first +
              R"(,"citations":null},{"type":"text","text":")" + "\xc3\x9f!" + R"(","citations":[)" + page +
              "," + result + "," + document + R"(,7]}],"stop_reason":"end_turn"})")
            .text == "begin msg_1 claude\n" + told + "end stop end_turn\n");
}

TEST_CASE("what cannot be understood is bad, and usage that cannot be is flagged") {
  for (const std::string data : {"{", "[]", "[DONE]", "1", "{\"type\":\"ping\"} x", "{\"a\":\"\xff\"}"}) {
    CAPTURE(data);
    CHECK(streamed("data: " + data + "\n\n").reading == Reading::bad);
    CHECK(whole(data).reading == Reading::bad);
  }
  CHECK(whole("").reading == Reading::bad);
  CHECK(streamed("data: " + std::string(max_event + 1, 'x')).reading == Reading::bad);
  for (const std::string usage :
       {R"({"input_tokens":-1,"output_tokens":2})", R"({"input_tokens":1.5,"output_tokens":2})",
        R"({"input_tokens":"1","output_tokens":2})", R"({"input_tokens":99999999999,"output_tokens":2})"}) {
    CAPTURE(usage);
    CHECK(whole(R"({"content":[],"usage":)" + usage + "}").text == "begin  \nusage 0/0/0 2/0 odd\n");
  }
  // Not more thinking than output.
  CHECK(whole(R"({"content":[],"usage":{"input_tokens":1,"output_tokens":2,"output_tokens_details":)"
              R"({"thinking_tokens":9}}})")
            .text == "begin  \nusage 1/0/0 2/2\n");
}

TEST_CASE("a stream that stops early has not ended") {
  CHECK(streamed(start() + block(0, R"("type":"text","text":"Hi")")).reading == Reading::goes_on);
  CHECK(streamed(start() + block(0, R"("type":"text","text":"Hi")")).text ==
        "begin msg_1 claude\ntext: Hi\nusage 10/0/0 1/0\n");
}

TEST_CASE("an answer whose host says that all has come, and not how it ended, has ended all the same") {
  const std::string over = event("message_stop", R"({"type":"message_stop"})");
  const std::string text = start(R"({"input_tokens":10,"output_tokens":1})") +
                           block(0, R"("type":"text","text":"")") +
                           delta(0, R"("type":"text_delta","text":"abc")") + block_stop(0);
  const Read read = streamed(text + over);
  CHECK(read.reading == Reading::ended);
  CHECK(read.text.find("text: abc\nend stop end_turn\n") != std::string::npos);
  const std::string call = block(1, R"("type":"tool_use","id":"t","name":"f","input":{})");
  CHECK(streamed(text + call + over).text.find("arguments 0: {}\nend tool_calls tool_use\n") !=
        std::string::npos);
  // Nothing was answered, and nothing ended; nor did what the host says nothing of.
  CHECK(streamed(start(R"({"input_tokens":10,"output_tokens":1})") + over).text.find("end ") ==
        std::string::npos);
  CHECK(streamed(text).text.find("end ") == std::string::npos);
  CHECK(whole(R"({"id":"i","content":[{"type":"text","text":"abc"}],"stop_reason":null})")
            .text.find("end stop end_turn\n") != std::string::npos);
}
