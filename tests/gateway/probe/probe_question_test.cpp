#include "gateway/probe/probe_question.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/dialects.hpp"

using config::Feature;
using namespace gateway;

namespace {

config::Features features(std::initializer_list<Feature> all) {
  config::Features result;
  for (const Feature each : all) result.set(static_cast<std::size_t>(each));
  return result;
}

boost::json::object body(const ProbeQuestion& question, config::Format format) {
  providers::JsonTokens tokens;
  const providers::HostModel model{.name = "m", .takes_schemas = true};
  const auto written = providers::dialect_of(format).interpreter()->write(conversation_of(question), model,
                                                                          routing::Delivery::whole, tokens);
  return boost::json::parse(written.body).as_object();
}

}  // namespace

TEST_CASE("a question asks for a token, and says the features that it needs, in the words of each API") {
  const ProbeQuestion all{.features = {Feature::tools, Feature::json_schema, Feature::images}};
  const boost::json::object chat = body(all, config::Format::chat);
  CHECK(chat.at("max_tokens") == 1);
  CHECK(chat.at("tools").as_array().size() == 1);
  CHECK(chat.at("response_format").at("type") == "json_schema");
  CHECK(chat.at("messages").at(0).at("content").as_array().size() == 2);
  CHECK(!body({}, config::Format::chat).contains("tools"));
  CHECK(body({}, config::Format::messages).at("max_tokens") == 1);
  CHECK(body({}, config::Format::gemini).at("generationConfig").at("maxOutputTokens") == 1);
  CHECK(body({}, config::Format::converse).at("inferenceConfig").at("maxTokens") == 1);
}

TEST_CASE("a prefilled answer is the last turn") {
  const boost::json::object chat =
      body({.features = {Feature::prefill}, .most_output = 8}, config::Format::chat);
  CHECK(chat.at("messages").as_array().back().at("role") == "assistant");
}

TEST_CASE("what a request can show of claimed features is asked for, a schema before a mere object") {
  CHECK(provable(features({Feature::json_object, Feature::json_schema, Feature::logprobs})) ==
        std::vector{Feature::json_schema});
  CHECK(provable(features({Feature::json_object})) == std::vector{Feature::json_object});
  CHECK(provable(features({Feature::reasoning, Feature::prefill})).empty());
}

TEST_CASE("an answer goes on where the next digit is the one that was due") {
  CHECK(goes_on(" 5 6 7"));
  CHECK(goes_on("5"));
  CHECK(!goes_on("1 2 3 4 5"));
  CHECK(!goes_on("Sure! 1 2 3"));
  CHECK(!goes_on(""));
}

TEST_CASE("where the configuration does not say it, only the missing space shows that it is no new turn") {
  CHECK(surely_goes_on(" 5 6 7"));
  CHECK(!surely_goes_on("5 6 7"));
  CHECK(!surely_goes_on(" 1 2 3 4 5"));
  CHECK(!surely_goes_on(""));
}
