// Simulated hosts in OpenAI's APIs beside chat: Responses, the older completions, embeddings.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "providers/simulated/simulated_reply.hpp"
#include "providers/simulated/simulated_said.hpp"

using namespace providers;
namespace json = boost::json;

namespace {

std::variant<SimulatedRequest, BadRequest> read(SimulatedApi api, const std::string& body) {
  return read_simulated_request(body, 64, {.api = api});
}

SimulatedRequest accepted(SimulatedApi api, const std::string& body) {
  auto found = read(api, body);
  REQUIRE(std::holds_alternative<SimulatedRequest>(found));
  return std::get<SimulatedRequest>(found);
}

routing::Answer answer(std::int64_t output, std::int64_t reasoning) {
  return {.prompt = {10}, .cached = {4}, .output = {output}, .reasoning = {reasoning}};
}

// The events of a stream in pieces of `step` tokens; each is named as its type says.
std::vector<json::object> events_of(const SimulatedReply& reply, const routing::Answer& answer,
                                    std::int64_t step) {
  std::string stream = reply.first_events(answer);
  for (std::int64_t from = 0; from < answer.output.count; from += step)
    stream += reply.token_events(from, std::min(from + step, answer.output.count), answer);
  stream += reply.last_events(answer);
  std::vector<json::object> events;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t end = stream.find("\n\n", at), data = stream.find("\ndata: ", at);
    REQUIRE(stream.substr(at, 7) == "event: ");
    events.push_back(json::parse(stream.substr(data + 7, end - data - 7)).as_object());
    CHECK(stream.substr(at + 7, data - at - 7) == events.back().at("type").as_string());
    at = end + 2;
  }
  return events;
}

}  // namespace

TEST_CASE("Responses are asked for with a text, or with messages, calls and what they found") {
  const SimulatedRequest text = accepted(
      SimulatedApi::responses,
      R"({"model":"m","input":"The weather?","max_output_tokens":7,"stream":true,"reasoning":{"summary":"auto"},
      "tools":[{"type":"function","name":"weather","parameters":{"type":"object"}}]})");
  CHECK(text.max_output == config::Tokens{7});
  CHECK(text.delivery == routing::Delivery::streamed);
  CHECK(text.shows_thinking);
  CHECK(said_to(text, 1).tool == "weather");
  const SimulatedRequest result = accepted(
      SimulatedApi::responses,
      R"({"model":"m","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"The weather?"},
      {"type":"input_image","image_url":"data:,"}]},{"type":"function_call","call_id":"c","name":"weather","arguments":"{}"},
      {"type":"function_call_output","call_id":"c","output":"sun"}],"tools":[{"type":"function","name":"weather","parameters":{}}]})");
  CHECK(result.prompt.count > 765);
  CHECK(said_to(result, 1).kind == SimulatedSaid::Kind::words);
  const SimulatedRequest form = accepted(
      SimulatedApi::responses,
      R"({"model":"m","input":"Hi","text":{"format":{"type":"json_schema","name":"x","schema":{"const":7}}}})");
  CHECK(said_to(form, 1).text == "7");
  for (const char* body : {R"({"model":"m"})", R"({"model":"m","input":[]})", R"({"model":"m","input":[7]})",
                           R"({"model":"m","input":"Hi","max_output_tokens":0})"}) {
    CAPTURE(body);
    CHECK(std::holds_alternative<BadRequest>(read(SimulatedApi::responses, body)));
  }
}

TEST_CASE("the events of a response are numbered without a gap, and their pieces are what it is at its end") {
  using Said = SimulatedSaid;
  for (const Said& said :
       {Said{}, Said{.kind = Said::Kind::call, .text = R"({"city":"Bern"})", .tool = "t"}}) {
    for (const auto thoughts : {SimulatedResponse::Thoughts::shown, SimulatedResponse::Thoughts::hidden}) {
      for (const auto& sizes : {std::pair{9, 0}, {9, 4}, {4, 4}}) {
        const std::int64_t output = sizes.first, reasoning = sizes.second;
        for (const std::int64_t step : {1, 2, 3, 9}) {
          CAPTURE(output);
          CAPTURE(reasoning);
          CAPTURE(step);
          const SimulatedResponse reply("1", "m", 5, SimulatedWords(3, said), thoughts);
          const routing::Answer told = answer(output, reasoning);
          const std::vector<json::object> events = events_of(reply, told, step);
          std::string visible, thought;
          for (std::size_t i = 0; i < events.size(); ++i) {
            CHECK(events[i].at("sequence_number").as_int64() == static_cast<std::int64_t>(i));
            const json::string& type = events[i].at("type").as_string();
            if (!type.ends_with(".delta")) continue;
            const json::string& delta = events[i].at("delta").as_string();
            (type.starts_with("response.reasoning") ? thought : visible).append(delta.data(), delta.size());
          }
          CHECK(events[0].at("type").as_string() == "response.created");
          REQUIRE(events.back().at("type").as_string() == "response.completed");
          const json::object& last = events.back().at("response").as_object();
          CHECK(json::parse(reply.whole(told)) == json::value(last));
          const json::array& items = last.at("output").as_array();
          CHECK(items.size() == (reasoning > 0 ? 1u : 0u) + (output > reasoning ? 1u : 0u));
          if (reasoning > 0) {
            CHECK(items[0].at("summary").as_array().empty() ==
                  (thoughts == SimulatedResponse::Thoughts::hidden));
          }
          CHECK(thought.empty() == (reasoning == 0 || thoughts == SimulatedResponse::Thoughts::hidden));
          if (output == reasoning) continue;
          const json::object& item = items.back().as_object();
          CHECK(visible == (said.kind == Said::Kind::call
                                ? item.at("arguments").as_string()
                                : item.at("content").as_array()[0].at("text").as_string()));
          CHECK(last.at("usage").at("output_tokens_details").at("reasoning_tokens").as_int64() == reasoning);
        }
      }
    }
  }
}

