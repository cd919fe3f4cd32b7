#include "providers/dialects/bedrock_converse/whole.hpp"

#include <vector>

#include "providers/dialect/told_count.hpp"
#include "providers/dialects/bedrock_converse/answer.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

Reading read_converse_whole(std::string_view body, std::string_view thinking_format, JsonTokens& tokens,
                            AnswerSink& sink) {
  std::vector<std::string_view> blocks;
  Text stop_reason;
  ConverseUsage usage;
  JsonWalk walk(tokens, body);
  const auto message = [&](const JsonString& key) {
    if (!key.is("content") || walk.type() != JsonType::array) return walk.skip();
    return walk.array([&] { return take_range(walk, body, blocks.emplace_back()); });
  };
  const auto output = [&](const JsonString& key) {
    return key.is("message") && walk.type() == JsonType::object ? walk.object(message) : walk.skip();
  };
  const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                       walk.object([&](const JsonString& key) {
                         if (key.is("output") && walk.type() == JsonType::object) return walk.object(output);
                         if (key.is("stopReason")) return take_text(walk, stop_reason);
                         if (key.is("serviceTier")) return usage.read_tier(walk);
                         return key.is("usage") ? usage.read(walk) : walk.skip();
                       }) &&
                       walk.finish();
  if (!is_read) return Reading::bad;

  ConverseAnswer answer(tokens, thinking_format);
  answer.begin(sink);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (!answer.part(i, blocks[i], sink)) return Reading::bad;
    answer.block_ended(sink);
  }
  const bool is_whole = stop_reason.raw.empty() || answer.end(stop_reason, sink);
  answer.usage(usage, sink);
  tokens.shrink();
  return is_whole ? Reading::ended : Reading::failed;
}

}  // namespace providers
