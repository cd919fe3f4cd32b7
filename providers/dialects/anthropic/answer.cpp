#include "providers/dialects/anthropic/answer.hpp"

#include <utility>

#include "providers/conversation/page_citation.hpp"
#include "providers/dialects/anthropic/signed_thinking.hpp"
#include "providers/dialects/anthropic/stop_reason.hpp"

namespace providers {

using Kind = AnswerEvent::Kind;

void AnthropicAnswer::begin(const Text& id, const Text& model, AnswerSink& sink) {
  // Some hosts begin twice, or again in the midst of it.
  if (has_begun_) return;
  has_begun_ = true;
  sink.take({.kind = Kind::begin, .id = id, .name = model});
}

void AnthropicAnswer::block(const AnthropicBlockSeen& block, AnswerSink& sink) {
  block_ended(sink);
  if (block.type.is("text")) {
    open_ = Open::text;
    text_begin_ = characters_;
    say(block.text, sink);
    for (const AnthropicCitation& citation : block.citations) cite(citation);
  } else if (block.type.is("thinking") || block.type.is("redacted_thinking")) {
    thinking_begins(block, sink);
  } else if (block.type.is("tool_use")) {
    tool_begins(block, sink);
  } else {
    open_ = Open::other;
  }
}

void AnthropicAnswer::say(const Text& text, AnswerSink& sink) {
  if (text.raw.empty()) return;
  characters_ += characters_in(text);
  sink.take({.kind = Kind::text, .text = text});
}

// A page, or what the client sent with its address, is cited as one; of documents no other API has a word.
void AnthropicAnswer::cite(const AnthropicCitation& citation) {
  if (citation.json.empty() || cited_.size() == most_anthropic_citations) return;
  const bool is_result = citation.type.is("search_result_location");
  std::string page = page_citation_of({.url = is_result ? citation.source : citation.url,
                                       .title = citation.title,
                                       .content = citation.cited});
  const bool is_page = !page.empty();
  cited_.push_back({is_page ? std::move(page) : std::string(citation.json), is_page});
}

void AnthropicAnswer::tell_citations(AnswerSink& sink) {
  for (const Cited& cited : cited_) {
    AnswerEvent event{.kind = Kind::citation, .json = cited.json};
    if (cited.is_page) {
      event.format = page_citation;
      event.place = {text_begin_, characters_};
    }
    sink.take(event);
  }
  cited_.clear();
}

void AnthropicAnswer::thinking_begins(const AnthropicBlockSeen& block, AnswerSink& sink) {
  open_ = Open::thinking;
  const std::size_t index = thoughts_++;
  const auto tell = [&](Kind kind, const Text& text) {
    if (text.raw.empty()) return;
    has_thought_ = true;
    sink.take({.kind = kind, .index = index, .text = text, .format = anthropic_thinking_format});
  };
  if (block.type.is("redacted_thinking")) {
    tell(Kind::redacted, block.text);
  } else {
    tell(Kind::thinking, block.text);
    tell(Kind::signature, block.signature);
  }
}

void AnthropicAnswer::tool_begins(const AnthropicBlockSeen& block, AnswerSink& sink) {
  open_ = Open::tool;
  has_arguments_ = false;
  // It is empty where the pieces follow; some hosts give it here, and again in pieces.
  input_.clear();
  append_escaped(input_, block.input);
  sink.take({.kind = Kind::tool_call, .index = calls_++, .id = block.id, .name = block.name});
}

void AnthropicAnswer::delta(const AnthropicDelta& delta, AnswerSink& sink) {
  if (open_ == Open::other) return;
  if (delta.type.is("citations_delta")) return cite(delta.citation);
  if (delta.text.raw.empty()) return;
  if (delta.type.is("text_delta")) {
    say(delta.text, sink);
  } else if (delta.type.is("input_json_delta") && open_ == Open::tool) {
    has_arguments_ = true;
    sink.take({.kind = Kind::arguments, .index = calls_ - 1, .text = delta.text});
  } else if (open_ == Open::thinking) {
    const bool is_signature = delta.type.is("signature_delta");
    if (!is_signature && !delta.type.is("thinking_delta")) return;
    has_thought_ = true;
    sink.take({.kind = is_signature ? Kind::signature : Kind::thinking,
               .index = thoughts_ - 1,
               .text = delta.text,
               .format = anthropic_thinking_format});
  }
}

void AnthropicAnswer::block_ended(AnswerSink& sink) {
  if (open_ == Open::tool && !has_arguments_) {
    // A call without arguments is one with an empty object elsewhere.
    const Text text = input_.empty() ? Text{"{}", false} : Text{input_, true};
    sink.take({.kind = Kind::arguments, .index = calls_ - 1, .text = text});
  }
  tell_citations(sink);
  open_ = Open::none;
}

void AnthropicAnswer::end(const Text& stop_reason, const Text& stop_sequence, AnswerSink& sink) {
  block_ended(sink);
  has_ended_ = true;
  sink.take(
      {.kind = Kind::end, .text = stop_sequence, .name = stop_reason, .reason = end_reason_of(stop_reason)});
}

void AnthropicAnswer::all_has_come(AnswerSink& sink) {
  block_ended(sink);
  if (has_ended_ || (characters_ == 0 && !has_thought_ && calls_ == 0)) return;
  end({calls_ > 0 ? "tool_use" : "end_turn", false}, {}, sink);
}

void AnthropicAnswer::usage(const AnthropicUsage& usage, AnswerSink& sink) {
  if (!usage.is_known()) return;
  sink.take({.kind = Kind::usage, .usage = usage.usage(), .usage_is_odd = usage.is_odd()});
}

void AnthropicAnswer::fail(const ReportedError& error, AnswerSink& sink) {
  sink.take({.kind = Kind::error, .error = &error});
}

}  // namespace providers
