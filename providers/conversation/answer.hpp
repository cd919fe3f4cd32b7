// What a model answers, in the words of no API, as it comes: a reply that streams and one that comes whole
// give the same events, but for where a text is cut. Views are into the reply and live as long as the call
// that hands them over. Values.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "providers/conversation/text.hpp"
#include "providers/reports/reported_error.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

enum class EndReason { stop, length, tool_calls, content_filter };

// As OpenAI's chat says it.
constexpr std::string_view word_of(EndReason reason) {
  switch (reason) {
    case EndReason::stop:
      break;
    case EndReason::length:
      return "length";
    case EndReason::tool_calls:
      return "tool_calls";
    case EndReason::content_filter:
      return "content_filter";
  }
  return "stop";
}

// Of the text of an answer, from its begin, in characters of Unicode: the first, and the one behind the last.
struct TextPlace {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const TextPlace&, const TextPlace&) = default;
};

struct AnswerEvent {
  enum class Kind {
    begin,    // once, before all others, if the host says so: `id`, and in `name` the model, as it calls them
    text,     // a piece of `text` that people read; in `json`, if asked for, how likely its tokens were
    refusal,  // a piece of `text` that says why there is no answer; with `json` as of a text
    image,    // a picture, whole: `text` is base64, and `name` its type, or the address where it lies
    thinking,   // a piece of `text`, of the thinking block `index`
    signature,  // `text`: what the thinking block `index` is signed by
    redacted,   // `text`: all of the encrypted thinking block `index`
    tool_call,  // `index`, `id`, `name`: its arguments follow
    arguments,  // a piece of `text`: of the JSON of the arguments of tool call `index`
    citation,   // `json`: where a part of the text comes from, as the host words it; of `page_citation`, an
                // object with the members that OpenAI's APIs have for a page of the web, but for its `place`
    end,        // `reason`, in `name` the host's own word, in `text` the stop sequence it came to, if any
    usage,      // so far, all of it: each replaces the one before
    error,      // the answer is broken off
  };

  Kind kind = Kind::text;
  std::size_t index = 0;  // of the thinking block, or of the tool call: each from 0, in order
  Text text{};
  Text id{};
  Text name{};
  std::string_view format{};         // of thinking: whose it is, as in ThinkingPart
  std::string_view json{};           // of a text: an array, as OpenAI's APIs word it
  std::optional<TextPlace> place{};  // of a citation; nothing: it is said in `json`, or nowhere
  EndReason reason = EndReason::stop;
  routing::Usage usage{};
  bool usage_is_odd = false;             // something in it could not be
  const ReportedError* error = nullptr;  // where it is one

  // Whether it shows that the host answers.
  bool is_decisive() const { return is_content() || kind == Kind::end; }
  bool is_content() const { return is_visible() || kind == Kind::thinking || kind == Kind::redacted; }
  bool is_visible() const {
    return kind == Kind::text || kind == Kind::refusal || kind == Kind::image || kind == Kind::tool_call ||
           kind == Kind::arguments;
  }
};

// The `format` of a citation whose form both of OpenAI's APIs share.
inline constexpr std::string_view page_citation = "url_citation";

// What stands between the brackets of an array; empty where there is none.
constexpr std::string_view elements_of(std::string_view array) {
  return array.size() < 2 ? std::string_view() : array.substr(1, array.size() - 2);
}

// Who is told of an answer's events, one after the other. It must not use the scratch space of whoever tells.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void take(const AnswerEvent& event) = 0;
};

}  // namespace providers
