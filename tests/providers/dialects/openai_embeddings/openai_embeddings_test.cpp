#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialect/native_replies.hpp"

using namespace providers;

namespace {

const NativeReplies& replies() {
  return *openai_embeddings_dialect().native();
}

std::string vectors(const std::string& data, const std::string& usage) {
  return R"({"object":"list","data":[)" + data + R"(],"model":"e","usage":)" + usage + "}";
}

std::optional<std::string> joined(const std::vector<std::string>& all, std::size_t per_reply,
                                  std::size_t total) {
  JsonTokens tokens;
  return replies().joined_wholes(all, per_reply, total, tokens);
}

}  // namespace

TEST_CASE("a reply with vectors is an answer whose usage has no output") {
  JsonTokens tokens;
  const PassedReply reply = replies().whole(
      vectors(R"({"index":0,"embedding":[0.5]})", R"({"prompt_tokens":3,"total_tokens":3})"), tokens);
  CHECK(reply.kind == PassedReply::Kind::answer);
  REQUIRE(reply.usage.usage);
  CHECK(reply.usage.usage->prompt.count == 3);
  CHECK(reply.usage.usage->output.count == 0);
  CHECK(replies().whole(vectors("", "null"), tokens).kind == PassedReply::Kind::empty);
  CHECK(replies().whole(R"({"error":{"message":"no"}})", tokens).kind == PassedReply::Kind::error);
  CHECK(replies().whole("nothing", tokens).kind == PassedReply::Kind::bad);
}

TEST_CASE("of a reply that breaks off as JSON nothing is believed, not even the error before the fault") {
  JsonTokens tokens;
  const PassedReply reply =
      replies().whole(R"({"error":"m","usage":{"prompt_tokens":3},"data":vrue})", tokens);
  CHECK(reply.kind == PassedReply::Kind::bad);
  CHECK_FALSE(reply.error);
  CHECK_FALSE(reply.usage.usage);
}

TEST_CASE("vectors of several replies stand in the order of their inputs, numbered anew, and usages add up") {
  const auto all = joined(
      {vectors(R"({"index":1,"embedding":[2]},{"index":0,"embedding":[1]})",
               R"({"prompt_tokens":3,"total_tokens":3,"cost":0.5})"),
       vectors(R"({"index":0,"embedding":[3]})", R"({"prompt_tokens":4,"total_tokens":4,"cost":0.25})")},
      2, 3);
  REQUIRE(all);
  CHECK(
      *all ==
      R"({"object":"list","data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]},)"
      R"({"index":2,"embedding":[3]}],"model":"e","usage":{"prompt_tokens":7,"total_tokens":7,"cost":0.75}})");
}

TEST_CASE("replies of which a vector is missing, or there twice, are not joined") {
  const std::string usage = R"({"prompt_tokens":3,"total_tokens":3})";
  const std::string one = R"({"index":0,"embedding":[1]})";
  CHECK_FALSE(joined({vectors(one, usage), vectors(one, usage)}, 2, 3));
  CHECK_FALSE(joined({vectors(one + "," + one, usage)}, 2, 2));
  CHECK_FALSE(joined({vectors(one, usage) + "}"}, 1, 1));
  CHECK_FALSE(joined({vectors(R"({"index":5,"embedding":[1]})", usage)}, 1, 1));
}

TEST_CASE("where one of several replies tells no usage, none is told of them all") {
  const std::string one = R"({"index":0,"embedding":[1]})";
  const auto all =
      joined({vectors(one, R"({"prompt_tokens":3,"total_tokens":3})"), vectors(one, "null")}, 1, 2);
  REQUIRE(all);
  CHECK(all->find(R"("usage":null)") != std::string::npos);
}
