#include "providers/dialects/openai_chat/answer.hpp"

#include <algorithm>
#include <utility>

#include "providers/dialect/finish_words.hpp"
#include "providers/dialect/told_count.hpp"

namespace providers {
namespace {

using Kind = AnswerEvent::Kind;

}  // namespace

bool OpenAiChatAnswer::tell(std::string_view data, JsonTokens& tokens, const PassedContent& content,
                            const ReportedUsage& usage, AnswerSink& sink) {
  if (!has_begun_) begin(data, tokens, sink);
  data_ = data;
  found_.clear();
  parted_.clear();
  stop_sequence_ = {};
  has_answered_ |= content.any();
  const bool is_end = !content.finish_reason.empty() && !has_ended_;
  if (content.any() || is_end || data.find("\"annotations\"") != std::string_view::npos) {
    has_thinking_ = false;
    JsonWalk walk(tokens, data);
    walk.object([&](const JsonString& key) {
      if (!key.is("choices") || walk.type() != JsonType::array) return walk.skip();
      return walk.array([&] { return choice(walk); });
    });
    if (is_end || content.tool_call) find(tags_.rest());
    // Thought comes first, also in a whole reply that tells it last.
    for (const AnswerEvent& event : found_) {
      if (event.kind == Kind::thinking) sink.take(event);
    }
    for (const AnswerEvent& event : found_) {
      if (event.kind != Kind::thinking) sink.take(event);
    }
  }
  // Once, for hosts that end in every chunk.
  const bool is_broken = is_end && is_broken_off(content.finish_reason);
  if (is_end && !is_broken) end(content.finish_reason, sink);
  if (usage.usage) sink.take({.kind = Kind::usage, .usage = *usage.usage, .usage_is_odd = usage.anomaly});
  if (!is_broken) return true;
  const ReportedError error = broken_off_error(content.finish_reason);
  sink.take({.kind = Kind::error, .error = &error});
  return false;
}

void OpenAiChatAnswer::end(std::string_view word, AnswerSink& sink) {
  has_ended_ = true;
  EndReason reason = end_reason_of(word);
  if (!is_usual_finish(word) && reason == EndReason::stop && calls_.any()) reason = EndReason::tool_calls;
  sink.take({.kind = Kind::end,
             .text = stop_sequence_,
             .name = {word.empty() ? word_of(reason) : word, true},
             .reason = reason});
}

void OpenAiChatAnswer::tell_end(AnswerSink& sink) {
  tell_rest(sink);
  if (has_answered_ && !has_ended_) end({}, sink);
}

void OpenAiChatAnswer::tell_rest(AnswerSink& sink) {
  found_.clear();
  parted_.clear();
  find(tags_.rest());
  for (const AnswerEvent& event : found_) sink.take(event);
}

void OpenAiChatAnswer::begin(std::string_view data, JsonTokens& tokens, AnswerSink& sink) {
  has_begun_ = true;
  AnswerEvent event{.kind = Kind::begin};
  JsonWalk walk(tokens, data);
  walk.object([&](const JsonString& key) {
    if (key.is("id")) return take_text(walk, event.id);
    if (key.is("model")) return take_text(walk, event.name);
    return walk.skip();
  });
  sink.take(event);
}

// Only of the first one: no more are asked for.
bool OpenAiChatAnswer::choice(JsonWalk& walk) {
  if (walk.type() != JsonType::object) return walk.skip();
  const std::size_t before = found_.size();
  text_logprobs_ = refusal_logprobs_ = {};
  const bool is_read = walk.object([&](const JsonString& key) {
    if (key.is("logprobs")) return logprobs(walk);
    const bool is_message = (key.is("delta") || key.is("message")) && walk.type() == JsonType::object;
    if (is_message) return message(walk);
    // vLLM and SGLang tell the stop sequence; a number is a token that ends every answer.
    const bool is_stop = key.is("stop_reason") || key.is("matched_stop");
    return is_stop ? take_text(walk, stop_sequence_) : walk.skip();
  });
  tell_logprobs(before);
  return is_read;
}

bool OpenAiChatAnswer::logprobs(JsonWalk& walk) {
  if (walk.type() != JsonType::object) return walk.skip();
  return walk.object([&](const JsonString& key) {
    if (key.is("content")) return take_array(walk, data_, text_logprobs_);
    return key.is("refusal") ? take_array(walk, data_, refusal_logprobs_) : walk.skip();
  });
}

// With the last piece of what they are of. Of what was thought they have no place elsewhere.
void OpenAiChatAnswer::tell_logprobs(std::size_t before) {
  const auto tell = [&](Kind kind, std::string_view json) {
    if (json.empty()) return;
    for (std::size_t i = found_.size(); i > before; --i) {
      if (found_[i - 1].kind != kind) continue;
      found_[i - 1].json = json;
      return;
    }
    const bool is_thought = std::any_of(
        found_.begin(), found_.end(), [](const AnswerEvent& event) { return event.kind == Kind::thinking; });
    if (!is_thought) found_.push_back({.kind = kind, .json = json});
  };
  tell(Kind::text, text_logprobs_);
  tell(Kind::refusal, refusal_logprobs_);
}

bool OpenAiChatAnswer::message(JsonWalk& walk) {
  return walk.object([&](const JsonString& key) {
    if (key.is("content")) return content(walk);
    if (key.is("refusal")) return piece(walk, Kind::refusal);
    if (key.is("reasoning_content") || key.is("reasoning")) return thinking(walk);
    if (key.is("tool_calls") && walk.type() == JsonType::array) return tool_calls(walk);
    if (key.is("annotations") && walk.type() == JsonType::array) return annotations(walk);
    if (key.is("images") && walk.type() == JsonType::array) return images(walk);
    return walk.skip();
  });
}

// A text, or Mistral's array of texts and thoughts.
bool OpenAiChatAnswer::content(JsonWalk& walk) {
  if (walk.type() != JsonType::array) return text(walk);
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (key.is("text")) return piece(walk, Kind::text);
      if (!key.is("thinking")) return walk.skip();
      if (walk.type() != JsonType::array) return piece(walk, Kind::thinking);
      return walk.array([&] {
        if (walk.type() != JsonType::object) return walk.skip();
        return walk.object([&](const JsonString& inner) {
          return inner.is("text") ? piece(walk, Kind::thinking) : walk.skip();
        });
      });
    });
  });
}

