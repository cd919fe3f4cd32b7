// Whatever a client says in OpenAI's older completions or its embeddings, and whatever a host of embeddings
// answers: what a host is sent is read as the same call again, and the vectors of one reply or of several
// become JSON as it was asked for, or none at all.
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "providers/dialect/native_replies.hpp"
#include "providers/dialects/openai_completions/openai_completions.hpp"
#include "providers/dialects/openai_embeddings/openai_embeddings.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

void check_call(const gateway::Surface& surface, const std::string& body, providers::JsonTokens& tokens) {
  const gateway::Inspected asked = surface.inspect(body, tokens);
  if (!asked) {
    EXPECT_THAT(!asked.error().message.empty());
    return;
  }
  const gateway::UpstreamBody upstream(*asked, body, "host");
  std::string sent;
  for (const std::string_view piece : upstream.pieces()) sent.append(piece);
  const gateway::Inspected again = surface.inspect(sent, tokens);
  EXPECT_THAT(again.has_value());
  EXPECT_THAT(again->model == "host");
  EXPECT_THAT(again->prompt.count == asked->prompt.count);
}

void check_replies(const std::string& body, providers::JsonTokens& tokens) {
  for (const providers::Dialect* dialect :
       {&providers::openai_completions_dialect(), &providers::openai_embeddings_dialect()}) {
    const auto reply = dialect->native()->whole(body, tokens);
    EXPECT_THAT((reply.kind == providers::PassedReply::Kind::error) == reply.error.has_value());
  }
  const std::array<std::string, 2> twice{body, body};
  const providers::NativeReplies& vectors = *providers::openai_embeddings_dialect().native();
  for (const auto form : {providers::VectorForm::numbers, providers::VectorForm::base64}) {
    for (const std::size_t parts : {1, 2}) {
      const providers::AskedVectors asked{.total = parts, .per_reply = 1, .form = form};
      const auto joined = vectors.joined_wholes(std::span(twice).first(parts), asked, tokens);
      if (!joined) continue;
      providers::JsonWalk walk(tokens, *joined, providers::JsonWalk::Depth::any);
      EXPECT_THAT(walk.ok() && walk.skip() && walk.finish());
      const auto passed = vectors.whole(*joined, tokens).vectors;
      EXPECT_THAT(passed && asked.are(*passed));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_call(gateway::openai_completions_surface(), bytes, tokens);
  check_call(gateway::openai_embeddings_surface(), bytes, tokens);
  check_replies(bytes, tokens);
  return 0;
}
