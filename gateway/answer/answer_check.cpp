#include "gateway/answer/answer_check.hpp"

#include <algorithm>
#include <map>

#include "gateway/answer/offered_tools.hpp"
#include "gateway/request/unfit.hpp"
#include "providers/dialect/finish_words.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/json/schema_check.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::AnswerEvent;
using providers::Fit;
using providers::JsonString;
using providers::JsonTree;
using routing::Check;
using routing::Checked;
using routing::Conduct;

// Of an answer; what is longer is not judged.
constexpr std::size_t most_kept = 256 * 1024;
constexpr std::size_t most_calls = 128;

bool needs(const InferenceRequest& request, Feature feature) {
  return request.demand.needs.test(static_cast<std::size_t>(feature));
}

Checked checked_as(Fit fit) {
  return fit == Fit::fits ? Checked::passed : fit == Fit::breaks ? Checked::failed : Checked::unjudged;
}

std::string decoded(const std::string& inside) {
  return JsonString{inside, inside.find('\\') != std::string::npos}.text();
}

// Checks texts on schemas, of which the last one stays read, with one effort for all of an answer.
class SchemaCheck {
 public:
  explicit SchemaCheck(providers::JsonTokens& tokens) : tokens_(tokens) {}

  Checked of(std::string_view schema, std::string_view text) {
    switch (value_.read(text, tokens_)) {
      case JsonTree::Read::invalid:
        return Checked::failed;
      case JsonTree::Read::too_large:
        return Checked::unjudged;
      case JsonTree::Read::all:
        break;
    }
    if (schema.empty() || schema == "null") return Checked::passed;
    if (schema.data() != schema_.data()) {
      schema_ = schema;
      is_read_ = schemas_.read(schema, tokens_) == JsonTree::Read::all;
    }
    if (!is_read_) return Checked::unjudged;
    return checked_as(
        providers::fit(schemas_, schemas_.root(), schemas_.root(), value_, value_.root(), effort_));
  }

 private:
  providers::JsonTokens& tokens_;
  providers::FitEffort effort_;
  JsonTree value_, schemas_;
  std::string_view schema_;
  bool is_read_ = false;
};

// One that failed is a failure, whatever else could not be judged.
Checked both(Checked a, Checked b) {
  if (a == Checked::no || b == Checked::no) return std::max(a, b);
  if (a == Checked::failed || b == Checked::failed) return Checked::failed;
  return a == Checked::unjudged || b == Checked::unjudged ? Checked::unjudged : Checked::passed;
}

}  // namespace

AnswerCheck::AnswerCheck(const InferenceRequest& request, const providers::Dialect& dialect)
    : passes_on_(is_passed_on(request, dialect)),
      answers_(static_cast<std::size_t>(std::max(1, request.asked.choices))),
      interpreter_(reader_of_reply(request, dialect)) {
  // Of several answers only those that are passed on can be told apart.
  if (!interpreter_ || (answers_ > 1 && !passes_on_)) return;
  checks_calls_ = needs(request, Feature::tools) && !request.asked.tools.empty();
  checks_json_ = needs(request, Feature::json_object) || needs(request, Feature::json_schema);
}

void AnswerCheck::note_finish(std::string_view reason) {
  switch (providers::end_reason_of(reason)) {
    case providers::EndReason::length:
      finish_ = Finish::cut;
      return;
    case providers::EndReason::content_filter:
      finish_ = Finish::filtered;
      return;
    case providers::EndReason::tool_calls:
      finish_ = Finish::calls;
      return;
    case providers::EndReason::stop:
      finish_ = Finish::stop;
      return;
  }
}

bool AnswerCheck::has_room_for(std::size_t bytes) {
  kept_bytes_ += bytes;
  is_too_large_ = is_too_large_ || kept_bytes_ > most_kept;
  return !is_too_large_;
}

