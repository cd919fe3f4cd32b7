#include "gateway/surfaces/openai_responses/responses_answer.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "gateway/surfaces/openai_responses/responses_conversation.hpp"
#include "providers/dialects/openai_responses/stream.hpp"
#include "tests/support/told_answer.hpp"

using namespace gateway;
using providers::AnswerEvent;
using providers::EndReason;
using Kind = AnswerEvent::Kind;
namespace json = boost::json;

namespace {

constexpr StreamIdentity identity{"req_abc", 7, "m"};

providers::JsonTokens& scratch_tokens() {
  static providers::JsonTokens tokens;
  return tokens;
}

struct Asked {
  explicit Asked(std::string members = R"("input":"a")")
      : body(R"({"model":"m",)" + std::move(members) + "}"),
        conversation(*responses_conversation_of(body, scratch_tokens())) {}
  std::string body;
  providers::Conversation conversation;
};

AnswerEvent text(std::string_view raw) {
  return {.kind = Kind::text, .text = {raw, true}};
}
AnswerEvent thinking(std::string_view raw, std::size_t index = 0) {
  return {.kind = Kind::thinking, .index = index, .text = {raw, true}, .format = "f"};
}
AnswerEvent call(std::size_t index, std::string_view id, std::string_view name) {
  return {.kind = Kind::tool_call, .index = index, .id = {id, false}, .name = {name, false}};
}
AnswerEvent arguments(std::size_t index, std::string_view raw) {
  return {.kind = Kind::arguments, .index = index, .text = {raw, true}};
}
AnswerEvent ends(EndReason reason) {
  return {.kind = Kind::end, .name = {"x", false}, .reason = reason};
}
AnswerEvent usage() {
  return {.kind = Kind::usage,
          .usage = {.prompt = {30}, .cached = {7}, .cache_written = {4}, .output = {9}, .reasoning = {5}}};
}

// Events of a stream, in whose text each line and number is checked.
std::vector<json::value> streamed(const std::vector<AnswerEvent>& events, const Asked& asked = Asked()) {
  std::string out;
  ResponsesStream answer(asked.conversation, identity, out);
  for (const AnswerEvent& event : events) answer.take(event);
  answer.finish(",\"cost\":0.5");
  std::vector<json::value> seen;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find("\n\n", at);
    const std::string block = out.substr(at, end - at);
    const std::size_t data = block.find("\ndata: ");
    REQUIRE(data != std::string::npos);
    seen.push_back(json::parse(block.substr(data + 7)));
    CHECK(block.substr(0, data) == "event: " + std::string(seen.back().at("type").as_string()));
    CHECK(seen.back().at("sequence_number") == seen.size() - 1);
    at = end + 2;
  }
  CHECK(answer.events() == static_cast<std::int64_t>(seen.size()));
  return seen;
}

json::value whole(const std::vector<AnswerEvent>& events, const Asked& asked = Asked()) {
  ResponsesWhole answer(asked.conversation);
  for (const AnswerEvent& event : events) answer.take(event);
  return json::parse(answer.body(identity, ",\"cost\":0.5"));
}

std::vector<std::string> types(const std::vector<json::value>& events) {
  std::vector<std::string> types;
  for (const json::value& event : events) types.emplace_back(event.at("type").as_string());
  return types;
}

const std::vector<AnswerEvent> everything{{.kind = Kind::begin},
                                          thinking("Hm\\n"),
                                          thinking("so"),
                                          {.kind = Kind::signature, .text = {"S", false}, .format = "f"},
                                          text("It is "),
                                          text("\\u00fc"),
                                          call(0, "c0", "f"),
                                          call(1, "c1", "g"),
                                          arguments(0, "{\\\"a\\\""),
                                          arguments(1, "{}"),
                                          arguments(0, ":1}"),
                                          ends(EndReason::tool_calls),
                                          usage()};

}  // namespace

