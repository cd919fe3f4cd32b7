#include "gateway/surfaces/openai_responses/response_output.hpp"

#include <utility>

#include "gateway/surface/kept_thinking.hpp"
#include "providers/conversation/page_citation.hpp"
#include "providers/conversation/tool_names.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::Text;
using Kind = AnswerEvent::Kind;

namespace {

// Of annotations and logprobs: the elements of an array, with commas between them.
std::string text_part(std::string_view raw, std::string_view annotations = {},
                      std::string_view logprobs = {}) {
  return std::string("{\"type\":\"output_text\",\"annotations\":[")
      .append(annotations)
      .append("],\"logprobs\":[")
      .append(logprobs)
      .append("],\"text\":\"")
      .append(raw)
      .append("\"}");
}

std::string logprobs_member(std::string_view elements) {
  return std::string(",\"logprobs\":[").append(elements).append("]");
}

std::string plain_part(std::string_view type, std::string_view name, std::string_view raw) {
  std::string json("{\"type\":\"");
  return json.append(type).append("\",\"").append(name).append("\":\"").append(raw).append("\"}");
}

std::string message_json(std::string_view id, std::string_view status, std::string_view content) {
  return std::string("{\"id\":\"")
      .append(id)
      .append("\",\"type\":\"message\",\"status\":\"")
      .append(status)
      .append("\",\"role\":\"assistant\",\"content\":[")
      .append(content)
      .append("]}");
}

}  // namespace

ResponseOutput::ResponseOutput(const providers::Conversation& asked, const StreamIdentity& reply,
                               ResponseEvents& events)
    : events_(events),
      request_id_(reply.id),
      owner_(reply.owner),
      wants_summary_(asked.thinking.wants_summary) {
  for (const providers::Tool& tool : asked.tools) {
    if (!tool.takes_text && tool.space.raw.empty()) continue;
    tools_.push_back({.name = clients_name(asked, tool.name).text(),
                      .name_in_space = std::string(tool.name_in_space.raw),
                      .space = std::string(tool.space.raw),
                      .takes_text = tool.takes_text});
  }
}

std::size_t ResponseOutput::begin_item(std::string_view prefix) {
  items_.push_back({.id = item_id(prefix, request_id_, items_.size()), .json = {}});
  return items_.size() - 1;
}

void ResponseOutput::end_item(std::size_t item, std::string json) {
  events_.item("response.output_item.done", item, json);
  items_[item].json = std::move(json);
}

void ResponseOutput::take(const AnswerEvent& event) {
  switch (event.kind) {
    case Kind::text:
      return say(event, PartKind::text);
    case Kind::refusal:
      return say(event, PartKind::refusal);
    case Kind::image:
      return show(event);
    case Kind::thinking:
    case Kind::signature:
    case Kind::redacted:
      return think(event);
    case Kind::tool_call:
    case Kind::arguments:
      return call(event);
    case Kind::citation:
      return cite(event);
    case Kind::begin:
    case Kind::end:
    case Kind::usage:
    case Kind::error:
      return;
  }
}

void ResponseOutput::say(const AnswerEvent& event, PartKind kind) {
  if (open_ != Open::message) {
    end_open();
    open_ = Open::message;
    item_ = begin_item("msg");
    content_.clear();
    parts_ = 0;
    events_.item("response.output_item.added", item_, message_json(items_[item_].id, "in_progress", ""));
  }
  if (has_part_ && part_kind_ != kind) end_part();
  const bool is_text = kind == PartKind::text;
  if (!has_part_) {
    has_part_ = true;
    part_kind_ = kind;
    text_.clear();
    logprobs_.clear();
    annotations_.clear();
    annotation_count_ = 0;
    events_.part("response.content_part.added", {items_[item_].id, item_, parts_}, "content_index",
                 is_text ? text_part("") : plain_part("refusal", "refusal", ""));
  }
  text_.append(event.text.raw);
  const std::string_view logprobs = is_text ? providers::elements_of(event.json) : std::string_view();
  if (!logprobs.empty()) logprobs_.append(logprobs_.empty() ? "" : ",").append(logprobs);
  const ResponsePlace place{items_[item_].id, item_, parts_};
  if (!is_text) {
    events_.text("response.refusal.delta", place, "content_index", "delta", event.text.raw);
  } else if (logprobs.empty()) {
    events_.text("response.output_text.delta", place, "content_index", "delta", event.text.raw,
                 ",\"logprobs\":[]");
  } else {
    events_.text("response.output_text.delta", place, "content_index", "delta", event.text.raw,
                 logprobs_member(logprobs));
  }
  tell_citations();
}

// As what OpenAI's own tool for pictures makes; one that lies elsewhere is told of by its address.
void ResponseOutput::show(const AnswerEvent& event) {
  if (event.name.raw.empty()) {
    AnswerEvent address = event;
    address.kind = Kind::text;
    return say(address, PartKind::text);
  }
  end_open();
  const std::size_t item = begin_item(own_picture_prefix);
  const auto json = [&](std::string_view status, std::string_view result) {
    return std::string("{\"id\":\"")
        .append(items_[item].id)
        .append("\",\"type\":\"image_generation_call\",\"status\":\"")
        .append(status)
        .append("\",\"result\":")
        .append(result)
        .append("}");
  };
  events_.item("response.output_item.added", item, json("in_progress", "null"));
  end_item(item, json("completed", "\"" + std::string(event.text.raw) + "\""));
}

