#include "gateway/probe/probe_question.hpp"

#include <algorithm>
#include <array>

namespace gateway {
namespace {

using config::Feature;
using providers::Part;
using providers::Text;
using providers::Turn;

// 32 by 32 pixels, all white: smaller ones are refused by some for their size.
constexpr std::string_view white =
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAFklEQVR42mP4TwAwjCoYVTCqYKQqAAA/"
    "aPwuqUTQyAAAAABJRU5ErkJggg==";
constexpr std::string_view schema =
    R"({"type":"object","properties":{"word":{"type":"string"}},"required":["word"],"additionalProperties":false})";

Text plain(std::string_view text) {
  return {.raw = text, .escaped = false};
}

Part words(std::string_view text) {
  return {.what = providers::TextPart{plain(text)}, .cache = {}};
}

}  // namespace

std::vector<Feature> provable(const config::Features& claimed) {
  std::vector<Feature> result;
  const auto has = [&](Feature feature) { return claimed.test(static_cast<std::size_t>(feature)); };
  if (has(Feature::tools)) result.push_back(Feature::tools);
  if (has(Feature::json_schema)) {
    result.push_back(Feature::json_schema);
  } else if (has(Feature::json_object)) {
    result.push_back(Feature::json_object);
  }
  if (has(Feature::images)) result.push_back(Feature::images);
  return result;
}

providers::Conversation conversation_of(const ProbeQuestion& question) {
  const auto wants = [&](Feature feature) {
    return std::ranges::find(question.features, feature) != question.features.end();
  };
  providers::Conversation conversation;
  conversation.max_output = question.most_output;
  Turn turn{.role = Turn::Role::user};
  if (!question.text.empty()) {
    turn.parts.push_back(
        {.what = providers::TextPart{conversation.own.keep_plain(question.text)}, .cache = {}});
    conversation.turns.push_back(std::move(turn));
    conversation.sampling.temperature = providers::JsonNumber{question.is_drawn ? "1" : "0"};
    return conversation;
  }
  if (wants(Feature::prefill)) {
    turn.parts.push_back(
        words("Count from one to nine in digits, with spaces between them and nothing else."));
    conversation.turns.push_back(std::move(turn));
    Turn begun{.role = Turn::Role::assistant};
    begun.parts.push_back(words(begun_answer));
    conversation.turns.push_back(std::move(begun));
    return conversation;
  }
  if (wants(Feature::images)) {
    turn.parts.push_back({.what = providers::MediaPart{.kind = providers::MediaPart::Kind::image,
                                                       .source = providers::MediaPart::Source::base64,
                                                       .content = plain(white),
                                                       .media_type = plain("image/png")},
                          .cache = {}});
  }
  const bool wants_json = wants(Feature::json_schema) || wants(Feature::json_object);
  turn.parts.push_back(
      words(wants_json ? "Answer with a JSON object whose member word is hello." : "Say hello."));
  conversation.turns.push_back(std::move(turn));
  if (wants(Feature::tools)) {
    conversation.tools.push_back(
        {.name = plain("greet"), .description = plain("Greets somebody."), .schema = schema});
  }
  if (wants(Feature::json_schema)) {
    conversation.form = {.kind = providers::OutputForm::Kind::json_schema,
                         .name = plain("greeting"),
                         .schema = schema,
                         .is_strict = true};
  } else if (wants(Feature::json_object)) {
    conversation.form.kind = providers::OutputForm::Kind::json_object;
  }
  return conversation;
}

bool goes_on(std::string_view answer) {
  const std::size_t digit = answer.find_first_of("0123456789");
  return digit != std::string_view::npos && answer[digit] == '5';
}

bool surely_goes_on(std::string_view answer) {
  return answer.starts_with(" 5");
}

}  // namespace gateway
