#include "providers/dialects/openai_responses/answer.hpp"

#include <string>

namespace providers {

using Kind = AnswerEvent::Kind;

namespace {

// No answer has more; some hosts count wrongly.
constexpr std::size_t most_items = 1'024;

}  // namespace

void ResponsesAnswer::begin(const ResponsesObject& response, AnswerSink& sink) {
  if (has_begun_) return;
  has_begun_ = true;
  sink.take({.kind = Kind::begin, .id = response.id, .name = response.model});
}

// The last one is mostly it.
ResponsesAnswer::Item& ResponsesAnswer::item_at(std::int64_t output_index) {
  for (std::size_t i = items_.size(); i > 0; --i) {
    if (items_[i - 1].output_index == output_index) return items_[i - 1];
  }
  if (items_.size() < most_items) items_.push_back({.output_index = output_index});
  return items_.back();
}

void ResponsesAnswer::tell(const ResponsesEvent& event, AnswerSink& sink) {
  const std::int64_t index = event.output_index.value_or(items_.empty() ? 0 : items_.back().output_index);
  if (event.is("response.output_item.added")) {
    if (event.item && event.item->type.is("function_call")) call(item_at(index), *event.item, sink);
    return;
  }
  if (event.is("response.output_item.done")) {
    if (event.item) item(*event.item, index, sink);
    return;
  }
  if (event.is("response.function_call_arguments.done")) {
    Item& known = item_at(index);
    if (known.is_call && !known.has_arguments) arguments(known, event.done, sink);
    return;
  }
  if (!event.citation.empty()) {
    item_at(index).has_citations = true;
    return sink.take({.kind = Kind::citation, .format = page_citation, .json = event.citation});
  }
  if (event.delta.raw.empty()) return;
  if (event.is("response.output_text.delta")) {
    item_at(index).has_text = true;
    sink.take({.kind = Kind::text, .text = event.delta, .json = event.logprobs});
  } else if (event.is("response.refusal.delta")) {
    item_at(index).has_text = true;
    sink.take({.kind = Kind::refusal, .text = event.delta});
  } else if (event.is("response.function_call_arguments.delta")) {
    arguments(item_at(index), event.delta, sink);
  } else if (event.is("response.reasoning_summary_text.delta") || event.is("response.reasoning_text.delta")) {
    think(item_at(index), event.delta, event.part, sink);
  }
}

void ResponsesAnswer::call(Item& known, const ResponsesItem& item, AnswerSink& sink) {
  if (known.is_call || calls_ == most_items) return;
  known.is_call = true;
  known.call = calls_++;
  sink.take({.kind = Kind::tool_call, .index = known.call, .id = item.call_id, .name = item.name});
  if (!item.arguments.raw.empty()) arguments(known, item.arguments, sink);
}

// All of it at once, once all is known: the arguments are an object around its text.
void ResponsesAnswer::text_call(Item& known, const ResponsesItem& item, AnswerSink& sink) {
  if (known.is_call || calls_ == most_items) return;
  known.is_call = true;
  known.call = calls_++;
  sink.take({.kind = Kind::tool_call, .index = known.call, .id = item.call_id, .name = item.name});
  std::string inner = "{\"input\":\"", object;
  inner.append(item.arguments.raw).append("\"}");
  append_escaped(object, inner);
  arguments(known, {object, true}, sink);
}

void ResponsesAnswer::arguments(Item& known, const Text& text, AnswerSink& sink) {
  if (!known.is_call || text.raw.empty()) return;
  known.has_arguments = true;
  sink.take({.kind = Kind::arguments, .index = known.call, .text = text});
}

// Parts of a summary are paragraphs.
void ResponsesAnswer::think(Item& known, const Text& text, std::int64_t part, AnswerSink& sink) {
  if (!known.is_thought) {
    known.is_thought = true;
    known.thought = thoughts_++;
    known.part = part;
  }
  const auto tell = [&](const Text& piece) {
    sink.take(
        {.kind = Kind::thinking, .index = known.thought, .text = piece, .format = responses_thinking_format});
  };
  if (known.part != part) tell({"\\n\\n", true});
  known.part = part;
  known.has_text = true;
  tell(text);
}

void ResponsesAnswer::message(Item& known, const ResponsesItem& item, AnswerSink& sink) {
  if (!known.has_text) {
    for (std::size_t i = 0; i < item.texts.size(); ++i) {
      const bool has = i < item.logprobs.size();
      sink.take(
          {.kind = Kind::text, .text = item.texts[i], .json = has ? item.logprobs[i] : std::string_view()});
    }
    for (const Text& refusal : item.refusals) sink.take({.kind = Kind::refusal, .text = refusal});
  }
  known.has_text = true;
  if (known.has_citations) return;
  for (const std::string& citation : item.citations) {
    sink.take({.kind = Kind::citation, .format = page_citation, .json = citation});
  }
  known.has_citations = true;
}

void ResponsesAnswer::item(const ResponsesItem& item, std::int64_t output_index, AnswerSink& sink) {
  Item& known = item_at(output_index);
  if (item.type.is("function_call")) {
    call(known, item, sink);
    if (!known.has_arguments) {
      const bool is_empty = item.arguments.raw.empty();
      arguments(known, is_empty ? Text{"{}", false} : item.arguments, sink);
    }
  } else if (item.type.is("custom_tool_call")) {
    text_call(known, item, sink);
  } else if (item.type.is("message")) {
    message(known, item, sink);
  } else if (item.type.is("reasoning")) {
    if (!known.has_text) {
      std::int64_t part = 0;
      for (const Text& text : item.summaries.empty() ? item.texts : item.summaries) {
        think(known, text, part++, sink);
      }
    }
    if (item.encrypted.raw.empty() || known.has_encrypted) return;
    known.has_encrypted = true;
    if (!known.is_thought) known.thought = thoughts_++;
    known.is_thought = true;
    sink.take({.kind = Kind::redacted,
               .index = known.thought,
               .text = item.encrypted,
               .id = item.id,
               .format = responses_thinking_format});
  }
}

void ResponsesAnswer::end(const ResponsesObject& response, AnswerSink& sink) {
  EndReason reason = calls_ > 0 ? EndReason::tool_calls : EndReason::stop;
  if (response.status.is("incomplete")) {
    const bool is_filtered = response.incomplete_reason.is("content_filter");
    reason = is_filtered ? EndReason::content_filter : EndReason::length;
  }
  sink.take({.kind = Kind::end, .name = response.end_word(), .reason = reason});
  if (response.usage.usage) {
    sink.take({.kind = Kind::usage, .usage = *response.usage.usage, .usage_is_odd = response.usage.anomaly});
  }
}

}  // namespace providers
