#include "providers/dialects/openai_responses/event.hpp"

#include "providers/dialect/told_count.hpp"

namespace providers {
namespace {

// What is of another type than it should be is as if it were not there.
class EventReader {
 public:
  EventReader(std::string_view data, JsonTokens& tokens)
      : data_(data), walk_(tokens, data, JsonWalk::Depth::any) {}

  bool read() {
    if (!walk_.ok() || walk_.type() != JsonType::object) return false;
    if (!walk_.object([this](const JsonString& key) { return member(key); }) || !walk_.finish()) return false;
    // Of the SDKs' types: the error's members at the top.
    if (event.is("error") && !event.error) event.error = std::move(flat_error_);
    if (event.error) complete_responses_error(*event.error);
    return true;
  }

  ResponsesEvent event;

 private:
  bool member(const JsonString& key) {
    if (key.is("type")) return take(event.type);
    if (key.is("item_id")) return take(event.item_id);
    if (key.is("output_index")) return number(event.output_index);
    if (key.is("content_index") || key.is("summary_index")) return part();
    if (key.is("delta")) return take(event.delta);
    if (key.is("text") || key.is("refusal") || key.is("arguments") || key.is("input"))
      return take(event.done);
    if (key.is("logprobs")) return take_array(walk_, data_, event.logprobs);
    if (key.is("annotation")) return read_page_citation(walk_, data_, event.citation);
    if (key.is("item") && walk_.type() == JsonType::object) {
      return read_responses_item(walk_, data_, event.item.emplace());
    }
    if (key.is("response") && walk_.type() == JsonType::object) {
      return read_responses_object(walk_, data_, event.response.emplace());
    }
    if (key.is("error") && walk_.type() != JsonType::null) {
      event.error = read_error_value(walk_);
      return walk_.ok();
    }
    if (key.is("message") || key.is("code") || key.is("param")) {
      return read_error_member(walk_, key, flat_error_);
    }
    return walk_.skip();
  }

  bool take(Text& text) {
    if (walk_.type() != JsonType::string) return walk_.skip();
    const auto found = walk_.string();
    if (found) text = *found;
    return found.has_value();
  }

  bool number(std::optional<std::int64_t>& value) {
    if (walk_.type() != JsonType::number) return walk_.skip();
    const auto found = walk_.number();
    if (found) value = found->integer();
    return found.has_value();
  }

  bool part() {
    std::optional<std::int64_t> value;
    if (!number(value)) return false;
    event.part = value.value_or(0);
    return true;
  }

  std::string_view data_;
  JsonWalk walk_;
  ReportedError flat_error_;
};

}  // namespace

std::optional<ResponsesEvent> read_responses_event(std::string_view data, JsonTokens& tokens) {
  EventReader reader(data, tokens);
  if (!reader.read()) return std::nullopt;
  return std::move(reader.event);
}

}  // namespace providers
