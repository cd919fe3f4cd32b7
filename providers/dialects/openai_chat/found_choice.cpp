#include "providers/dialects/openai_chat/found_choice.hpp"

namespace providers {
namespace {

// Where a key that was just read begins, its quote included.
std::size_t begin_of(const JsonString& key, std::string_view data) {
  return static_cast<std::size_t>(key.raw.data() - data.data()) - 1;
}

bool read_function(JsonWalk& walk, FoundCall& call) {
  return walk.object([&](const JsonString& key) {
    const std::size_t begin = walk.position();
    const bool is_object = key.is("arguments") && walk.type() == JsonType::object;
    if (!walk.skip()) return false;
    if (is_object) call.object = {begin, walk.end()};
    return true;
  });
}

bool read_calls(JsonWalk& walk, FoundChoice& found) {
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    FoundCall call{.begin = walk.position() + 1};
    const bool is_read = walk.object([&](const JsonString& key) {
      const std::size_t begin = walk.position();
      if (key.is("id") && walk.type() == JsonType::string) {
        const auto id = walk.string();
        if (id) call.id = id->raw;
        return id.has_value();
      }
      if (key.is("function") && walk.type() == JsonType::object) return read_function(walk, call);
      if (!key.is("index")) return walk.skip();
      if (walk.type() == JsonType::number) {
        const auto number = walk.number();
        if (!number) return false;
        call.index = number->integer();
      } else if (!walk.skip()) {
        return false;
      }
      call.index_value = {begin, walk.end()};
      return true;
    });
    found.calls.push_back(call);
    return is_read;
  });
}

// Mistral's, as in
// [{"type":"thinking","thinking":[{"type":"text","text":"..."}]},{"type":"text","text":"..."}].
bool read_parts(JsonWalk& walk, FoundChoice& found) {
  const auto piece = [&](std::string& all) {
    if (walk.type() != JsonType::string) return found.is_parted = false, walk.skip();
    const auto text = walk.string();
    if (text) all.append(text->raw);
    return text.has_value();
  };
  const auto thoughts = [&] {
    if (walk.type() != JsonType::array) return piece(found.parts_thinking);
    return walk.array([&] {
      if (walk.type() != JsonType::object) return found.is_parted = false, walk.skip();
      return walk.object(
          [&](const JsonString& key) { return key.is("text") ? piece(found.parts_thinking) : walk.skip(); });
    });
  };
  found.is_parted = true;
  return walk.array([&] {
    if (walk.type() != JsonType::object) return found.is_parted = false, walk.skip();
    bool is_known = false;
    const bool is_read = walk.object([&](const JsonString& key) {
      if (key.is("text")) return is_known = true, piece(found.parts_text);
      if (key.is("thinking")) return is_known = true, thoughts();
      return walk.skip();
    });
    found.is_parted &= is_known;
    return is_read;
  });
}

bool read_message(JsonWalk& walk, std::string_view data, FoundChoice& found) {
  const std::size_t begin = walk.position();
  const bool is_read = walk.object([&](const JsonString& key) {
    found.has_members = true;
    if (key.is("tool_calls") && walk.type() == JsonType::array) return read_calls(walk, found);
    FoundMember* const place = key.is("content")             ? &found.content
                               : key.is("reasoning")         ? &found.reasoning
                               : key.is("reasoning_content") ? &found.reasoning_content
                                                             : nullptr;
    const bool is_more = key.is("refusal") || key.is("audio") || key.is("images");
    if (!place) {
      const std::size_t value = walk.position();
      if (!walk.skip()) return false;
      found.shows_more |= is_more && walk.end() - value > 2 && data[value] != 'n';  // not "", {}, [], null
      return true;
    }
    const std::size_t value = walk.position();
    const bool is_string = walk.type() == JsonType::string, is_null = walk.type() == JsonType::null;
    if (is_string) {
      const auto text = walk.string();
      if (!text) return false;
      place->is_blank = text->raw.empty();
      if (place == &found.content) {
        found.text = *text;
        found.has_text = true;
      }
    } else if (place == &found.content && walk.type() == JsonType::array) {
      if (!read_parts(walk, found)) return false;
    } else if (!walk.skip()) {
      return false;
    }
    place->is_blank |= is_null;
    place->value = {value, walk.end()};
    place->member = {begin_of(key, data), walk.end()};
    // Mistral's arrays tell thinking apart themselves.
    found.shows_more |= place == &found.content && !is_string && !is_null;
    return true;
  });
  found.message = {begin, walk.end()};
  return is_read;
}

}  // namespace

bool read_choice(JsonWalk& walk, std::string_view data, FoundChoice& found) {
  found.begin = walk.position() + 1;
  return walk.object([&](const JsonString& key) {
    const bool is_delta = key.is("delta");
    if ((is_delta || key.is("message")) && walk.type() == JsonType::object) {
      found.is_delta = is_delta;
      return read_message(walk, data, found);
    }
    if (is_delta && walk.type() == JsonType::null) {
      const std::size_t begin = walk.position();
      if (!walk.skip()) return false;
      found.no_delta = {begin, walk.end()};
      return true;
    }
    if (key.is("index") && walk.type() == JsonType::number) {
      const auto number = walk.number();
      const auto index = number ? number->integer() : std::nullopt;
      found.index = index && *index >= 0 ? static_cast<std::size_t>(*index) : most_choices;
      return number.has_value();
    }
    found.tells_native |= key.is("native_finish_reason") && walk.type() == JsonType::string;
    if (!key.is("finish_reason")) return walk.skip();
    const std::size_t begin = walk.position();
    if (walk.type() != JsonType::string) {
      if (!walk.skip()) return false;
      found.finish_value = {begin, walk.end()};
      return true;
    }
    const auto word = walk.string();
    if (!word) return false;
    found.finish = word->raw;
    found.finish_begin = begin_of(key, data);
    found.finish_value = {begin, walk.end()};
    return true;
  });
}

}  // namespace providers