TEST_CASE("a response that was cut says so") {
  routing::Answer cut = answer(5, 0);
  cut.finish = routing::Answer::Finish::length;
  const SimulatedResponse reply("1", "m", 5, SimulatedWords(3, {}), SimulatedResponse::Thoughts::hidden);
  CHECK(events_of(reply, cut, 5).back().at("type").as_string() == "response.incomplete");
  const json::value whole = json::parse(reply.whole(cut));
  CHECK(whole.at("status").as_string() == "incomplete");
  CHECK(whole.at("incomplete_details").at("reason").as_string() == "max_output_tokens");
}

TEST_CASE("completions have one text, whole or in pieces, and no thoughts") {
  const SimulatedRequest request =
      accepted(SimulatedApi::completions, R"({"model":"m","prompt":["Once upon"],"max_tokens":9})");
  CHECK(request.prompt.count == 3);
  CHECK(accepted(SimulatedApi::completions, R"({"model":"m","prompt":[1,2,3]})").prompt.count > 0);
  for (const char* body :
       {R"({"model":"m"})", R"({"model":"m","prompt":["a","b"]})", R"({"model":"m","prompt":"a","n":2})"}) {
    CAPTURE(body);
    CHECK(std::holds_alternative<BadRequest>(read(SimulatedApi::completions, body)));
  }
  const SimulatedCompletion reply("1", "m", 5, SimulatedWords(3, {}),
                                  SimulatedCompletion::UsageInStream::asked);
  const routing::Answer told = answer(6, 2);
  const json::value whole = json::parse(reply.whole(told));
  CHECK(whole.at("object").as_string() == "text_completion");
  CHECK(whole.at("usage").at("completion_tokens").as_int64() == 6);
  const std::string stream =
      reply.token_events(0, 4, told) + reply.token_events(4, 6, told) + reply.last_events(told);
  std::string text;
  for (std::size_t at = 0; stream.substr(at, 12) != "data: [DONE]";) {
    const std::size_t end = stream.find("\n\n", at);
    const json::value event = json::parse(stream.substr(at + 6, end - at - 6));
    for (const json::value& choice : event.at("choices").as_array())
      text += choice.at("text").as_string().c_str();
    at = end + 2;
  }
  CHECK(text == whole.at("choices").as_array()[0].at("text").as_string());
}

TEST_CASE("embeddings are a vector for each input, the same for the same text wherever it is asked") {
  const SimulatedRequest request =
      accepted(SimulatedApi::embeddings,
               R"({"model":"m","input":["a","b","a"],"dimensions":3,"encoding_format":"base64"})");
  CHECK(request.inputs.size() == 3);
  CHECK(request.dimensions == 3);
  CHECK(request.in_base64);
  CHECK(accepted(SimulatedApi::embeddings, R"({"model":"m","input":[1,2]})").inputs.size() == 1);
  CHECK(accepted(SimulatedApi::embeddings, R"({"model":"m","input":[[1],[2]]})").inputs.size() == 2);
  for (const char* body :
       {R"({"model":"m","input":[]})", R"({"model":"m","input":[{}]})", R"({"model":"m"})"}) {
    CAPTURE(body);
    CHECK(std::holds_alternative<BadRequest>(read(SimulatedApi::embeddings, body)));
  }
  const auto told = [&](SimulatedEmbeddings::Encoding encoding) {
    const SimulatedEmbeddings reply("m", request.inputs, 3, encoding);
    return json::parse(reply.whole(answer(1, 0))).at("data").as_array();
  };
  const json::array numbers = told(SimulatedEmbeddings::Encoding::numbers);
  REQUIRE(numbers.size() == 3);
  CHECK(numbers[0].at("embedding") == numbers[2].at("embedding"));
  CHECK(numbers[0].at("embedding") != numbers[1].at("embedding"));
  CHECK(numbers[1].at("embedding").as_array().size() == 3);
  CHECK(told(SimulatedEmbeddings::Encoding::base64)[0].at("embedding").as_string().size() == 16);
}
