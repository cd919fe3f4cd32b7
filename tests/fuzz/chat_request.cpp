// Against a plain reading of RFC 8259: our walk accepts a text exactly when that does (but for depth), and
// whatever simdjson's DOM accepts, which minds numbers and surrogates that nobody needs. What is forwarded of
// a request is JSON with the host's model in it.
#include <simdjson.h>

#include <string>

#include "gateway/surface/block_hash.hpp"
#include "gateway/surface/upstream_body.hpp"
#include "gateway/surfaces/openai_chat/chat_prompt.hpp"
#include "gateway/surfaces/openai_chat/chat_request.hpp"
#include "providers/json/json_walk.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/support/plain_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static providers::JsonTokens tokens;
  static simdjson::dom::parser parser;
  // Of its exact size, so that a read past its end is seen.
  const std::string body(reinterpret_cast<const char*>(data), size);

  providers::JsonWalk walk(tokens, body);
  const bool ours = walk.ok() && walk.skip() && walk.finish();
  const bool too_deep = walk.fault().what.find("deep") != std::string_view::npos;
  EXPECT_THAT(ours == support::is_json(body) || too_deep);
  EXPECT_THAT(ours || too_deep || parser.parse(body).error() != simdjson::SUCCESS);
  providers::JsonWalk reply(tokens, body, providers::JsonWalk::Depth::any);
  EXPECT_THAT((reply.ok() && reply.skip() && reply.finish()) == support::is_json(body));

  const auto request = gateway::inspect_chat(body, tokens);
  if (request.has_error()) {
    EXPECT_THAT(!request.error().message.empty());
    return 0;
  }
  EXPECT_THAT(ours);
  const gateway::UpstreamBody upstream(*request, body, "ho\"st");
  std::string text;
  for (const auto piece : upstream.pieces()) text += piece;
  EXPECT_THAT(support::is_json(text));
  // Of what simdjson does not read, our own reading must do.
  simdjson::dom::element forwarded;
  if (parser.parse(text).get(forwarded) == simdjson::SUCCESS) {
    std::string_view model;
    EXPECT_THAT(forwarded["model"].get(model) == simdjson::SUCCESS && model == "ho\"st");
    if (request->stream) {
      bool usage = false;
      EXPECT_THAT(forwarded["stream_options"]["include_usage"].get(usage) == simdjson::SUCCESS && usage);
    }
  }
  const auto again = gateway::inspect_chat(text, tokens);
  EXPECT_THAT(again.has_value() && again->model == "ho\"st");
  EXPECT_THAT(again->routing_members.empty());
  EXPECT_THAT(gateway::prefix_blocks(text, again->messages, again->tools) ==
              gateway::prefix_blocks(body, request->messages, request->tools));
  return 0;
}
