#include "gateway/serving/question.hpp"

#include "gateway/continuation/continuation.hpp"
#include "gateway/request/unfit.hpp"
#include "gateway/surface/upstream_body.hpp"
#include "providers/dialect/azure_target.hpp"
#include "providers/dialect/host_facts.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"

namespace gateway {
namespace {

using providers::Result;
using providers::Task;

// What its quotas bear of an answer. A host with less context than that is not told: it may ask for room for
// as much, and has it for less.
std::optional<config::Tokens> most_borne(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const std::optional<config::Tokens>& most = request.most_output;
  if (!most || request.demand.max_output) return most;
  const std::int64_t all = request.demand.prompt.count + most->count;
  return all < endpoint.settings->context.count ? most : std::nullopt;
}

// The conversation as the host is asked it, while it lives: bounded, and one that is to be gone on with.
class GoneOn {
 public:
  GoneOn(const Attempting& with, providers::Conversation& conversation)
      : conversation_(conversation), most_(conversation.max_output) {
    if (const auto most = most_borne(with.request, endpoint_of(with))) conversation_.max_output = most->count;
    if (!goes_on(with) || with.continuation->given().empty()) return;
    const providers::Text given{with.continuation->given(), true};
    conversation_.turns.push_back({.role = providers::Turn::Role::assistant,
                                   .parts = {providers::Part{.what = providers::TextPart{given}}}});
    is_longer_ = true;
    if (const auto left = with.continuation->most_left()) conversation_.max_output = left->count;
  }
  ~GoneOn() {
    if (is_longer_) conversation_.turns.pop_back();
    conversation_.max_output = most_;
  }
  GoneOn(const GoneOn&) = delete;
  GoneOn& operator=(const GoneOn&) = delete;

