#include "providers/dialects/anthropic/native.hpp"

#include <algorithm>

#include "providers/dialect/relayed_event.hpp"
#include "providers/dialects/anthropic/errors.hpp"
#include "providers/dialects/anthropic/shown.hpp"
#include "providers/dialects/anthropic/whole.hpp"

namespace providers {
namespace {

// Each count for itself: an event that does not tell one leaves it as it was.
routing::Usage joined_usage(const routing::Usage& before, const routing::Usage& next) {
  const auto larger = [](config::Tokens a, config::Tokens b) { return b.count > 0 ? b : a; };
  const auto uncached = [](const routing::Usage& usage) {
    return config::Tokens{usage.prompt.count - usage.cached.count - usage.cache_written.count};
  };
  routing::Usage usage = next;
  usage.cached = larger(before.cached, next.cached);
  usage.cache_written = larger(before.cache_written, next.cache_written);
  usage.cache_written_1h =
      std::min(larger(before.cache_written_1h, next.cache_written_1h), usage.cache_written);
  usage.output = larger(before.output, next.output);
  usage.reasoning = std::min(larger(before.reasoning, next.reasoning), usage.output);
  usage.searches = std::max(before.searches, next.searches);
  if (next.geo.empty()) usage.geo = before.geo;
  if (before.tier == config::ServiceTier::fast || !next.tier) usage.tier = before.tier;
  usage.prompt = {larger(uncached(before), uncached(next)).count + usage.cached.count +
                  usage.cache_written.count};
  return usage;
}

class AnthropicReplies final : public NativeReplies {
 public:
  PassedEvent event(const SseEvent& event, JsonTokens& tokens) const override;
  Relayed relayed(const SseEvent& event, const PassedEvent& passed, UsageShown usage, std::string& scratch,
                  std::string_view cost) const override;
  ReportedUsage joined(const ReportedUsage& before, const ReportedUsage& next) const override {
    ReportedUsage usage = next;
    if (before.usage && next.usage) usage.usage = joined_usage(*before.usage, *next.usage);
    usage.anomaly = before.anomaly || next.anomaly;
    return usage;
  }
  PassedReply whole(std::string_view body, JsonTokens& tokens) const override {
    PassedReply reply = pass_anthropic_whole(body, tokens);
    tokens.shrink();
    return reply;
  }
};

PassedEvent AnthropicReplies::event(const SseEvent& event, JsonTokens& tokens) const {
  PassedEvent passed;
  if (event.data.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    passed.kind = PassedEvent::Kind::empty;
    return passed;
  }
  AnthropicUsage usage;
  auto read = read_anthropic_event(event.data, tokens, usage);
  if (!read) {
    if (event.name != "error") return passed;
    passed.kind = PassedEvent::Kind::error;
    passed.error = read_anthropic_error(event.data, tokens);
    return passed;
  }
  passed.kind = PassedEvent::Kind::delta;
  // By its own type, and not by the line before it, which those who imitate Anthropic leave out.
  if (read->type.is("content_block_delta")) {
    show_delta(read->delta, passed.content);
  } else if (read->type.is("content_block_start")) {
    if (read->block) show_block(*read->block, passed.content);
  } else if (read->type.is("message_delta")) {
    show_end(read->delta.stop_reason, passed.content);
  } else if (read->type.is("message_stop")) {
    passed.kind = PassedEvent::Kind::done;
  } else if (read->error) {
    passed.kind = PassedEvent::Kind::error;
    passed.error = *std::move(read->error);
  }
  if (usage.is_known()) {
    passed.usage = {.usage = usage.usage(), .anomaly = usage.is_odd()};
    passed.usage_value = read->usage_value;
  }
  passed.names.model = read->model_value;
  return passed;
}

// Clients go by the line of the event's name, which some hosts leave out. What a reply costs is known at its
// end.
Relayed AnthropicReplies::relayed(const SseEvent& event, const PassedEvent& passed, UsageShown,
                                  std::string& scratch, std::string_view cost) const {
  if (passed.kind != PassedEvent::Kind::delta) return {};
  const bool is_end = !passed.content.finish_reason.empty();
  return relayed_event(event, passed, Kept::named_only, is_end ? cost : std::string_view(), scratch);
}

}  // namespace

const NativeReplies& anthropic_native_replies() {
  static const AnthropicReplies replies;
  return replies;
}

}  // namespace providers
