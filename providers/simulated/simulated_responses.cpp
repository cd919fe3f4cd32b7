// OpenAI's Responses as a simulated host writes them: events that are numbered, and the whole response at the
// end.
#include <algorithm>

#include "providers/simulated/simulated_reply.hpp"

namespace providers {
namespace {

using Kind = SimulatedSaid::Kind;

constexpr std::string_view no_output = R"("output":[])";

std::string responses_usage(const routing::Answer& answer) {
  return R"("usage":{"input_tokens":)" + std::to_string(answer.prompt.count) +
         R"(,"input_tokens_details":{"cached_tokens":)" + std::to_string(answer.cached.count) +
         R"(,"cache_write_tokens":0},"output_tokens":)" + std::to_string(answer.output.count) +
         R"(,"output_tokens_details":{"reasoning_tokens":)" + std::to_string(answer.reasoning.count) +
         R"(},"total_tokens":)" + std::to_string(answer.prompt.count + answer.output.count) + "}";
}

bool was_cut(const routing::Answer& answer) {
  return answer.finish == routing::Answer::Finish::length;
}

}  // namespace

// Events of one stream, one behind the other.
class SimulatedResponse::Events {
 public:
  // `number`: of the first one.
  explicit Events(std::int64_t number) : number_(number) {}

  void add(std::string_view type, const std::string& members) {
    text_ += "event: ";
    text_.append(type).append("\ndata: {\"type\":\"").append(type).append("\",\"sequence_number\":");
    text_ += std::to_string(number_) + "," + members + "}\n\n";
    ++number_;
  }
  std::string take() { return std::move(text_); }

 private:
  std::int64_t number_;
  std::string text_;
};

SimulatedResponse::SimulatedResponse(std::string_view id, std::string_view model, std::int64_t created,
                                     SimulatedWords words, Thoughts thoughts)
    : id_(id),
      head_(R"("id":"resp_)" + id_ + R"(","object":"response","created_at":)" + std::to_string(created) +
            R"(,"model":)" + simulated_quoted(model) +
            R"(,"error":null,"instructions":null,"metadata":{},"parallel_tool_calls":true,"temperature":1.0,)"
            R"("top_p":1.0,"tool_choice":"auto","tools":[],)"),
      words_(std::move(words)),
      thoughts_(thoughts) {}

std::string SimulatedResponse::response(std::string_view status, const std::string& rest) const {
  return R"("response":{)" + head_ + R"("status":")" + std::string(status) + R"(",)" + rest + "}";
}

std::string SimulatedResponse::thought_item(std::string_view summary) const {
  return R"({"id":"rs_)" + id_ + R"(","type":"reasoning","summary":[)" + std::string(summary) + "]}";
}

std::string SimulatedResponse::summary_part(std::string_view text) const {
  return R"({"type":"summary_text","text":)" + simulated_quoted(text) + "}";
}

std::string SimulatedResponse::text_part(std::string_view text) const {
  return R"({"type":"output_text","text":)" + simulated_quoted(text) + R"(,"annotations":[],"logprobs":[]})";
}

std::string SimulatedResponse::visible_item(std::string_view status, std::string_view content) const {
  const std::string state = R"(","status":")" + std::string(status) + R"(",)";
  if (words_.said().kind == Kind::call) {
    return R"({"id":"fc_)" + id_ + state + R"("type":"function_call","call_id":"call_)" + id_ +
           R"(","name":)" + simulated_quoted(words_.said().tool) + R"(,"arguments":)" +
           simulated_quoted(content) + "}";
  }
  const std::string parts = status == "in_progress" ? std::string() : text_part(content);
  return R"({"id":"msg_)" + id_ + state + R"("type":"message","role":"assistant","content":[)" + parts + "]}";
}

// Where an event of the visible item or of the thoughts stands.
std::string SimulatedResponse::at_visible(const routing::Answer& answer) const {
  const bool calls = words_.said().kind == Kind::call;
  return R"("item_id":")" + std::string(calls ? "fc_" : "msg_") + id_ + R"(","output_index":)" +
         std::to_string(answer.reasoning.count > 0 ? 1 : 0) + (calls ? "" : R"(,"content_index":0)");
}

std::string SimulatedResponse::at_thought() const {
  return R"("item_id":"rs_)" + id_ + R"(","output_index":0,"summary_index":0)";
}

// Of the events before those of the token `token`, with which the items begin and end.
std::int64_t SimulatedResponse::number_before(std::int64_t token, const routing::Answer& answer) const {
  constexpr std::int64_t of_begin = 2;
  if (token == 0) return of_begin;
  const std::int64_t thought = answer.reasoning.count;
  const bool shows = thoughts_ == Thoughts::shown, calls = words_.said().kind == Kind::call;
  std::int64_t number = of_begin;
  if (thought > 0) number += shows ? 2 + std::min(token, thought) : 1;
  if (token <= thought) return number;
  if (thought > 0) number += shows ? 3 : 1;
  return number + (calls ? 1 : 2) + token - thought;
}