// From the first one on that matters; then all, since calls end with what follows them.
void AnswerCheck::keep(const providers::SseEvent& event, const providers::PassedContent& content) {
  const bool matters = (checks_calls_ && content.tool_call) || (checks_json_ && content.text);
  if ((!matters && events_.empty()) || !has_room_for(event.data.size() + 8)) return;
  events_.append("data: ");
  const std::size_t begin = events_.size();
  events_.append(event.data);
  // Between JSON's tokens a line's end is white space like any other, and inside them there is none.
  std::replace(events_.begin() + static_cast<std::ptrdiff_t>(begin), events_.end(), '\n', ' ');
  std::replace(events_.begin() + static_cast<std::ptrdiff_t>(begin), events_.end(), '\r', ' ');
  events_.append("\n\n");
}

void AnswerCheck::take(const AnswerEvent& event) {
  using Kind = AnswerEvent::Kind;
  switch (event.kind) {
    case Kind::tool_call:
    case Kind::arguments: {
      if (!checks_calls_ && !checks_json_) return;
      if (event.index >= most_calls || !has_room_for(event.text.raw.size() + event.name.raw.size())) {
        is_too_large_ = true;
        return;
      }
      if (made_.size() <= event.index) made_.resize(event.index + 1);
      made_[event.index].name.append(event.name.raw);
      made_[event.index].arguments.append(event.text.raw);
      return;
    }
    case Kind::text:
      if (checks_json_ && has_room_for(event.text.raw.size())) text_.append(event.text.raw);
      return;
    case Kind::refusal:
      is_refused_ = true;
      return;
    case Kind::end:
      if (reads_again_) note_finish(providers::word_of(event.reason));
      return;
    default:
      return;
  }
}

void AnswerCheck::keep(const InferenceRequest& request) {
  if (!is_wanted() || wanted_) return;
  wanted_ = wanted_of(request);
}

// What is larger than answers may be is not kept beside a stream, nor walked for it.
AnswerCheck::Wanted AnswerCheck::wanted_of(const InferenceRequest& request) {
  std::string_view tools, schema;
  const bool is_in_body = passes_on_ || !request.conversation;
  if (is_in_body) {
    const auto in_body = [&](const providers::ByteRange& range) {
      return range.end <= request.body.size() ? range.of(request.body) : std::string_view();
    };
    if (checks_calls_) tools = in_body(request.asked.tools);
    if (checks_json_) schema = in_body(request.asked.output_schema);
  } else if (checks_json_) {
    schema = request.conversation->form.schema;
  }
  const bool lists = checks_calls_ && !is_in_body;
  const std::size_t listed = lists ? bytes_of_tools(request.conversation->tools) : tools.size();
  if (listed + schema.size() > most_kept) {
    is_too_large_ = true;
    return {};
  }
  return {lists ? in_one_list(request.conversation->tools) : std::string(tools), std::string(schema)};
}

Checked AnswerCheck::calls_checked(providers::JsonTokens& tokens) const {
  if (!checks_calls_ || finish_ == Finish::cut) return Checked::no;
  if (is_too_large_) return has_calls_ || !made_.empty() ? Checked::unjudged : Checked::no;
  if (made_.empty()) return Checked::no;
  struct One {
    std::string name, arguments;
  };
  std::vector<One> calls;
  OfferedTools::Called called;
  for (const Call& call : made_) {
    One one{decoded(call.name), decoded(call.arguments)};
    // Of tools without parameters; clients take it for an empty object.
    if (one.arguments.find_first_not_of(" \t\r\n") == std::string::npos) one.arguments = "{}";
    called.try_emplace(one.name);
    calls.push_back(std::move(one));
  }
  const OfferedTools offer(wanted_->tools, called, tokens);
  // So that each schema is read once.
  std::ranges::sort(calls, {}, &One::name);
  SchemaCheck check(tokens);
  Checked result = Checked::passed;
  for (const One& call : calls) {
    const Offered& offered = called.find(call.name)->second;
    const Checked unknown = offer.has_others() ? Checked::unjudged : Checked::failed;
    result = both(result, offered.is_known ? check.of(offered.schema, call.arguments) : unknown);
  }
  return result;
}

// A call, a refusal and what was cut off are no JSON, and need not be.
Checked AnswerCheck::json_checked(providers::JsonTokens& tokens) const {
  if (!checks_json_ || finish_ == Finish::cut || finish_ == Finish::filtered) return Checked::no;
  if (is_too_large_) return Checked::unjudged;
  if (is_refused_ || !made_.empty() || text_.empty()) return Checked::no;
  return SchemaCheck(tokens).of(wanted_->schema, decoded(text_));
}