// Of the text that is open, or else of the next one.
void ResponseOutput::cite(const AnswerEvent& event) {
  const bool is_behind = event.place && characters_ > 0 && event.place->end <= characters_;
  // What has ended is not told again.
  if (event.format != providers::page_citation || is_behind) {
    loses_citations_ = true;
    return;
  }
  const std::string members = providers::page_members(event, characters_);
  std::string json(R"({"type":"url_citation")");
  json.append(members.empty() ? "" : ",").append(members).append("}");
  untold_.push_back(std::move(json));
  tell_citations();
}

void ResponseOutput::tell_citations() {
  if (!has_part_ || part_kind_ != PartKind::text) return;
  for (const std::string& json : untold_) {
    events_.annotation({items_[item_].id, item_, parts_}, annotation_count_++, json);
    annotations_.append(annotations_.empty() ? "" : ",").append(json);
  }
  untold_.clear();
}

void ResponseOutput::end_part() {
  if (!has_part_) return;
  has_part_ = false;
  const ResponsePlace place{items_[item_].id, item_, parts_};
  const bool is_text = part_kind_ == PartKind::text;
  if (is_text) {
    characters_ += providers::characters_in({text_, true});
    events_.text("response.output_text.done", place, "content_index", "text", text_,
                 logprobs_member(logprobs_));
  } else {
    events_.text("response.refusal.done", place, "content_index", "refusal", text_);
  }
  const std::string part =
      is_text ? text_part(text_, annotations_, logprobs_) : plain_part("refusal", "refusal", text_);
  events_.part("response.content_part.done", place, "content_index", part);
  if (!content_.empty()) content_ += ',';
  content_ += part;
  ++parts_;
}

void ResponseOutput::end_message(std::string_view status) {
  end_part();
  end_item(item_, message_json(items_[item_].id, status, content_));
  open_ = Open::nothing;
}

// Shown as the client asked for it: as a summary, or as it was thought.
void ResponseOutput::think(const AnswerEvent& event) {
  if (open_ != Open::thinking || thought_ != event.index) {
    end_open();
    open_ = Open::thinking;
    thought_ = event.index;
    item_ = begin_item("rs");
    text_.clear();
    signature_.clear();
    redacted_.clear();
    events_.item("response.output_item.added", item_,
                 "{\"id\":\"" + items_[item_].id + "\",\"type\":\"reasoning\",\"summary\":[]}");
  }
  format_ = event.format;
  if (event.kind == Kind::signature) signature_.append(event.text.raw);
  if (event.kind == Kind::redacted) redacted_.append(event.text.raw);
  if (event.kind != Kind::thinking || event.text.raw.empty()) return;
  const ResponsePlace place{items_[item_].id, item_, 0};
  if (wants_summary_) {
    if (text_.empty()) {
      events_.part("response.reasoning_summary_part.added", place, "summary_index",
                   plain_part("summary_text", "text", ""));
    }
    events_.text("response.reasoning_summary_text.delta", place, "summary_index", "delta", event.text.raw);
  } else {
    if (text_.empty()) {
      events_.part("response.content_part.added", place, "content_index",
                   plain_part("reasoning_text", "text", ""));
    }
    events_.text("response.reasoning_text.delta", place, "content_index", "delta", event.text.raw);
  }
  text_.append(event.text.raw);
}

void ResponseOutput::end_thinking() {
  const ResponsePlace place{items_[item_].id, item_, 0};
  std::string json = "{\"id\":\"" + items_[item_].id + "\",\"type\":\"reasoning\",\"summary\":[";
  if (wants_summary_ && !text_.empty()) {
    const std::string part = plain_part("summary_text", "text", text_);
    events_.text("response.reasoning_summary_text.done", place, "summary_index", "text", text_);
    events_.part("response.reasoning_summary_part.done", place, "summary_index", part);
    json += part;
  }
  json += "]";
  if (!wants_summary_ && !text_.empty()) {
    const std::string part = plain_part("reasoning_text", "text", text_);
    events_.text("response.reasoning_text.done", place, "content_index", "text", text_);
    events_.part("response.content_part.done", place, "content_index", part);
    json.append(",\"content\":[").append(part).append("]");
  }
  if (!signature_.empty() || !redacted_.empty()) {
    const std::string kept = kept_thinking({.text = {text_, true},
                                            .signature = {signature_, true},
                                            .redacted = {redacted_, true},
                                            .format = {format_, true}},
                                           owner_);
    json.append(",\"encrypted_content\":\"").append(kept).append("\"");
  }
  json += "}";
  open_ = Open::nothing;
  end_item(item_, std::move(json));
}

void ResponseOutput::end_open() {
  if (open_ == Open::message) end_message("completed");
  if (open_ == Open::thinking) end_thinking();
}

void ResponseOutput::end(ResponseStatus status) {
  const std::string_view how = status == ResponseStatus::completed ? "completed" : "incomplete";
  if (open_ == Open::message) end_message(how);
  end_open();
  for (Call& call : calls_) end_call(call, how);
}

std::string ResponseOutput::items() const {
  std::string all;
  for (const Item& item : items_) {
    if (item.json.empty()) continue;
    if (!all.empty()) all += ',';
    all += item.json;
  }
  return all;
}

}  // namespace gateway
