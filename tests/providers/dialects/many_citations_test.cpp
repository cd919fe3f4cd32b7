// However many citations a host sends, only so many are kept of a block or of an answer.
#include <doctest/doctest.h>

#include <string>

#include "providers/dialects/anthropic/event.hpp"
#include "providers/dialects/anthropic/whole.hpp"
#include "providers/dialects/bedrock_converse/whole.hpp"
#include "providers/dialects/gemini/reply.hpp"

using namespace providers;

namespace {

struct Counted final : AnswerSink {
  void take(const AnswerEvent& event) override {
    citations += event.kind == AnswerEvent::Kind::citation;
    ends += event.kind == AnswerEvent::Kind::end;
  }
  std::size_t citations = 0, ends = 0;
};

std::string many(const std::string& element, const std::string& first = "7") {
  std::string all = first;
  for (int i = 0; i < 3'000; ++i) all.append(",").append(element);
  return "[" + all + "]";
}

}  // namespace

TEST_CASE("of more citations than anybody reads the first are told, and the answer is whole") {
  JsonTokens tokens;
  Counted anthropic, converse, gemini;
  CHECK(read_anthropic_whole(R"({"content":[{"type":"text","text":"a","citations":)" +
                                 many(R"({"url":"https://a.example"})", R"({"url":"https://b.example"})") +
                                 R"(}],"stop_reason":"end_turn"})",
                             tokens, anthropic) == Reading::ended);
  CHECK(anthropic.citations == most_anthropic_citations);
  CHECK(anthropic.ends == 1);
  CHECK(read_converse_whole(
            R"({"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"a"}],"citations":)" +
                many("{}") + R"(}}]}},"stopReason":"end_turn"})",
            "f", tokens, converse) == Reading::ended);
  CHECK(converse.citations == 1'024);
  CHECK(converse.ends == 1);
  // The page that only the last of them names is none of the first.
  const std::string indices = many("0", "0");
  CHECK(
      read_gemini_whole(
          R"({"candidates":[{"content":{"parts":[{"text":"abc"}]},"finishReason":"STOP","groundingMetadata":{)"
          R"("groundingChunks":[{"web":{"uri":"https://a.example"}},{"web":{"uri":"https://b.example"}}],)"
          R"("groundingSupports":[{"segment":{"text":"abc","endIndex":3},"groundingChunkIndices":)" +
              indices.substr(0, indices.size() - 1) + R"(,1]}]}}]})",
          tokens, gemini) == Reading::ended);
  CHECK(gemini.citations == 1);
  CHECK(gemini.ends == 1);
}