// Cut off before any limit that is known; said to have calls and has none; never said to have ended.
Checked AnswerCheck::finish_checked(const InferenceRequest& request, const routing::Attempt& attempt) const {
  if (finish_ == Finish::none) return Checked::failed;
  if (finish_ == Finish::calls) return has_calls_ ? Checked::passed : Checked::failed;
  if (finish_ != Finish::cut) return Checked::passed;
  const std::optional<config::Tokens> bound = request.output_bound();
  if (!bound || !attempt.usage || attempt.usage_is_estimated) return Checked::unjudged;
  const config::EndpointSettings& settings =
      *request.hosts->generation->catalogue->endpoints()[attempt.endpoint].settings;
  std::int64_t most = std::min(bound->count, settings.context.count - attempt.usage->prompt.count);
  if (settings.max_output) most = std::min(most, settings.max_output->count);
  return 10 * attempt.usage->output.count < 9 * most ? Checked::failed : Checked::passed;
}

Conduct AnswerCheck::conduct(const InferenceRequest& request, const providers::HostModel& model,
                             const routing::Attempt& attempt, std::string_view reply,
                             providers::JsonTokens& tokens) {
  Conduct conduct{};
  if (!interpreter_) return conduct;
  routing::checked(conduct, Check::finish) = finish_checked(request, attempt);
  const bool may_be_empty = finish_ == Finish::cut || finish_ == Finish::filtered;
  if (is_visible_ || !may_be_empty)
    routing::checked(conduct, Check::content) = is_visible_ ? Checked::passed : Checked::failed;
  if (!is_wanted()) return conduct;
  keep(request);
  const bool matters = (checks_calls_ && has_calls_) || checks_json_;
  is_too_large_ = is_too_large_ || (passes_on_ && matters && reply.size() > most_kept);
  const bool is_read = passes_on_ && matters && !is_too_large_;
  if (is_read && answers_ > 1) {
    check_each(model, reply, tokens, conduct);
    return conduct;
  }
  if (is_read) read(model, reply, events_, tokens);
  check(tokens, conduct);
  return conduct;
}

void AnswerCheck::check(providers::JsonTokens& tokens, Conduct& conduct) const {
  Checked& calls = routing::checked(conduct, Check::tool_arguments);
  Checked& json = routing::checked(conduct, Check::json);
  calls = both(calls, calls_checked(tokens));
  json = both(json, json_checked(tokens));
}

void AnswerCheck::read(const providers::HostModel& model, std::string_view reply, std::string_view events,
                       providers::JsonTokens& tokens) {
  kept_bytes_ = 0;
  if (!reply.empty()) {
    interpreter_->whole(reply, model, tokens, *this);
    return;
  }
  const auto reader = interpreter_->streamed(model, tokens);
  if (reader->feed(events, *this) == providers::Reading::goes_on) reader->end(*this);
}

// One after the other, as if each had come alone: all of them must pass.
void AnswerCheck::check_each(const providers::HostModel& model, std::string_view reply,
                             providers::JsonTokens& tokens, Conduct& conduct) {
  reads_again_ = true;
  for (std::size_t answer = 0; answer < answers_; ++answer) {
    made_.clear();
    text_.clear();
    is_refused_ = false;
    finish_ = Finish::none;
    std::string events;
    for (std::string_view rest = events_; !rest.empty();) {
      const std::size_t end = std::min(rest.find("\n\n"), rest.size() - 2);
      const std::string alone = interpreter_->alone(rest.substr(6, end - 6), answer, tokens);
      if (!alone.empty()) events.append("data: ").append(alone).append("\n\n");
      rest.remove_prefix(end + 2);
    }
    const std::string whole = reply.empty() ? "" : interpreter_->alone(reply, answer, tokens);
    if (whole.empty() && events.empty()) continue;
    read(model, whole, events, tokens);
    check(tokens, conduct);
  }
}

}  // namespace gateway
