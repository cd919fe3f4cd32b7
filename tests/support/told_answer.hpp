// An answer's events as lines of text, for comparing: pieces of one text are joined, since where a text is
// cut is no part of what is answered.
#pragma once

#include <string>
#include <string_view>

#include "providers/conversation/answer.hpp"

namespace support {

class ToldAnswer final : public providers::AnswerSink {
 public:
  void take(const providers::AnswerEvent& event) override {
    using Kind = providers::AnswerEvent::Kind;
    ++events;
    switch (event.kind) {
      case Kind::begin:
        return line("begin " + std::string(event.id.raw) + " " + std::string(event.name.raw));
      case Kind::text:
        piece("text", event.text.raw);
        return noted(event.json);
      case Kind::refusal:
        piece("refusal", event.text.raw);
        return noted(event.json);
      case Kind::image:
        return line("image " + std::string(event.name.raw) + " " + std::string(event.text.raw));
      case Kind::thinking:
        return piece("thinking " + std::to_string(event.index), event.text.raw);
      case Kind::signature:
        return piece("signature " + std::to_string(event.index), event.text.raw);
      case Kind::redacted:
        return piece("redacted " + std::to_string(event.index), event.text.raw);
      case Kind::tool_call:
        return line("call " + std::to_string(event.index) + " " + std::string(event.id.raw) + " " +
                    std::string(event.name.raw));
      case Kind::arguments:
        return piece("arguments " + std::to_string(event.index), event.text.raw);
      case Kind::citation:
        return line("citation " + std::string(event.json) +
                    (event.place ? " of " + std::to_string(event.place->begin) + " to " +
                                       std::to_string(event.place->end)
                                 : ""));
      case Kind::end:
        return line("end " + reason(event.reason) + " " + std::string(event.name.raw));
      case Kind::usage:
        // Each replaces the one before.
        usage = "usage " + numbers(event.usage) + (event.usage_is_odd ? " odd" : "");
        return;
      case Kind::error:
        return line("error " + event.error->type + " " + std::to_string(event.error->status) + " " +
                    event.error->message);
    }
  }

  std::string text() const {
    return lines + (logprobs.empty() ? "" : "logprobs " + logprobs + "\n") +
           (usage.empty() ? "" : usage + "\n");
  }

  int events = 0;
  std::string lines;
  std::string usage;
  std::string logprobs;

 private:
  void noted(std::string_view array) {
    const std::string_view elements = providers::elements_of(array);
    if (!elements.empty()) logprobs.append(logprobs.empty() ? "" : ",").append(elements);
  }
  static std::string reason(providers::EndReason reason) {
    switch (reason) {
      case providers::EndReason::stop:
        return "stop";
      case providers::EndReason::length:
        return "length";
      case providers::EndReason::tool_calls:
        return "tool_calls";
      case providers::EndReason::content_filter:
        return "content_filter";
    }
    return "?";
  }
  // prompt/cached/written output/reasoning
  static std::string numbers(const routing::Usage& usage) {
    return std::to_string(usage.prompt.count) + "/" + std::to_string(usage.cached.count) + "/" +
           std::to_string(usage.cache_written.count) + " " + std::to_string(usage.output.count) + "/" +
           std::to_string(usage.reasoning.count);
  }
  void line(const std::string& whole) {
    lines += whole + "\n";
    open_.clear();
  }
  void piece(const std::string& name, std::string_view raw) {
    if (open_ == name) {
      lines.insert(lines.size() - 1, raw);
      return;
    }
    line(name + ": " + std::string(raw));
    open_ = name;
  }

  std::string open_;
};

}  // namespace support