TEST_CASE("a stream's events come in the order that clients need") {
  const auto events = streamed(everything);
  CHECK(types(events) == std::vector<std::string>{"response.created",
                                                  "response.in_progress",
                                                  "response.output_item.added",
                                                  "response.content_part.added",
                                                  "response.reasoning_text.delta",
                                                  "response.reasoning_text.delta",
                                                  "response.reasoning_text.done",
                                                  "response.content_part.done",
                                                  "response.output_item.done",
                                                  "response.output_item.added",
                                                  "response.content_part.added",
                                                  "response.output_text.delta",
                                                  "response.output_text.delta",
                                                  "response.output_text.done",
                                                  "response.content_part.done",
                                                  "response.output_item.done",
                                                  "response.output_item.added",
                                                  "response.output_item.added",
                                                  "response.function_call_arguments.delta",
                                                  "response.function_call_arguments.delta",
                                                  "response.function_call_arguments.delta",
                                                  "response.function_call_arguments.done",
                                                  "response.output_item.done",
                                                  "response.function_call_arguments.done",
                                                  "response.output_item.done",
                                                  "response.completed"});
  CHECK(events[0].at("response").at("id") == "resp_abc");
  CHECK(events[0].at("response").at("status") == "in_progress");
  CHECK(events[0].at("response").at("usage").is_null());
  CHECK(events[13].at("text") == "It is \xc3\xbc");
  CHECK(events[21].at("arguments") == "{\"a\":1}");
  CHECK(events[21].at("item_id") == events[16].at("item").at("id"));
  CHECK(events[23].at("output_index") == 3);
}

TEST_CASE("the last event holds what a whole answer is, and that holds all that was told") {
  const auto events = streamed(everything);
  const json::value final = events.back().at("response");
  CHECK(final == whole(everything));
  const auto& output = final.at("output").as_array();
  REQUIRE(output.size() == 4);
  CHECK(output[0].at("content").at(0).at("text") == "Hm\nso");
  CHECK(output[0].at("summary").as_array().empty());
  CHECK(output[0].at("encrypted_content") == "isocost.signed.1|f|S|Hm\nso");
  CHECK(output[1].at("content").at(0).at("text") == "It is \xc3\xbc");
  CHECK(output[2].at("call_id") == "c0");
  CHECK(output[3].at("arguments") == "{}");
  CHECK(final.at("usage").at("input_tokens") == 30);
  CHECK(final.at("usage").at("input_tokens_details").at("cached_tokens") == 7);
  CHECK(final.at("usage").at("input_tokens_details").at("cache_write_tokens") == 4);
  CHECK(final.at("usage").at("output_tokens_details").at("reasoning_tokens") == 5);
  CHECK(final.at("usage").at("total_tokens") == 39);
  CHECK(final.at("usage").at("cost") == 0.5);
  CHECK(final.at("status") == "completed");
  CHECK(final.at("error").is_null());
}

TEST_CASE("our own reader of the API understands what is written") {
  std::string out;
  const Asked asked;
  ResponsesStream answer(asked.conversation, identity, out);
  for (const AnswerEvent& event : everything) answer.take(event);
  answer.finish("");
  support::ToldAnswer told;
  providers::ResponsesStreamReader reader(scratch_tokens());
  CHECK(reader.feed(out, told) == providers::Reading::ended);
  CHECK(
      told.text() ==
      "begin resp_abc m\nthinking 0: Hm\\nso\nredacted 0: isocost.signed.1|f|S|Hm\\nso\ntext: It is \\u00fc\n"
      "call 0 c0 f\ncall 1 c1 g\narguments 0: {\\\"a\\\"\narguments 1: {}\narguments 0: :1}\n"
      "end tool_calls completed\nusage 30/7/4 9/5\n");
}

TEST_CASE("a summary that was asked for is one") {
  const Asked asked(R"("input":"a","reasoning":{"summary":"auto"})");
  const auto events = streamed({thinking("Hm"), thinking("So", 1), text("a"), ends(EndReason::stop)}, asked);
  const auto seen = types(events);
  CHECK(seen[3] == "response.reasoning_summary_part.added");
  CHECK(seen[4] == "response.reasoning_summary_text.delta");
  CHECK(seen[5] == "response.reasoning_summary_text.done");
  CHECK(seen[6] == "response.reasoning_summary_part.done");
  const auto& output = events.back().at("response").at("output").as_array();
  REQUIRE(output.size() == 3);
  CHECK(output[0].at("summary").at(0).at("text") == "Hm");
  CHECK(output[1].at("summary").at(0).at("text") == "So");
  CHECK_FALSE(output[0].as_object().contains("content"));
}

