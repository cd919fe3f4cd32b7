#include "providers/dialects/openai_responses/native.hpp"

#include "providers/dialect/relayed_event.hpp"
#include "providers/dialects/openai_responses/event.hpp"
#include "providers/dialects/openai_responses/owner_mark.hpp"
#include "providers/reports/plain_message.hpp"

namespace providers {
namespace {

// Items that tell a host's own doings show that it answers, too; thinking that is not shown does not.
void note_item(const ResponsesItem& item, PassedContent& content) {
  if (item.type.is("message")) {
    content.text |= !item.texts.empty() || !item.refusals.empty();
  } else if (!item.type.is("reasoning")) {
    content.tool_call = true;
  }
}

void note_delta(const ResponsesEvent& event, PassedContent& content) {
  if (event.delta.raw.empty()) return;
  const std::string_view type = event.type.raw;
  content.bytes = event.delta.raw.size();
  if (type.starts_with("response.reasoning")) {
    content.reasoning = true;
  } else if (event.is("response.output_text.delta") || event.is("response.refusal.delta") ||
             event.is("response.audio.delta")) {
    content.text = true;
  } else {
    content.tool_call = true;
  }
}

PassedContent content_of(const ResponsesEvent& event) {
  PassedContent content;
  if (event.item) note_item(*event.item, content);
  note_delta(event, content);
  const bool is_end = event.is("response.completed") || event.is("response.incomplete");
  if (is_end && event.response) {
    const Text word = event.response->end_word();
    content.finish_reason = word.raw.empty() ? std::string_view("completed") : word.raw;
    content.finished.set(0);
  }
  content.no_choices = false;
  if (content.decisive()) content.seen.set(0);
  return content;
}

// Counted as the bytes of its texts, where no usage tells how long it is.
void note_output(std::string_view output, JsonTokens& tokens, PassedContent& content) {
  JsonWalk walk(tokens, output, JsonWalk::Depth::any);
  walk.array([&] {
    ResponsesItem item;
    if (!read_responses_item(walk, output, item)) return false;
    note_item(item, content);
    const auto count = [&](const std::vector<Text>& texts) {
      for (const Text& text : texts) content.bytes += text.raw.size();
    };
    count(item.texts);
    count(item.refusals);
    count(item.summaries);
    content.reasoning |= item.type.is("reasoning") && (!item.texts.empty() || !item.summaries.empty());
    content.bytes += item.arguments.raw.size();
    return true;
  });
}

bool is_failure(const ResponsesEvent& event) {
  return event.error || event.is("error") || event.is("response.failed") ||
         (event.response && event.response->has_failed());
}

class ResponsesNativeReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override {
    PassedEvent result;
    if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      result.kind = PassedEvent::Kind::empty;
      return result;
    }
    // Some hosts end so behind the last event.
    if (event.data.starts_with("[DONE]")) {
      result.kind = PassedEvent::Kind::done;
      return result;
    }
    auto read = read_responses_event(event.data, tokens);
    if (!read && event.name != "error") return result;
    if (!read || is_failure(*read)) {
      result.kind = PassedEvent::Kind::error;
      result.error = !read                                     ? read_error(event.data, tokens)
                     : read->error                             ? *read->error
                     : read->response && read->response->error ? *read->response->error
                                                               : ReportedError();
      complete_responses_error(*result.error);
      result.error->message = plain_message(result.error->message, tokens);
      return result;
    }
    result.kind = PassedEvent::Kind::delta;
    result.content = content_of(*read);
    result.is_last = !result.content.finish_reason.empty();
    if (const auto& response = read->response) {
      result.usage = response->usage;
      result.usage_value = response->usage_value;
      result.names = {.id = response->id_value,
                      .created = response->created_value,
                      .model = response->model_value,
                      .referred = response->previous_value};
    }
    return result;
  }

  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown, std::string& scratch,
                  std::string_view cost) const override {
    if (passed.kind != PassedEvent::Kind::delta) return {};
    return relayed_event(event, passed, Kept::plain_and_named, cost, scratch);
  }

  std::unique_ptr<Correction> correction(const HostModel& model) const override {
    return model.owner == 0 ? nullptr : owner_marking(model.owner);
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    PassedReply result;
    ResponsesObject response;
    {
      JsonWalk walk(tokens, body, JsonWalk::Depth::any);
      const bool is_read = walk.ok() && walk.type() == JsonType::object &&
                           read_responses_object(walk, body, response) && walk.finish();
      if (!is_read) return result;
    }
    result.usage = response.usage;
    result.usage_value = response.usage_value;
    result.names = {.id = response.id_value,
                    .created = response.created_value,
                    .model = response.model_value,
                    .referred = response.previous_value};
    if (response.has_failed()) {
      result.kind = PassedReply::Kind::error;
      result.error = response.error.value_or(ReportedError());
      result.error->message = plain_message(result.error->message, tokens);
      return result;
    }
    if (response.has_output) note_output(response.output, tokens, result.content);
    const bool is_over = response.is_over();
    if (is_over) result.content.finish_reason = response.end_word().raw;
    result.content.no_choices = !response.has_output;
    result.kind = result.content.any() || is_over ? PassedReply::Kind::answer : PassedReply::Kind::empty;
    tokens.shrink();
    return result;
  }
};

}  // namespace

const NativeReplies& responses_native_replies() {
  static const ResponsesNativeReplies replies;
  return replies;
}

}  // namespace providers
