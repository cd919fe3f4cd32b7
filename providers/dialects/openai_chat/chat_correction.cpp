#include "providers/dialects/openai_chat/chat_correction.hpp"

#include <algorithm>
#include <utility>

#include "providers/dialect/finish_words.hpp"

namespace providers {
namespace {

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
      FoundChoice found;
      found.index = place++;
      if (walk.type() != JsonType::object) return walk.skip();
      if (!read_choice(walk, data, found)) return false;
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

void ChatCorrection::correct(FoundChoice& found, DataEdits& edits) {
  Choice* const choice = choice_of(found.index);
  if (!choice) return;
  for (const FoundCall& call : found.calls) {
    if (call.object.empty()) continue;
    std::string text;
    append_escaped(text, call.object.of(data_));
    edits.put(call.object, quoted(text));
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
void ChatCorrection::join_parts(const FoundChoice& found, DataEdits& edits) {
  if (!found.parts_thinking.empty() && !found.reasoning.tells() && !found.reasoning_content.tells())
    put_before_content(found, tell_thinking(found, found.parts_thinking, edits), edits);
  const bool is_nothing = found.parts_text.empty() && found.is_delta;
  edits.put(found.content.value, is_nothing ? "null" : quoted(found.parts_text));
}

// In both of the members that clients know, unless the host has told it in one. Returns those that its
// message has no place for, each with a comma behind it.
std::string ChatCorrection::tell_thinking(const FoundChoice& found, std::string_view raw, DataEdits& edits) {
  const std::string_view thinking = quoted(raw);
  std::string members;
  for (const auto& [member, name] : {std::pair{&found.reasoning_content, "\"reasoning_content\":"},
                                     std::pair{&found.reasoning, "\"reasoning\":"}}) {
    if (member->tells()) continue;
    if (member->value.empty()) {
      members.append(name).append(thinking).append(",");
    } else {
      edits.put(member->value, thinking);
    }
  }
  return members;
}

void ChatCorrection::put_before_content(const FoundChoice& found, std::string members, DataEdits& edits) {
  if (members.empty()) return;
  edits.put({found.content.member.begin, found.content.member.begin}, keep(std::move(members)));
}

// None is null while an answer comes, and one that came whole has ended.
void ChatCorrection::end_unsaid(const Choice& choice, const FoundChoice& found, DataEdits& edits) {
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

void ChatCorrection::part(Choice& choice, FoundChoice& found, DataEdits& edits) {
  if (found.reasoning.tells() || found.reasoning_content.tells()) choice.tags.host_parts();
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
  std::string before;
  if (!parted.thinking.empty()) before = tell_thinking(found, parted.thinking, edits);
  if (is_text) {
    put_before_content(found, std::move(before), edits);
    edits.put(found.content.value, quoted(parted.text));
    return;
  }
  before.append("\"content\":\"").append(parted.text).append(found.has_members ? "\"," : "\"");
  if (found.message.empty()) return add_delta(found, before, edits);
  edits.put({found.message.begin + 1, found.message.begin + 1}, keep(before));
}

// What was held back has no other place in an event that tells the end alone.
void ChatCorrection::add_delta(const FoundChoice& found, std::string_view members, DataEdits& edits) {
  const std::string delta = std::string("{").append(members).append("}");
  if (!found.no_delta.empty()) return edits.put(found.no_delta, keep(delta));
  edits.put({found.finish_begin, found.finish_begin}, keep("\"delta\":" + delta + ","));
}

void ChatCorrection::number_calls(Choice& choice, const FoundChoice& found, DataEdits& edits) {
  std::size_t place = 0;
  for (const FoundCall& call : found.calls) {
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
void ChatCorrection::name_finish(const Choice& choice, const FoundChoice& found, DataEdits& edits) {
  if (is_usual_finish(found.finish) || is_broken_off(found.finish)) return;
  EndReason reason = end_reason_of(found.finish);
  if (reason == EndReason::stop && choice.calls.any()) reason = EndReason::tool_calls;
  std::string text = "\"";
  text.append(word_of(reason)).append("\"");
  if (!found.tells_native) text.append(",\"native_finish_reason\":").append(found.finish_value.of(data_));
  edits.put(found.finish_value, keep(std::move(text)));
}

}  // namespace providers