TEST_CASE("an answer that was cut short is incomplete, and so is its last item") {
  const auto events = streamed({text("Hel"), ends(EndReason::length)});
  CHECK(types(events).back() == "response.incomplete");
  const json::value response = events.back().at("response");
  CHECK(response.at("status") == "incomplete");
  CHECK(response.at("incomplete_details").at("reason") == "max_output_tokens");
  CHECK(response.at("output").at(0).at("status") == "incomplete");
  CHECK(whole({ends(EndReason::content_filter)}).at("incomplete_details").at("reason") == "content_filter");
}

TEST_CASE("a refusal is a part of its own, behind what was said before it") {
  const json::value answer =
      whole({text("Well"), {.kind = Kind::refusal, .text = {"No.", false}}, ends(EndReason::stop)});
  const auto& content = answer.at("output").at(0).at("content").as_array();
  REQUIRE(content.size() == 2);
  CHECK(content[1].at("type") == "refusal");
  CHECK(content[1].at("refusal") == "No.");
}

TEST_CASE("calls are told in the client's own terms") {
  const Asked asked(
      R"("input":"a","tools":[{"type":"custom","name":"p"},{"type":"namespace","name":"g","tools":[)"
      R"({"type":"function","name":"f"}]}])");
  const auto events =
      streamed({call(0, "c0", "p"), arguments(0, "{\\\"input\\\":\\\"a\\\\n"), arguments(0, "b\\\"}"),
                call(1, "", "g__f"), arguments(1, "{}"), ends(EndReason::tool_calls)},
               asked);
  const auto& output = events.back().at("response").at("output").as_array();
  CHECK(output[0].at("type") == "custom_tool_call");
  CHECK(output[0].at("input") == "a\nb");
  CHECK(output[1].at("name") == "f");
  CHECK(output[1].at("namespace") == "g");
  CHECK(output[1].at("call_id") == "call_abc1");  // where the host gave none
  const auto seen = types(events);
  CHECK(std::count(seen.begin(), seen.end(), "response.custom_tool_call_input.done") == 1);
  // What a model made of it that is no such object is the text itself.
  const json::value broken = whole({call(0, "c", "p"), arguments(0, "just text")}, asked);
  CHECK(broken.at("output").at(0).at("input") == "just text");
}

TEST_CASE("a stream that breaks ends with an error that programs catch, and a response that failed") {
  ErrorReply error = plain_error(429, "rate_limit_error", "provider_rate_limited", "Slow \"down\"");
  error.retry_after = std::chrono::milliseconds(1500);
  const std::string text = openai_responses_surface().error_event(
      error, {.id = "req_abc", .created = 7, .model = "m", .events = 9});
  const std::size_t second = text.find("event: response.failed\ndata: ");
  REQUIRE(text.starts_with("event: error\ndata: "));
  const json::value raised = json::parse(text.substr(19, second - 21));
  CHECK(raised.at("sequence_number") == 9);
  CHECK(raised.at("error").at("code") == "provider_rate_limited");
  CHECK(raised.at("message") == "Slow \"down\". Please try again in 2s.");
  const json::value failed = json::parse(text.substr(second + 29));
  CHECK(failed.at("sequence_number") == 10);
  CHECK(failed.at("response").at("id") == "resp_abc");
  CHECK(failed.at("response").at("status") == "failed");
  CHECK(failed.at("response").at("error").at("code") == "rate_limit_exceeded");
  CHECK(failed.at("response").at("tools").as_array().empty());
}

TEST_CASE("how likely its tokens were is told with each piece of a text, and with all of it") {
  const std::string a = R"([{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}])";
  const std::string b =
      R"([{"token":"b","logprob":-1,"top_logprobs":[]},{"token":"c","logprob":-2,"top_logprobs":[]}])";
  AnswerEvent first = text("a"), second = text("bc");
  first.json = a;
  second.json = b;
  const auto events = streamed({first, second, text("d"), ends(EndReason::stop)});
  std::vector<json::value> told;
  for (const json::value& event : events) {
    if (event.at("type") == "response.output_text.delta") told.push_back(event.at("logprobs"));
  }
  CHECK(told == std::vector<json::value>{json::parse(a), json::parse(b), json::array()});
  const json::value whole_text = whole({first, second, ends(EndReason::stop)});
  const json::value& part = whole_text.at("output").at(0).at("content").at(0);
  CHECK(part.at("logprobs").as_array().size() == 3);
  CHECK(part.at("logprobs").at(2).at("token") == "c");
}

