#include "providers/dialects/bedrock_converse/answer.hpp"

#include <string>
#include <utility>
#include <vector>

#include "providers/conversation/page_citation.hpp"
#include "providers/dialect/told_count.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

using Kind = AnswerEvent::Kind;

namespace {

// Of one block no more are told.
constexpr std::size_t most_cited = 1'024;

}  // namespace

struct ConverseAnswer::Part {
  struct Cited {
    CitedPage page;
    std::string_view json;  // as the host words it
  };

  Text text, thinking, signature, redacted;
  std::vector<Text> cited_texts;
  std::vector<Cited> citations;
  Text call_id, call_name;
  Text fragment;           // of a call's arguments
  std::string_view input;  // of a call, whole: an object
  bool is_call = false;
};

void ConverseAnswer::begin(AnswerSink& sink) {
  if (!std::exchange(has_begun_, true)) sink.take({.kind = Kind::begin});
}

bool ConverseAnswer::read(std::string_view json, Part& part) {
  JsonWalk walk(tokens_, json);
  const auto thought = [&](const JsonString& key) {
    if (key.is("text")) return take_text(walk, part.thinking);
    if (key.is("signature")) return take_text(walk, part.signature);
    if (key.is("redactedContent")) return take_text(walk, part.redacted);
    return walk.skip();
  };
  const auto reasoning = [&](const JsonString& key) {
    const bool is_whole = key.is("reasoningText") && walk.type() == JsonType::object;
    return is_whole ? walk.object(thought) : thought(key);
  };
  const auto call = [&](const JsonString& key) {
    if (key.is("toolUseId")) return take_text(walk, part.call_id);
    if (key.is("name")) return take_text(walk, part.call_name);
    if (!key.is("input")) return walk.skip();
    if (walk.type() == JsonType::string) return take_text(walk, part.fragment);
    return take_range(walk, json, part.input);
  };
  const auto place = [&](CitedPage& page) {
    return walk.object([&](const JsonString& kind) {
      if (!kind.is("web") || walk.type() != JsonType::object) return walk.skip();
      return walk.object(
          [&](const JsonString& key) { return key.is("url") ? take_text(walk, page.url) : walk.skip(); });
    });
  };
  const auto cited = [&](JsonWalk& inside) {
    CitedPage page;
    if (inside.type() != JsonType::object || part.citations.size() == most_cited) return inside.skip();
    const std::size_t begin = inside.position();
    const bool is_read = inside.object([&](const JsonString& key) {
      if (key.is("title")) return take_text(walk, page.title);
      const bool is_place = key.is("location") && walk.type() == JsonType::object;
      return is_place ? place(page) : walk.skip();
    });
    if (is_read) part.citations.push_back({page, json.substr(begin, inside.end() - begin)});
    return is_read;
  };
  // A text with what it is from, as whole replies have it.
  const auto cited_text = [&](const JsonString& key) {
    if (walk.type() != JsonType::array) return walk.skip();
    if (key.is("citations")) return walk.array([&] { return cited(walk); });
    if (!key.is("content")) return walk.skip();
    return walk.array([&] {
      if (walk.type() != JsonType::object) return walk.skip();
      return walk.object([&](const JsonString& inner) {
        return inner.is("text") ? take_text(walk, part.cited_texts.emplace_back()) : walk.skip();
      });
    });
  };
  return walk.ok() && walk.type() == JsonType::object && walk.object([&](const JsonString& key) {
    if (key.is("text")) return take_text(walk, part.text);
    if (walk.type() == JsonType::object) {
      if (key.is("reasoningContent")) return walk.object(reasoning);
      if (key.is("toolUse")) return part.is_call = true, walk.object(call);
      if (key.is("citation")) return cited(walk);
      if (key.is("citationsContent")) return walk.object(cited_text);
    }
    return walk.skip();
  });
}

