// Whatever a client says in OpenAI's completions and embeddings, or in Google's embeddings, which are put
// into OpenAI's: it is refused with words, or what a host is sent says the same.
#include <string>
#include <string_view>

#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/gemini/gemini_embeddings.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

void check(const gateway::Surface& surface, const std::string& said, std::string_view action,
           providers::JsonTokens& tokens) {
  std::string body = said;
  if (const auto refusal = surface.complete({"m", action, ""}, body)) {
    EXPECT_THAT(!refusal->message.empty() && refusal->status == 400);
    return;
  }
  const gateway::Inspected asked = surface.inspect(body, tokens);
  if (!asked) {
    EXPECT_THAT(!asked.error().message.empty());
    return;
  }
  const gateway::UpstreamBody upstream(*asked, body, "host");
  EXPECT_THAT(upstream.pieces().size() <= 16);
  std::string sent;
  for (const std::string_view piece : upstream.pieces()) sent.append(piece);
  // Google's have no words for themselves but OpenAI's.
  const gateway::Surface& spoken =
      action.empty() ? surface : static_cast<const gateway::Surface&>(gateway::openai_embeddings_surface());
  const gateway::Inspected again = spoken.inspect(sent, tokens);
  EXPECT_THAT(again.has_value());
  EXPECT_THAT(again->model == "host" && again->stream == asked->stream && again->prompt == asked->prompt);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check(gateway::openai_completions_surface(), bytes, {}, tokens);
  check(gateway::openai_embeddings_surface(), bytes, {}, tokens);
  for (const std::string_view action : {"embedContent", "batchEmbedContents"}) {
    check(gateway::gemini_embeddings_surface(action), bytes, action, tokens);
  }
  return 0;
}
