#include "providers/dialects/anthropic/event.hpp"

#include "providers/dialect/told_count.hpp"
#include "providers/dialects/anthropic/errors.hpp"

namespace providers {
namespace {

// Consumes any value.
bool take_citation(JsonWalk& walk, std::string_view text, AnthropicCitation& citation) {
  if (walk.type() != JsonType::object) return walk.skip();
  const std::size_t begin = walk.position();
  const bool is_read = walk.object([&](const JsonString& key) {
    if (key.is("type")) return take_text(walk, citation.type);
    if (key.is("url")) return take_text(walk, citation.url);
    if (key.is("source")) return take_text(walk, citation.source);
    if (key.is("title")) return take_text(walk, citation.title);
    return key.is("cited_text") ? take_text(walk, citation.cited) : walk.skip();
  });
  if (is_read) citation.json = text.substr(begin, walk.end() - begin);
  return is_read;
}

class EventReader {
 public:
  EventReader(std::string_view data, JsonTokens& tokens, AnthropicUsage& usage)
      : data_(data), walk_(tokens, data), usage_(usage) {}

  bool read() {
    if (!walk_.ok() || walk_.type() != JsonType::object) return false;
    return walk_.object([this](const JsonString& key) { return member(key); }) && walk_.finish();
  }

  AnthropicEvent event;

 private:
  bool member(const JsonString& key) {
    if (key.is("type")) return take_text(walk_, event.type);
    if (key.is("delta")) return object([this](const JsonString& inner) { return delta(inner); });
    if (key.is("content_block")) {
      event.block = read_anthropic_block(walk_, data_);
      return walk_.ok();
    }
    if (key.is("message")) return object([this](const JsonString& inner) { return message(inner); });
    if (key.is("usage")) return usage();
    if (key.is("error") && walk_.type() != JsonType::null) {
      event.error = read_anthropic_error_value(walk_);
      return walk_.ok();
    }
    return walk_.skip();
  }

  bool message(const JsonString& key) {
    if (key.is("id")) return take_text(walk_, event.id);
    if (key.is("model")) {
      const std::size_t begin = walk_.position();
      if (!take_text(walk_, event.model)) return false;
      event.model_value = {begin, walk_.end()};
      return true;
    }
    if (key.is("usage")) return usage();
    return walk_.skip();
  }

  bool usage() {
    const std::size_t begin = walk_.position();
    const bool is_null = walk_.type() == JsonType::null;
    if (!usage_.read(walk_)) return false;
    if (!is_null) event.usage_value = {begin, walk_.end()};
    return true;
  }

  bool delta(const JsonString& key) {
    AnthropicDelta& delta = event.delta;
    if (key.is("type")) return take_text(walk_, delta.type);
    if (key.is("text") || key.is("partial_json") || key.is("thinking") || key.is("signature")) {
      return take_text(walk_, delta.text);
    }
    if (key.is("stop_reason")) return take_text(walk_, delta.stop_reason);
    if (key.is("stop_sequence")) return take_text(walk_, delta.stop_sequence);
    if (key.is("citation")) return take_citation(walk_, data_, delta.citation);
    return walk_.skip();
  }

  template <class Member>
  bool object(Member read_member) {
    return walk_.type() == JsonType::object ? walk_.object(read_member) : walk_.skip();
  }

  std::string_view data_;
  JsonWalk walk_;
  AnthropicUsage& usage_;
};

// Consumes an object, or skips what is none. Nothing where it has no members.
bool take_input(JsonWalk& walk, std::string_view text, std::string_view& input) {
  if (walk.type() != JsonType::object) return walk.skip();
  const std::size_t begin = walk.position();
  bool has_members = false;
  if (!walk.object([&](const JsonString&) { return has_members = true, walk.skip(); })) return false;
  if (has_members) input = text.substr(begin, walk.end() - begin);
  return true;
}

}  // namespace

std::optional<AnthropicEvent> read_anthropic_event(std::string_view data, JsonTokens& tokens,
                                                   AnthropicUsage& usage) {
  EventReader reader(data, tokens, usage);
  if (!reader.read()) return std::nullopt;
  return std::move(reader.event);
}

std::optional<AnthropicBlockSeen> read_anthropic_block(JsonWalk& walk, std::string_view text) {
  if (walk.type() != JsonType::object) {
    walk.skip();
    return std::nullopt;
  }
  AnthropicBlockSeen block;
  const bool read = walk.object([&](const JsonString& key) {
    if (key.is("type")) return take_text(walk, block.type);
    if (key.is("text") || key.is("thinking") || key.is("data")) return take_text(walk, block.text);
    if (key.is("signature")) return take_text(walk, block.signature);
    if (key.is("id")) return take_text(walk, block.id);
    if (key.is("name")) return take_text(walk, block.name);
    if (key.is("input")) return take_input(walk, text, block.input);
    if (key.is("citations") && walk.type() == JsonType::array) {
      return walk.array([&] {
        const bool is_more = block.citations.size() < most_anthropic_citations;
        return is_more ? take_citation(walk, text, block.citations.emplace_back()) : walk.skip();
      });
    }
    return walk.skip();
  });
  if (!read) return std::nullopt;
  return block;
}

}  // namespace providers
