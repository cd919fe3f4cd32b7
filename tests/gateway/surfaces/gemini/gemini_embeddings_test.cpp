#include "gateway/surfaces/gemini/gemini_embeddings.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace gateway;
namespace json = boost::json;

namespace {

const Surface& one = gemini_embeddings_surface("embedContent");
const Surface& batch = gemini_embeddings_surface("batchEmbedContents");

// The call as hosts of OpenAI's embeddings get it, or the parameter that is wrong.
std::string said(const Surface& surface, std::string body) {
  const auto fault = surface.complete({"m", surface.route(), ""}, body);
  return fault ? "wrong: " + fault->param : body;
}

std::string answered(const Surface& surface, const std::string& reply) {
  providers::JsonTokens tokens;
  std::string told;
  routing::Attempt attempt;
  attempt.usage = routing::Usage{.prompt = {7}};
  surface.editor({}, {})->whole(reply, {}, attempt, tokens, told);
  return told;
}

}  // namespace

TEST_CASE("texts to embed are said in OpenAI's words") {
  CHECK(json::parse(
            said(one, R"({"content":{"parts":[{"text":"a"},{"text":"b"}]},"taskType":"RETRIEVAL_QUERY"})")) ==
        json::parse(R"({"model":"m","input":["ab"],"encoding_format":"float","taskType":true})"));
  CHECK(json::parse(said(batch, R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},)"
                                R"("outputDimensionality":8},{"content":{"parts":{"text":"b"}},)"
                                R"("output_dimensionality":8}]})")) ==
        json::parse(R"({"model":"m","input":["a","b"],"encoding_format":"float","dimensions":8})"));
}

TEST_CASE("what the router is told goes along, and what no host can be told is known") {
  const std::string body =
      said(one, R"({"content":{"parts":[{"text":"a"}]},"provider":{"data_collection":"deny"},"user":"u",)"
                R"("session_id":"s","models":["n"],"title":"T","auto_truncate":false,"taskType":null})");
  const json::value made = json::parse(body);
  CHECK(made.at("provider").at("data_collection") == "deny");
  CHECK(made.at("session_id") == "s");
  providers::JsonTokens tokens;
  std::string text = body;
  text.reserve(body.size() + 64);
  const Inspected asked = one.inspect(text, tokens);
  REQUIRE(asked.has_value());
  CHECK(asked->provider);
  CHECK(asked->user == "u");
  CHECK(asked->models == std::vector<std::string>{"n"});
  CHECK(asked->untold == std::vector<std::string_view>{"title", "autoTruncate"});

  const std::string several = said(batch, R"({"requests":[{"content":"a","taskType":"CLUSTERING"},)"
                                          R"({"content":"b"}],"provider":{"only":["x"]}})");
  CHECK(json::parse(several).at("provider").at("only").at(0) == "x");
  CHECK(json::parse(several).at("taskType") == true);
}

TEST_CASE("what is no text, or differs from text to text, is named by its place") {
  CHECK(said(one, "{}") == "wrong: content");
  CHECK(said(one, R"({"content":{"parts":[{"inlineData":{}}]}})") == "wrong: content");
  CHECK(said(batch, "{}") == "wrong: requests");
  CHECK(said(batch, R"({"requests":[]})") == "wrong: requests");
  CHECK(said(batch, R"({"requests":[7]})") == "wrong: requests[0]");
  CHECK(said(batch, R"({"requests":[{"model":"other","content":"a"}]})") == "wrong: requests[0].model");
  CHECK(
      said(
          batch,
          R"({"requests":[{"content":"a","outputDimensionality":8},{"content":"b","outputDimensionality":9}]})") ==
      "wrong: requests[1].outputDimensionality");
  CHECK(said(one, "nonsense") == "nonsense");  // who reads it says what is wrong
}

TEST_CASE("vectors go back in Google's words, digit for digit and in their order") {
  const std::string reply =
      R"({"object":"list","data":[{"object":"embedding","index":1,"embedding":[3e-1]},)"
      R"({"object":"embedding","index":0,"embedding":[0.10, -2]}],"model":"h","usage":{"prompt_tokens":7}})";
  CHECK(answered(batch, reply) ==
        R"({"embeddings":[{"values":[0.10, -2]},{"values":[3e-1]}],"usageMetadata":{"promptTokenCount":7}})");
  CHECK(answered(one, reply) ==
        R"({"embedding":{"values":[0.10, -2]},"usageMetadata":{"promptTokenCount":7}})");
}

TEST_CASE("a reply whose vectors cannot be read is none") {
  const auto taken = [](const std::string& reply) {
    providers::JsonTokens tokens;
    std::string text = reply;
    text.reserve(reply.size() + 64);
    return one.editor({}, {})->takes(text, tokens);
  };
  CHECK(taken(R"({"data":[{"index":0,"embedding":[1]}]})"));
  CHECK(!taken(R"({"data":[{"index":0,"embedding":"AACAPw=="}]})"));
  CHECK(!taken(R"({"data":[{"index":0,"embedding":[1]},{"index":1}]})"));
  CHECK(!taken("{}"));
}
