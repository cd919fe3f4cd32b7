#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"

#include <doctest/doctest.h>

#include "providers/dialect/native_replies.hpp"
#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"

using namespace gateway;

namespace {

Inspected inspected(const std::string& members) {
  providers::JsonTokens tokens;
  return openai_embeddings_surface().inspect(R"({"model":"m",)" + members + "}", tokens);
}

providers::PassedReply understood(const std::string& body) {
  providers::JsonTokens tokens;
  return providers::openai_embeddings_dialect().native()->whole(body, tokens);
}

}  // namespace

TEST_CASE("embeddings are asked whole and without output") {
  const Inspected read =
      inspected(R"("input":["12345678","1234"],"encoding_format":"base64","dimensions":256)");
  REQUIRE(read.has_value());
  CHECK(read->prompt.count == 3);
  CHECK(read->max_output == config::Tokens{0});
  CHECK_FALSE(read->stream);
  CHECK(inspected(R"("input":[[1,2,3],[4]])")->prompt.count == 4);
}

TEST_CASE("embeddings that cannot be are refused with the place of the fault") {
  CHECK(inspected(R"("input":[])").error().param == "input");
  CHECK(inspected(R"("user":"u")").error().param == "input");
  CHECK(inspected(R"("input":"a","encoding_format":"hex")").error().param == "encoding_format");
  CHECK(inspected(R"("input":"a","dimensions":0)").error().param == "dimensions");
  CHECK(inspected(R"("input":"a","stream":true)").error().param == "stream");
}

TEST_CASE("a reply with vectors is an answer, one without is none, and its usage is read") {
  using Kind = providers::PassedReply::Kind;
  const auto answer =
      understood(R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAA"}],)"
                 R"("model":"e","usage":{"prompt_tokens":5,"total_tokens":5}})");
  CHECK(answer.kind == Kind::answer);
  REQUIRE(answer.usage.usage);
  CHECK(answer.usage.usage->prompt.count == 5);
  CHECK(answer.usage.usage->output.count == 0);
  CHECK_FALSE(answer.usage.anomaly);
  CHECK(understood(R"({"data":[]})").kind == Kind::empty);
  CHECK(understood(R"({"error":{"message":"no"}})").kind == Kind::error);
  CHECK(understood("[]").kind == Kind::bad);
  CHECK(understood(R"({"data":[1)").kind == Kind::bad);
}
