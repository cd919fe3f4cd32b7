// ResponseOutput's calls of tools, which are items that stay open until all has come.
#include <algorithm>
#include <utility>

#include "gateway/surface/text_tool.hpp"
#include "gateway/surfaces/openai_responses/response_output.hpp"

namespace gateway {

using providers::AnswerEvent;
using Kind = AnswerEvent::Kind;

void ResponseOutput::call(const AnswerEvent& event) {
  if (event.kind == Kind::tool_call) {
    end_open();
    Call call;
    const std::string name = event.name.text();
    const auto tool = std::ranges::find(tools_, name, &ToolSeen::name);
    call.takes_text = tool != tools_.end() && tool->takes_text;
    call.name = event.name.raw;
    if (tool != tools_.end() && !tool->space.empty()) {
      call.name = tool->name_in_space;
      call.space = tool->space;
    }
    call.item = begin_item(call.takes_text ? "ctc" : "fc");
    call.call_id =
        event.id.raw.empty() ? item_id("call", request_id_, calls_.size()) : std::string(event.id.raw);
    events_.item("response.output_item.added", call.item, call_json(call, "", "in_progress"));
    calls_.push_back(std::move(call));
    return;
  }
  if (event.index >= calls_.size()) return;
  Call& call = calls_[event.index];
  call.arguments.append(event.text.raw);
  // Of an object around a text only its end tells where the text ends.
  if (call.takes_text) return;
  events_.text("response.function_call_arguments.delta", {items_[call.item].id, call.item}, "delta",
               event.text.raw);
}

std::string ResponseOutput::call_json(const Call& call, std::string_view arguments,
                                      std::string_view status) const {
  std::string json("{\"id\":\"");
  json.append(items_[call.item].id);
  json.append(call.takes_text ? "\",\"type\":\"custom_tool_call" : "\",\"type\":\"function_call");
  json.append("\",\"status\":\"").append(status).append("\",\"call_id\":\"").append(call.call_id);
  json.append("\",\"name\":\"").append(call.name);
  if (!call.space.empty()) json.append("\",\"namespace\":\"").append(call.space);
  json.append(call.takes_text ? "\",\"input\":\"" : "\",\"arguments\":\"").append(arguments).append("\"}");
  return json;
}

void ResponseOutput::end_call(Call& call, std::string_view status) {
  const ResponsePlace place{items_[call.item].id, call.item};
  if (call.takes_text) {
    const std::string input = text_in(call.arguments);
    events_.text("response.custom_tool_call_input.delta", place, "delta", input);
    events_.text("response.custom_tool_call_input.done", place, "input", input);
    return end_item(call.item, call_json(call, input, status));
  }
  events_.text("response.function_call_arguments.done", place, "arguments", call.arguments);
  end_item(call.item, call_json(call, call.arguments, status));
}

}  // namespace gateway