TEST_CASE("pages that a text comes from are told with it, whenever the host tells of them") {
  const std::string page = R"({"url":"https://a.example","title":"A","start_index":0,"end_index":1})";
  const AnswerEvent cited{.kind = Kind::citation, .format = providers::page_citation, .json = page};
  const json::value annotation = json::parse(
      R"({"type":"url_citation","url":"https://a.example","title":"A","start_index":0,"end_index":1})");
  for (const auto& answer : {std::vector{text("a"), cited, cited, ends(EndReason::stop)},
                             std::vector{cited, cited, text("a"), ends(EndReason::stop)}}) {
    std::vector<json::value> told;
    const auto events = streamed(answer);
    for (const json::value& event : events) {
      if (event.at("type") == "response.output_text.annotation.added") told.push_back(event);
    }
    REQUIRE(told.size() == 2);
    CHECK(told[0].at("annotation") == annotation);
    CHECK(told[1].at("annotation_index") == 1);
    const json::value part = events.back().at("response").at("output").at(0).at("content").at(0);
    CHECK(part.at("annotations") == json::array{annotation, annotation});
    CHECK(whole(answer).at("output").at(0).at("content").at(0) == part);
  }
}

TEST_CASE("the place that a page is cited at is told in the text that it stands in") {
  const AnswerEvent cited{.kind = Kind::citation,
                          .format = providers::page_citation,
                          .json = R"({"url":"https://a.example","title":"A"})",
                          .place = providers::TextPlace{3, 5}};
  const AnswerEvent picture{.kind = Kind::image, .text = {"iVBORw0=", false}, .name = {"image/png", false}};
  const std::vector answer{text("a\\u00fc"), picture, text("bcd"), cited, ends(EndReason::stop)};
  const json::value output = streamed(answer).back().at("response").at("output");
  CHECK(output.at(2).at("content").at(0).at("annotations") == json::parse(R"([{"type":"url_citation",
    "url":"https://a.example","title":"A","start_index":1,"end_index":3}])"));
  CHECK(whole(answer).at("output") == output);
}

TEST_CASE("pages that can no longer be told with the text they are of are told as left out") {
  const auto cited = [](std::size_t begin, std::size_t end) {
    return AnswerEvent{.kind = Kind::citation,
                       .format = providers::page_citation,
                       .json = R"({"url":"https://a.example","title":"A"})",
                       .place = providers::TextPlace{begin, end}};
  };
  const auto left_out = [](const std::vector<AnswerEvent>& events) {
    const Asked asked;
    std::string out;
    ResponsesStream stream(asked.conversation, identity, out);
    ResponsesWhole whole(asked.conversation);
    for (const AnswerEvent& event : events) {
      stream.take(event);
      whole.take(event);
    }
    const std::string lost(stream.left_out());
    CHECK(whole.left_out() == lost);
    stream.finish("");
    CHECK(out.find("\"start_index\":0,\"end_index\":0") == std::string::npos);
    CHECK(stream.left_out() == lost);
    return lost;
  };
  const AnswerEvent picture{.kind = Kind::image, .text = {"iVBORw0=", false}, .name = {"image/png", false}};
  CHECK(left_out({text("ab"), cited(0, 2)}) == "");
  CHECK(left_out({text("ab"), call(0, "c", "f"), arguments(0, "{}"), cited(0, 2)}) == "citations");
  CHECK(left_out({text("ab"), picture, text("cd"), cited(0, 2)}) == "citations");
  CHECK(left_out({text("ab"), picture, text("cd"), cited(0, 4)}) == "");
  CHECK(left_out({cited(0, 2)}) == "citations");
  CHECK(left_out({text("ab"), {.kind = Kind::citation, .json = "{}"}}) == "citations");
}

TEST_CASE("a picture is an item of its own, as OpenAI's tool for pictures makes") {
  const AnswerEvent picture{.kind = Kind::image, .text = {"iVBORw0=", false}, .name = {"image/png", false}};
  const std::vector answer{text("a"), picture, text("b"), ends(EndReason::stop)};
  const auto events = streamed(answer);
  const json::value output = events.back().at("response").at("output");
  REQUIRE(output.as_array().size() == 3);
  CHECK(output.at(1).at("type") == "image_generation_call");
  CHECK(output.at(1).at("id") == "ig_isocost_abc1");
  CHECK(output.at(1).at("status") == "completed");
  CHECK(output.at(1).at("result") == "iVBORw0=");
  CHECK(whole(answer).at("output") == output);
}