bool ConverseAnswer::part(std::size_t index, std::string_view json, AnswerSink& sink) {
  begin(sink);
  Part part;
  if (!read(json, part)) return false;
  const auto say = [&](const Text& text) {
    if (text.raw.empty()) return;
    characters_ += characters_in(text);
    sink.take({.kind = Kind::text, .text = text});
  };
  say(part.text);
  for (const Text& text : part.cited_texts) say(text);
  for (const Part::Cited& cited : part.citations) {
    if (citations_.size() == most_cited) break;
    const std::string page = page_citation_of(cited.page);
    citations_.push_back({page.empty() ? std::string(cited.json) : page, !page.empty()});
  }
  tell_thinking(index, part, sink);
  if (part.is_call) tell_call(part, sink);
  return true;
}

void ConverseAnswer::tell_thinking(std::size_t index, const Part& part, AnswerSink& sink) {
  const auto tell = [&](Kind kind, const Text& text) {
    if (text.raw.empty()) return;
    if (thinking_block_ != index) ++thoughts_;
    thinking_block_ = index;
    sink.take({.kind = kind, .index = thoughts_ - 1, .text = text, .format = thinking_format_});
  };
  tell(Kind::thinking, part.thinking);
  tell(Kind::signature, part.signature);
  tell(Kind::redacted, part.redacted);
}

void ConverseAnswer::tell_call(const Part& part, AnswerSink& sink) {
  if (!part.call_name.raw.empty()) {
    block_ended(sink);
    is_in_call_ = true;
    has_arguments_ = false;
    sink.take({.kind = Kind::tool_call, .index = calls_++, .id = part.call_id, .name = part.call_name});
  }
  if (!is_in_call_) return;
  const auto tell = [&](const Text& text) {
    has_arguments_ = true;
    sink.take({.kind = Kind::arguments, .index = calls_ - 1, .text = text});
  };
  if (!part.fragment.raw.empty()) tell(part.fragment);
  if (part.input.empty()) return;
  std::string escaped;
  append_escaped(escaped, part.input);
  tell({escaped, true});
}

void ConverseAnswer::block_ended(AnswerSink& sink) {
  // A call without arguments is one with an empty object elsewhere.
  if (is_in_call_ && !has_arguments_) {
    sink.take({.kind = Kind::arguments, .index = calls_ - 1, .text = {"{}", false}});
  }
  is_in_call_ = false;
  // All of a block is what its citations are for.
  for (const Cited& cited : std::exchange(citations_, {})) {
    AnswerEvent event{.kind = Kind::citation, .json = cited.json};
    if (cited.is_page) {
      event.format = page_citation;
      event.place = {block_begin_, characters_};
    }
    sink.take(event);
  }
  block_begin_ = characters_;
}

bool ConverseAnswer::end(const Text& stop_reason, AnswerSink& sink) {
  block_ended(sink);
  begin(sink);
  if (stop_reason.is("malformed_model_output") || stop_reason.is("malformed_tool_use")) {
    ReportedError error;
    error.message = "The model's answer broke off: " + stop_reason.text();
    error.code = "model_error";
    error.status = 500;
    sink.take({.kind = Kind::error, .error = &error});
    return false;
  }
  EndReason reason = EndReason::stop;  // end_turn, stop_sequence, and what is not known
  if (stop_reason.is("tool_use")) reason = EndReason::tool_calls;
  if (stop_reason.is("max_tokens") || stop_reason.is("model_context_window_exceeded")) {
    reason = EndReason::length;
  }
  if (stop_reason.is("guardrail_intervened") || stop_reason.is("content_filtered")) {
    reason = EndReason::content_filter;
  }
  sink.take({.kind = Kind::end, .name = stop_reason, .reason = reason});
  return true;
}

void ConverseAnswer::usage(const ConverseUsage& usage, AnswerSink& sink) {
  if (!usage.is_known()) return;
  sink.take({.kind = Kind::usage, .usage = usage.usage(), .usage_is_odd = usage.is_odd()});
}

}  // namespace providers