 private:
  providers::Conversation& conversation_;
  std::optional<std::int64_t> most_;
  bool is_longer_ = false;
};

// By the path under which OpenRouter, and who speaks like it, has its API.
bool knows_details(const routing::Endpoint& endpoint) {
  return endpoint.provider->base_url.path.ends_with("/api/v1");
}

// As UpstreamBody puts texts of earlier thinking.
std::string_view thoughts_member(const routing::Endpoint& endpoint) {
  switch (endpoint.provider->earlier_thinking) {
    case config::EarlierThinking::reasoning_content:
      break;
    case config::EarlierThinking::reasoning:
      return "\"reasoning\":";
    case config::EarlierThinking::none:
      return {};
  }
  return usual_thoughts_member;
}

// What the host cannot be told as it was said, as the client is told it: "top_k, seed".
std::string dropped_text(const InferenceRequest& request, const routing::Endpoint& endpoint,
                         const std::vector<std::string_view>& hints,
                         const std::vector<std::string_view>& dropped) {
  const Surface& surface = *request.surface;
  const auto& most = endpoint.settings->max_output;
  std::vector<std::string_view> names;
  for (const std::string_view name : hints) providers::add_name(names, surface.parameter(name));
  for (const std::string_view name : dropped) providers::add_name(names, surface.parameter(name));
  for (const std::string_view name : request.asked.untold) providers::add_name(names, name);
  for (const OutputBound& bound : request.asked.output_bounds) {
    if (most && bound.tokens > most->count) providers::add_name(names, bound.name);
  }
  for (const OwnedItem& each : request.asked.owned_items) {
    if (each.owner != endpoint.name_hash) providers::add_name(names, surface.parameter("reasoning_details"));
  }
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// What the API calls a bound of the answer's tokens that a client did not set.
std::string_view new_bound(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const std::string_view newer = request.surface->newer_bound();
  if (!newer.empty() && !providers::takes_max_tokens(*endpoint.provider)) return newer;
  const std::string_view name = request.surface->parameter("max_tokens");
  return name.substr(name.rfind('.') + 1);  // of a member within another
}

providers::PassedWishes wishes_of(const InferenceRequest& request) {
  const AskedThinking& asked = request.asked.thinking;
  providers::PassedWishes wishes{.fields = request.host_fields, .betas = request.betas};
  wishes.says_geo = !request.asked.inference_geo.empty();
  if (!asked.is_said()) return wishes;
  providers::ThinkingWish& thinking = wishes.thinking.emplace();
  for (const auto& [word, effort] : providers::effort_words) {
    if (word == asked.effort) thinking.effort = effort;
  }
  thinking.budget = asked.budget;
  wishes.host_words = asked.host_words;
  return wishes;
}

}  // namespace

Task<Result<providers::HostReply>> ask(const Attempting& with, const routing::Endpoint& endpoint,
                                       providers::Exchange& exchange, const Batches& batches,
                                       providers::KeyPermit* permit) {
  const InferenceRequest& request = with.request;
  providers::HostModel model = providers::host_model_of(endpoint);
  model.owner = endpoint.name_hash;
  const routing::Delivery delivery = request.demand.delivery;
  std::string target;
  providers::OutgoingRequest outgoing{.dialect = &with.dialect,
                                      .target = providers::target_at(with.dialect, model, delivery, target),
                                      .traceparent = with.traceparent,
                                      .permit = permit};
  if (is_passed_on(with.request, with.dialect)) {
    const providers::PassedMembers passed = with.dialect.passed(wishes_of(request), model);
    outgoing.fields = passed.fields;
    std::vector<std::string_view> left_out(passed.left_out.begin(), passed.left_out.end());
    const std::string_view thoughts = thoughts_member(endpoint);
    const bool loses_details = !request.asked.details_edits.empty() && !knows_details(endpoint);
    if (loses_details || (thoughts.empty() && !request.asked.thought_edits.empty())) {
      providers::add_name(left_out, "reasoning_details");
    }
    with.served.dropped = dropped_text(request, endpoint, {}, left_out);
    std::optional<config::Tokens> most = endpoint.settings->max_output;
    const std::optional<config::Tokens> borne = most_borne(request, endpoint);
    if (borne && (!most || *borne < *most)) most = borne;
    std::vector<BodyEdit> more;
    if (goes_on(with)) {
      more = with.continuation->edits(request.asked, providers::prefill_form_of(*endpoint.provider));
      const auto left = with.continuation->most_left();
      if (left && (!most || *left < *most)) most = left;
    }
    const UpstreamBody body(request.asked, request.body, model.name,
                            {.most_output = most,
                             .new_bound = borne ? new_bound(request, endpoint) : "",
                             .owner = endpoint.name_hash,
                             .may_store = endpoint.provider->keeps_responses,
                             .knows_details = knows_details(endpoint),
                             .thoughts_member = thoughts,
                             .says_model = passed.says_model,
                             .says_stream = passed.says_stream,
                             .new_members = passed.members,
                             .thinking_members = passed.thinking ? *passed.thinking : std::string_view(),
                             .replaces_thinking = passed.thinking.has_value(),
                             .first_input = batches.first(),
                             .end_input = batches.end(),
                             .more = more});
    for (const std::string_view piece : body.pieces()) outgoing.body.add(piece);
    co_return co_await exchange.start(outgoing);
  }
  const providers::Interpreter& interpreter = *with.dialect.interpreter();
  providers::WrittenRequest written;
  {
    // Only while it is written: another host may be asked for the same before this one answers.
    const GoneOn gone_on(with, *request.conversation);
    written = interpreter.write(*request.conversation, model, delivery, with.services.tokens);
    const providers::Unsaid unsaid = providers::unsaid(*request.conversation, interpreter.carries(model));
    const std::vector<std::string> betas = with.dialect.untold_betas(request.conversation->betas, model);
    std::vector<std::string_view> dropped = written.dropped;
    dropped.insert(dropped.end(), betas.begin(), betas.end());
    with.served.dropped = dropped_text(request, endpoint, unsaid.hints, dropped);
  }
  outgoing.fields = written.fields;
  outgoing.body.add(written.body);
  co_return co_await exchange.start(outgoing);
}

}  // namespace gateway
