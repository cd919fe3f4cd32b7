#include "providers/dialects/bedrock_converse/stream.hpp"

#include <string>

#include "providers/dialect/told_count.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

Reading ConverseStream::take_event(const EventFrame& frame, AnswerSink& sink) {
  std::optional<std::int64_t> index;
  std::string_view part;
  Text stop_reason;
  ConverseUsage usage;
  bool is_odd = false;
  JsonWalk walk(tokens_, frame.payload);
  const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                       walk.object([&](const JsonString& key) {
                         if (key.is("contentBlockIndex")) return take_count(walk, index, is_odd);
                         if (key.is("start") || key.is("delta")) return take_range(walk, frame.payload, part);
                         if (key.is("stopReason")) return take_text(walk, stop_reason);
                         if (key.is("serviceTier")) return usage.read_tier(walk);
                         return key.is("usage") ? usage.read(walk) : walk.skip();
                       }) &&
                       walk.finish();
  if (!is_read) return Reading::bad;
  if (frame.event_type == "messageStart") {
    answer_.begin(sink);
  } else if (frame.event_type == "contentBlockStart" || frame.event_type == "contentBlockDelta") {
    const auto block = static_cast<std::size_t>(index.value_or(0));
    if (!part.empty() && !answer_.part(block, part, sink)) return Reading::bad;
  } else if (frame.event_type == "contentBlockStop") {
    answer_.block_ended(sink);
  } else if (frame.event_type == "messageStop") {
    if (!answer_.end(stop_reason, sink)) return Reading::failed;
  } else if (frame.event_type == "metadata") {
    answer_.usage(usage, sink);
    return Reading::ended;
  }
  return Reading::goes_on;
}

}  // namespace providers
