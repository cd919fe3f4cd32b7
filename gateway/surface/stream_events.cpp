#include "gateway/surface/stream_events.hpp"

#include <boost/json.hpp>

#include "gateway/text/line_writer.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

std::string_view object_name(StreamShape shape) {
  return shape == StreamShape::chat ? "chat.completion.chunk" : "text_completion";
}

// Up to the list of choices.
void begin_chunk(LineWriter& line, const StreamIdentity& stream, StreamShape shape) {
  line.text("data: {\"id\":");
  line.json_string(stream.id);
  line.text(",\"object\":\"");
  line.text(object_name(shape));
  line.text("\",\"created\":");
  line.integer(stream.created);
  line.text(",\"model\":");
  line.json_string(stream.model);
}

}  // namespace

std::string note_event(std::string_view members, const StreamIdentity& stream, StreamShape shape) {
  std::string text;
  LineWriter line(text);
  begin_chunk(line, stream, shape);
  line.text(",\"choices\":[],");
  line.text(members);
  line.text("}\n\n");
  line.hand_over();
  return text;
}

std::string usage_event(const routing::Attempt& attempt, const StreamIdentity& stream, StreamShape shape) {
  const routing::Usage usage = attempt.usage.value_or(routing::Usage{});
  std::string text;
  LineWriter line(text);
  begin_chunk(line, stream, shape);
  line.text(",\"choices\":[],\"usage\":{\"prompt_tokens\":");
  line.integer(usage.prompt.count);
  line.text(",\"completion_tokens\":");
  line.integer(usage.output.count);
  line.text(",\"total_tokens\":");
  line.integer(usage.prompt.count + usage.output.count);
  if (usage.cached.count > 0) {
    line.text(",\"prompt_tokens_details\":{\"cached_tokens\":");
    line.integer(usage.cached.count);
    line.text("}");
  }
  if (usage.reasoning.count > 0) {
    line.text(",\"completion_tokens_details\":{\"reasoning_tokens\":");
    line.integer(usage.reasoning.count);
    line.text("}");
  }
  line.text(",\"cost\":");
  line.fixed(attempt.cost.nanos, 9);
  if (attempt.usage_is_estimated) line.text(",\"isocost\":{\"estimated\":true}");
  line.text("}}\n\n");
  line.hand_over();
  return text;
}

std::string error_event(const ErrorReply& error, const StreamIdentity& stream, StreamShape shape) {
  json::object details;
  for (const auto& [name, value] : error.metadata) details[name] = value;
  details["error_type"] = shown_code(error);
  json::object failure{{"code", error.status}, {"message", error.message}, {"type", error.type}};
  if (!error.param.empty()) failure["param"] = error.param;
  if (!error.failed_generation.empty()) failure["failed_generation"] = error.failed_generation;
  failure["metadata"] = std::move(details);
  json::object choice{{"index", 0}};
  if (shape == StreamShape::chat) {
    choice["delta"] = {{"content", ""}};
  } else {
    choice["text"] = "";
  }
  choice["finish_reason"] = "error";
  const json::object chunk{
      {"id", stream.id},       {"object", object_name(shape)}, {"created", stream.created},
      {"model", stream.model}, {"error", std::move(failure)},  {"choices", json::array{choice}}};
  return "data: " + json::serialize(chunk) + "\n\n";
}

}  // namespace gateway