// What hosts leave in the text of thinking is told apart.
bool OpenAiChatAnswer::text(JsonWalk& walk) {
  if (tags_.is_over()) return piece(walk, Kind::text);
  Text found;
  if (!take_text(walk, found)) return false;
  find(tags_.part(found.raw));
  return true;
}

void OpenAiChatAnswer::find(Kind kind, std::string text) {
  if (text.empty()) return;
  found_.push_back({.kind = kind, .text = {parted_.emplace_front(std::move(text)), true}});
}

void OpenAiChatAnswer::find(ThinkTags::Parted parted) {
  find(Kind::thinking, std::move(parted.thinking));
  find(Kind::text, std::move(parted.text));
}

bool OpenAiChatAnswer::piece(JsonWalk& walk, Kind kind) {
  Text text;
  if (!take_text(walk, text)) return false;
  if (!text.raw.empty()) found_.push_back({.kind = kind, .text = text});
  return true;
}

// Some hosts tell it twice, under both names.
bool OpenAiChatAnswer::thinking(JsonWalk& walk) {
  if (has_thinking_ || walk.type() != JsonType::string) return walk.skip();
  const std::size_t before = found_.size();
  if (!piece(walk, Kind::thinking)) return false;
  has_thinking_ = found_.size() > before;
  if (has_thinking_) tags_.host_parts();
  return true;
}

// Pages of the web; what else stands there no other API has.
bool OpenAiChatAnswer::annotations(JsonWalk& walk) {
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (!key.is(page_citation) || walk.type() != JsonType::object) return walk.skip();
      AnswerEvent event{.kind = Kind::citation, .format = page_citation};
      if (!take_range(walk, data_, event.json)) return false;
      found_.push_back(event);
      return true;
    });
  });
}

// As OpenRouter has them: addresses, most of which hold the picture.
bool OpenAiChatAnswer::images(JsonWalk& walk) {
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    return walk.object([&](const JsonString& key) {
      if (!key.is("image_url") || walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& inner) {
        if (!inner.is("url")) return walk.skip();
        Text url;
        if (!take_text(walk, url)) return false;
        constexpr std::string_view scheme = "data:", coded = ";base64,";
        const std::size_t comma = url.raw.find(coded);
        if (url.raw.starts_with(scheme) && comma != std::string_view::npos) {
          const Text type{url.raw.substr(scheme.size(), comma - scheme.size()), url.escaped};
          found_.push_back({.kind = Kind::image,
                            .text = {url.raw.substr(comma + coded.size()), url.escaped},
                            .name = type});
        } else if (!url.raw.empty()) {
          found_.push_back({.kind = Kind::image, .text = url});
        }
        return true;
      });
    });
  });
}

bool OpenAiChatAnswer::tool_calls(JsonWalk& walk) {
  std::size_t place = 0;
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    CallPiece found;
    const bool read = walk.object([&](const JsonString& key) {
      if (key.is("id")) return take_text(walk, found.id);
      if (key.is("index") && walk.type() == JsonType::number) {
        const auto number = walk.number();
        if (number) found.index = number->integer();
        return number.has_value();
      }
      if (!key.is("function") || walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& inner) {
        if (inner.is("name")) return take_text(walk, found.name);
        return inner.is("arguments") ? arguments(walk, found.arguments) : walk.skip();
      });
    });
    if (read) take(found, place++);
    return read;
  });
}

// A text, or the object itself, as some hosts have it.
bool OpenAiChatAnswer::arguments(JsonWalk& walk, Text& found) {
  if (walk.type() != JsonType::object) return take_text(walk, found);
  const std::size_t begin = walk.position();
  if (!walk.skip()) return false;
  std::string& text = parted_.emplace_front();
  append_escaped(text, data_.substr(begin, walk.end() - begin));
  found = {text, true};
  return true;
}

void OpenAiChatAnswer::take(const CallPiece& piece, std::size_t place) {
  const auto call = calls_.of(piece.index, piece.id.raw, place);
  if (!call) return;
  if (call->is_new) {
    found_.push_back({.kind = Kind::tool_call, .index = call->number, .id = piece.id, .name = piece.name});
  }
  if (!piece.arguments.raw.empty()) {
    found_.push_back({.kind = Kind::arguments, .index = call->number, .text = piece.arguments});
  }
}

}  // namespace providers
