#include "providers/dialects/openai_chat/chat_correction.hpp"

#include <algorithm>
#include <utility>

#include "providers/dialect/finish_words.hpp"

namespace providers {
namespace {

// No API gives more choices.
constexpr std::size_t most_choices = 128;

// Where a key that was just read begins, its quote included.
std::size_t begin_of(const JsonString& key, std::string_view data) {
  return static_cast<std::size_t>(key.raw.data() - data.data()) - 1;
}

// Whether the text holds "think". The k is its rarest letter by far, and few texts are read for it letter by
// letter.
bool tells_of_thinking(std::string_view text) {
  constexpr std::string_view before = "thin";
  for (std::size_t at = text.find('k', before.size()); at != std::string_view::npos;
       at = text.find('k', at + 1)) {
    if (text.substr(at - before.size(), before.size()) == before) return true;
  }
  return false;
}

}  // namespace

// Everything that is right is read once only.
bool ChatCorrection::is_needed(std::string_view data, const PassedContent& content) const {
  if (content.tool_call || content.is_odd) return true;
  if (!content.finish_reason.empty() && !is_usual_finish(content.finish_reason)) return true;
  if (meaning_ == config::ThinkTags::text) return false;
  const bool is_new = (content.seen >> choices_.size()).any();
  const bool all_over = std::ranges::all_of(choices_, [](const Choice& c) { return c.tags.is_over(); });
  if (all_over && !is_new) return false;
  const bool is_end = !content.finish_reason.empty();
  // A whole reply, as most are.
  const bool is_plain =
      choices_.empty() && is_end && meaning_ == config::ThinkTags::reasoning && !tells_of_thinking(data);
  // What the host itself tells as thinking says something of its text only where that may begin as thinking.
  const bool tells_meaning = content.reasoning && meaning_ == config::ThinkTags::opened;
  return !is_plain && (is_end || content.text || tells_meaning);
}

ChatCorrection::Choice* ChatCorrection::choice_of(std::size_t index) {
  if (index >= most_choices) return nullptr;
  while (choices_.size() <= index) choices_.emplace_back(meaning_);
  return &choices_[index];
}

void ChatCorrection::correct(std::string_view data, JsonTokens& tokens, PassedContent& content,
                             DataEdits& edits) {
  seen_ |= content.seen;
  finished_ |= content.finished;
  has_content_ |= content.any();
  if (!is_needed(data, content)) return;
  kept_.clear();
  data_ = data;
  parted_ = shows_text_ = shows_thinking_ = false;
  JsonWalk walk(tokens, data, JsonWalk::Depth::any);
  walk.object([&](const JsonString& key) {
    if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
    std::size_t place = 0;
    return walk.array([&] {
      Found found;
      found.index = place++;
      if (walk.type() != JsonType::object) return walk.skip();
      if (!read(walk, found)) return false;
      correct(found, edits);
      return true;
    });
  });
  if (!parted_) return;
  content.text = shows_text_;
  content.reasoning |= shows_thinking_;
}

std::string ChatCorrection::rest(Follows follows) {
  const bool is_over = follows == Follows::end_mark && has_content_;
  std::string choices;
  for (std::size_t i = 0; i < most_choices; ++i) {
    const bool is_known = i < choices_.size();
    const ThinkTags::Parted rest = is_known ? choices_[i].tags.rest() : ThinkTags::Parted();
    const bool is_thought = !rest.thinking.empty();
    const std::string& text = is_thought ? rest.thinking : rest.text;
    const bool is_unsaid = is_over && seen_.test(i) && !finished_.test(i);
    if (text.empty() && !is_unsaid) continue;
    choices.append(choices.empty() ? "" : ",").append("{\"index\":").append(std::to_string(i));
    if (api_ == Api::completions) {
      choices.append(",\"text\":\"\",\"logprobs\":null,\"finish_reason\":");
    } else {
      choices.append(",\"delta\":{");
      if (is_thought) choices.append("\"reasoning_content\":\"").append(text).append("\",\"reasoning\":\"");
      if (!is_thought && !text.empty()) choices.append("\"content\":\"");
      if (!text.empty()) choices.append(text).append("\"");
      choices.append("},\"finish_reason\":");
    }
    if (is_unsaid) {
      const bool calls = is_known && choices_[i].calls.any();
      choices.append("\"").append(word_of(calls ? EndReason::tool_calls : EndReason::stop)).append("\"}");
    } else {
      choices.append("null}");
    }
  }
  if (choices.empty()) return {};
  const std::string_view object = api_ == Api::chat ? "chat.completion.chunk" : "text_completion";
  return R"({"id":"","object":")" + std::string(object) + R"(","created":0,"model":"","choices":[)" +
         choices + "]}";
}

bool ChatCorrection::read(JsonWalk& walk, Found& found) const {
  found.begin = walk.position() + 1;
  return walk.object([&](const JsonString& key) {
    const bool is_delta = key.is("delta");
    if ((is_delta || key.is("message")) && walk.type() == JsonType::object) {
      found.is_delta = is_delta;
      return read_message(walk, found);
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
    found.finish_begin = begin_of(key, data_);
    found.finish_value = {begin, walk.end()};
    return true;
  });
}

bool ChatCorrection::read_message(JsonWalk& walk, Found& found) const {
  const std::size_t begin = walk.position();
  const bool is_read = walk.object([&](const JsonString& key) {
    found.has_members = true;
    if (key.is("tool_calls") && walk.type() == JsonType::array) return read_calls(walk, found);
    Place* const place = key.is("content")             ? &found.content
                         : key.is("reasoning")         ? &found.reasoning
                         : key.is("reasoning_content") ? &found.reasoning_content
                                                       : nullptr;
    const bool is_more = key.is("refusal") || key.is("audio") || key.is("images");
    if (!place) {
      const std::size_t value = walk.position();
      if (!walk.skip()) return false;
      found.shows_more |= is_more && walk.end() - value > 2 && data_[value] != 'n';  // not "", {}, [], null
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
    place->member = {begin_of(key, data_), walk.end()};
    // Mistral's arrays tell thinking apart themselves.
    found.shows_more |= place == &found.content && !is_string && !is_null;
    return true;
  });
  found.message = {begin, walk.end()};
  return is_read;
}

// Mistral's, as in
// [{"type":"thinking","thinking":[{"type":"text","text":"..."}]},{"type":"text","text":"..."}].
bool ChatCorrection::read_parts(JsonWalk& walk, Found& found) const {
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

bool ChatCorrection::read_calls(JsonWalk& walk, Found& found) const {
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    CallPlace call{.begin = walk.position() + 1};
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

bool ChatCorrection::read_function(JsonWalk& walk, CallPlace& call) {
  return walk.object([&](const JsonString& key) {
    const std::size_t begin = walk.position();
    const bool is_object = key.is("arguments") && walk.type() == JsonType::object;
    if (!walk.skip()) return false;
    if (is_object) call.object = {begin, walk.end()};
    return true;
  });
}

void ChatCorrection::correct(Found& found, DataEdits& edits) {
  Choice* const choice = choice_of(found.index);
  if (!choice) return;
  for (const CallPlace& call : found.calls) {
    if (call.object.empty()) continue;
    std::string text = "\"";
    append_escaped(text, call.object.of(data_));
    edits.put(call.object, keep(text.append("\"")));
  }
  number_calls(*choice, found, edits);
  part(*choice, found, edits);
  if (found.is_parted) join_parts(found, edits);
  if (!found.finish.empty()) {
    name_finish(*choice, found, edits);
  } else {
    end_unsaid(*choice, found, edits);
  }
}

// As the text that clients of chat know, with what was thought beside it.
void ChatCorrection::join_parts(const Found& found, DataEdits& edits) {
  const auto is_told = [](const Place& place) { return !place.value.empty() && !place.is_blank; };
  const bool has_thinking = !found.parts_thinking.empty();
  if (has_thinking && !is_told(found.reasoning) && !is_told(found.reasoning_content)) {
    std::string before;
    const std::string thinking = "\"" + found.parts_thinking + "\"";
    for (const auto& [place, name] : {std::pair{&found.reasoning_content, "\"reasoning_content\":"},
                                      std::pair{&found.reasoning, "\"reasoning\":"}}) {
      if (place->value.empty()) {
        before.append(name).append(thinking).append(",");
      } else {
        edits.put(place->value, keep(thinking));
      }
    }
    if (!before.empty()) edits.put({found.content.member.begin, found.content.member.begin}, keep(before));
  }
  const bool is_nothing = found.parts_text.empty() && found.is_delta;
  edits.put(found.content.value, keep(is_nothing ? "null" : "\"" + found.parts_text + "\""));
}

// None is null while an answer comes, and one that came whole has ended.
void ChatCorrection::end_unsaid(const Choice& choice, const Found& found, DataEdits& edits) {
  const bool is_whole = !found.message.empty() && !found.is_delta;
  const bool is_blank = !found.finish_value.empty() && data_[found.finish_value.begin] == '"';
  if (!is_whole) {
    if (is_blank) edits.put(found.finish_value, "null");
    return;
  }
  const std::string word =
      "\"" + std::string(word_of(choice.calls.any() ? EndReason::tool_calls : EndReason::stop)) + "\"";
  if (!found.finish_value.empty()) return edits.put(found.finish_value, keep(word));
  edits.put({found.begin, found.begin}, keep("\"finish_reason\":" + word + ","));
}

void ChatCorrection::part(Choice& choice, Found& found, DataEdits& edits) {
  const auto is_told = [](const Place& place) { return !place.value.empty() && !place.is_blank; };
  if (is_told(found.reasoning) || is_told(found.reasoning_content)) choice.tags.host_parts();
  const bool is_text = found.has_text;
  shows_text_ |= found.shows_more;
  const bool shows_nothing = found.message.empty() && found.finish.empty();
  if (choice.tags.is_over() || shows_nothing) {
    shows_text_ |= !found.text.raw.empty();
    return;
  }
  ThinkTags::Parted parted;
  if (is_text) parted = choice.tags.part(found.text.raw);
  const bool is_whole = !found.is_delta;
  if (is_whole || !found.finish.empty() || !found.calls.empty()) {
    const ThinkTags::Parted rest = choice.tags.rest();
    parted.thinking += rest.thinking;
    parted.text += rest.text;
  }
  parted_ |= is_text && !found.text.raw.empty();
  shows_text_ |= !parted.text.empty();
  shows_thinking_ |= !parted.thinking.empty();
  const bool is_same = parted.thinking.empty() && parted.text == found.text.raw;
  if (is_same) return;
  parted_ = true;

  const auto quoted = [&](std::string_view raw) { return keep(std::string("\"").append(raw).append("\"")); };
  std::string before;
  if (!parted.thinking.empty()) {
    const std::string_view thinking = quoted(parted.thinking);
    for (const auto& [place, name] : {std::pair{&found.reasoning_content, "\"reasoning_content\":"},
                                      std::pair{&found.reasoning, "\"reasoning\":"}}) {
      if (is_told(*place)) continue;
      if (place->value.empty()) {
        before.append(name).append(thinking).append(",");
      } else {
        edits.put(place->value, thinking);
      }
    }
  }
  if (is_text) {
    const std::string_view text = quoted(parted.text);
    if (!before.empty()) edits.put({found.content.member.begin, found.content.member.begin}, keep(before));
    edits.put(found.content.value, text);
    return;
  }
  before.append("\"content\":\"").append(parted.text).append(found.has_members ? "\"," : "\"");
  if (found.message.empty()) return add_delta(found, before, edits);
  edits.put({found.message.begin + 1, found.message.begin + 1}, keep(before));
}

// What was held back has no other place in an event that tells the end alone.
void ChatCorrection::add_delta(const Found& found, std::string_view members, DataEdits& edits) {
  const std::string delta = std::string("{").append(members).append("}");
  if (!found.no_delta.empty()) return edits.put(found.no_delta, keep(delta));
  edits.put({found.finish_begin, found.finish_begin}, keep("\"delta\":" + delta + ","));
}

void ChatCorrection::number_calls(Choice& choice, const Found& found, DataEdits& edits) {
  std::size_t place = 0;
  for (const CallPlace& call : found.calls) {
    const auto number = choice.calls.of(call.index, call.id, place++);
    if (!number || call.index == static_cast<std::int64_t>(number->number)) continue;
    const std::string digits = std::to_string(number->number);
    if (!call.index_value.empty()) {
      edits.put(call.index_value, keep(digits));
    } else if (found.is_delta) {
      edits.put({call.begin, call.begin}, keep("\"index\":" + digits + ","));
    }
  }
}

// The host's own word goes on beside ours, and alone where it says that the answer is none.
void ChatCorrection::name_finish(const Choice& choice, const Found& found, DataEdits& edits) {
  if (is_usual_finish(found.finish) || is_broken_off(found.finish)) return;
  EndReason reason = end_reason_of(found.finish);
  if (reason == EndReason::stop && choice.calls.any()) reason = EndReason::tool_calls;
  std::string text = "\"";
  text.append(word_of(reason)).append("\"");
  if (!found.tells_native) text.append(",\"native_finish_reason\":").append(found.finish_value.of(data_));
  edits.put(found.finish_value, keep(std::move(text)));
}

}  // namespace providers