void SimulatedResponse::end_thought(const routing::Answer& answer, Events& events) const {
  if (thoughts_ == Thoughts::hidden) {
    events.add("response.output_item.done", R"("output_index":0,"item":)" + thought_item(""));
    return;
  }
  const std::string text = words_.words(0, answer.reasoning.count);
  events.add("response.reasoning_summary_text.done", at_thought() + R"(,"text":)" + simulated_quoted(text));
  events.add("response.reasoning_summary_part.done", at_thought() + R"(,"part":)" + summary_part(text));
  events.add("response.output_item.done", R"("output_index":0,"item":)" + thought_item(summary_part(text)));
}

std::string SimulatedResponse::first_events(const routing::Answer&) const {
  Events events(0);
  const std::string begun =
      response("in_progress", R"("incomplete_details":null,"usage":null,)" + std::string(no_output));
  events.add("response.created", begun);
  events.add("response.in_progress", begun);
  return events.take();
}

std::string SimulatedResponse::token_events(std::int64_t from, std::int64_t to,
                                            const routing::Answer& answer) const {
  Events events(number_before(from, answer));
  const std::int64_t thought = answer.reasoning.count;
  const bool shows = thoughts_ == Thoughts::shown, calls = words_.said().kind == Kind::call;
  for (std::int64_t token = from; token < to; ++token) {
    if (token < thought) {
      if (token == 0) {
        events.add("response.output_item.added", R"("output_index":0,"item":)" + thought_item(""));
        if (shows)
          events.add("response.reasoning_summary_part.added",
                     at_thought() + R"(,"part":)" + summary_part(""));
      }
      if (shows) {
        events.add("response.reasoning_summary_text.delta",
                   at_thought() + R"(,"delta":)" + simulated_quoted(words_.words(token, token + 1)));
      }
      continue;
    }
    if (token == thought) {
      if (thought > 0) end_thought(answer, events);
      events.add("response.output_item.added", R"("output_index":)" + std::to_string(thought > 0 ? 1 : 0) +
                                                   R"(,"item":)" + visible_item("in_progress", ""));
      if (!calls)
        events.add("response.content_part.added", at_visible(answer) + R"(,"part":)" + text_part(""));
    }
    const std::string delta =
        at_visible(answer) + R"(,"delta":)" + simulated_quoted(words_.visible(token, token + 1, answer));
    if (calls) {
      events.add("response.function_call_arguments.delta", delta);
    } else {
      events.add("response.output_text.delta", delta + R"(,"logprobs":[])");
    }
  }
  return events.take();
}

std::string SimulatedResponse::last_events(const routing::Answer& answer) const {
  const std::int64_t thought = answer.reasoning.count;
  Events events(number_before(answer.output.count, answer));
  if (answer.output.count <= thought) {
    end_thought(answer, events);
  } else {
    const std::string visible = words_.visible(thought, answer.output.count, answer);
    if (words_.said().kind == Kind::call) {
      events.add("response.function_call_arguments.done", at_visible(answer) + R"(,"name":)" +
                                                              simulated_quoted(words_.said().tool) +
                                                              R"(,"arguments":)" + simulated_quoted(visible));
    } else {
      events.add("response.output_text.done",
                 at_visible(answer) + R"(,"text":)" + simulated_quoted(visible) + R"(,"logprobs":[])");
      events.add("response.content_part.done", at_visible(answer) + R"(,"part":)" + text_part(visible));
    }
    events.add("response.output_item.done",
               R"("output_index":)" + std::to_string(thought > 0 ? 1 : 0) + R"(,"item":)" +
                   visible_item(was_cut(answer) ? "incomplete" : "completed", visible));
  }
  events.add(was_cut(answer) ? "response.incomplete" : "response.completed",
             response(was_cut(answer) ? "incomplete" : "completed", ending(answer)));
  return events.take();
}

std::string SimulatedResponse::ending(const routing::Answer& answer) const {
  const std::int64_t thought = answer.reasoning.count;
  std::string items;
  if (thought > 0) {
    items =
        thought_item(thoughts_ == Thoughts::shown ? summary_part(words_.words(0, thought)) : std::string());
  }
  if (answer.output.count > thought) {
    items += (items.empty() ? "" : ",") + visible_item(was_cut(answer) ? "incomplete" : "completed",
                                                       words_.visible(thought, answer.output.count, answer));
  }
  const std::string why = was_cut(answer) ? R"({"reason":"max_output_tokens"})" : "null";
  return R"("incomplete_details":)" + why + R"(,"output":[)" + items + "]," + responses_usage(answer);
}

std::string SimulatedResponse::whole(const routing::Answer& answer) const {
  const std::string all = response(was_cut(answer) ? "incomplete" : "completed", ending(answer));
  return all.substr(std::string_view(R"("response":)").size());
}

}  // namespace providers
