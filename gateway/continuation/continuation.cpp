#include "gateway/continuation/continuation.hpp"

#include <algorithm>

namespace gateway {
namespace {

using config::Feature;

// With fewer tokens left the answer is as good as over: what was said is only counted in pieces.
constexpr std::int64_t least_left = 17;
constexpr std::int64_t bytes_in_a_token = 4;

bool is_plain_chat(const InferenceRequest& request) {
  const routing::Demand& demand = request.demand;
  if (demand.delivery != routing::Delivery::streamed || demand.answers != 1) return false;
  if (!request.surface->can_go_on() || !request.surface->conversing()) return false;
  for (const Feature each : {Feature::tools, Feature::json_object, Feature::json_schema, Feature::audio,
                             Feature::reasoning, Feature::logprobs, Feature::prefill}) {
    if (demand.needs.test(static_cast<std::size_t>(each))) return false;
  }
  return !request.asked.messages.empty() && !request.asked.keeps_think_tags;
}

}  // namespace

bool Continuation::is_for(const InferenceRequest& request) {
  return request.policy->continue_hops > 0 && is_plain_chat(request);
}

bool Continuation::can_go_on(InferenceRequest& request, providers::JsonTokens& tokens) const {
  if (!is_plain_ || said_.empty()) return false;
  if (request.output_bound()) {
    const std::string plain = providers::JsonString{said_, true}.text();
    // Who is given nothing says all of it again.
    const bool is_given = !cut_for_going_on(plain).given.empty();
    if (is_given && left_behind(plain, request) < least_left) return false;
  }
  if (request.conversation) return true;
  Conversed conversed = request.surface->conversing()->conversation(request.body, tokens);
  if (!conversed) return false;
  request.conversation = std::make_unique<providers::Conversation>(*std::move(conversed));
  return true;
}

std::optional<std::int64_t> Continuation::left_behind(std::string_view plain,
                                                      const InferenceRequest& request) const {
  const std::optional<config::Tokens> bound = request.output_bound();
  if (!bound) return std::nullopt;
  const auto by_length = static_cast<std::int64_t>(plain.size()) / bytes_in_a_token;
  return bound->count - std::max(pieces_, by_length);
}

void Continuation::begin() {
  waiting_.clear();
  waiting_pieces_ = 0;
  joint_.reset();
}

void Continuation::go_on(const InferenceRequest& request, const routing::Attempts& attempts) {
  begin();
  ++hops_;
  is_seam_told_ = false;
  plain_ = providers::JsonString{said_, true}.text();
  const Cut cut = cut_for_going_on(plain_);
  joint_.emplace(plain_, cut);
  given_.clear();
  providers::append_escaped(given_, cut.given);
  used_ = {};
  cost_ = {};
  for (const routing::Attempt& each : attempts) {
    const bool is_heard = each.failure && each.failure->progress == routing::Progress::client_has_bytes;
    if (!is_heard) continue;
    cost_ = cost_ + each.cost;
    if (!each.usage) continue;
    used_.prompt.count += each.usage->prompt.count;
    used_.cached.count += each.usage->cached.count;
    used_.cache_written.count += each.usage->cache_written.count;
    used_.output.count += each.usage->output.count;
  }
  most_left_.reset();
  // Who is given nothing says all of it again.
  const auto left = left_behind(plain_, request);
  if (left && !given_.empty()) most_left_ = config::Tokens{std::max<std::int64_t>(1, *left)};
}

std::vector<BodyEdit> Continuation::edits(const ClientBody& asked, providers::PrefillForm form) {
  if (given_.empty()) return {};
  message_ = ",{\"role\":\"assistant\",\"content\":\"" + given_ + "\"";
  message_.append(providers::member_of(form)) += '}';
  const std::size_t end = asked.messages.back().end, begin = asked.object.begin + 1;
  std::vector<BodyEdit> edits{{{end, end}, message_}};
  const std::string_view beside = providers::beside_messages(form);
  if (!beside.empty()) edits.push_back({{begin, begin}, beside});
  return edits;
}

routing::Usage Continuation::with_earlier(routing::Usage usage) const {
  usage.prompt.count += used_.prompt.count;
  usage.cached.count += used_.cached.count;
  usage.cache_written.count += used_.cache_written.count;
  usage.output.count += used_.output.count;
  return usage;
}

CostShown Continuation::with_earlier(CostShown cost) const {
  cost.all = cost.all + cost_;
  cost.prompt = cost.prompt + cost_;
  return cost;
}

}  // namespace gateway
