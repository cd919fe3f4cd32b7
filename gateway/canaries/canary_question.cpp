#include "gateway/canaries/canary_question.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "gateway/observe/standing.hpp"
#include "routing/terms/bill.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

// Replies in five minutes with which an endpoint is looked at by its own traffic.
constexpr double enough_traffic = 10;
// What a host may put around a text, and say although one token was asked for.
constexpr std::int64_t most_around = 400, most_said = 16;

// Its first word, whatever stands around it.
std::uint64_t beginning_of(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  const auto begin = std::ranges::find_if_not(text, is_space);
  const auto end = std::find_if(begin, text.end(), is_space);
  return begin == end ? 0 : routing::hash_of({&*begin, static_cast<std::size_t>(end - begin)});
}

// Whether the host bills nothing for it: it refused, or nothing ever reached it.
bool is_free(const ProbeAnswer& answer) {
  if (answer.status >= 400) return true;
  return answer.failure == routing::FailureKind::resolve || answer.failure == routing::FailureKind::connect ||
         answer.failure == routing::FailureKind::tls || answer.failure == routing::FailureKind::local;
}

}  // namespace

bool may_be_asked_a_canary(const CanaryView& seen, routing::EndpointIndex index, config::TimePoint now) {
  const Generation& generation = *seen.generation;
  const routing::Endpoint& endpoint = generation.catalogue->endpoints()[index];
  if (seen.snapshot->catalogue != generation.catalogue) return false;
  if (seen.out && seen.out->generation == generation.catalogue->generation() &&
      std::ranges::find(seen.out->endpoints, index) != seen.out->endpoints.end())
    return false;
  const routing::EndpointState& state = seen.snapshot->endpoints[index];
  if (stand_of(state, now).standing != Standing::serving || state.measured.samples >= enough_traffic)
    return false;
  if (is_forbidden(generation.policies, endpoint)) return false;
  if (generation.waiting.of(endpoint.settings->provider_index) > 0) return false;
  return can_be_asked(endpoint, canary_question(endpoint, 0));
}

ProbeQuestion canary_question(const routing::Endpoint& endpoint, std::size_t text,
                              routing::CanaryPast::Drawn drawn) {
  return {.features = {},
          .most_output = claims(endpoint, config::Feature::reasoning) ? most_said : 1,
          .text = routing::canary_text(text),
          .is_drawn = drawn == routing::CanaryPast::Drawn::by_chance,
          .wants_likelihoods = claims(endpoint, config::Feature::logprobs)};
}

std::int64_t worst_of_canary(const routing::Endpoint& endpoint, config::WallTime now) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < routing::canary_texts; ++i)
    longest = std::max(longest, routing::canary_text(i).size());
  const routing::Usage usage{.prompt = {static_cast<std::int64_t>(longest) + most_around},
                             .output = {2 * most_said}};
  return routing::bill(endpoint, usage, {.at = now}).nanos;
}

std::optional<std::int64_t> billed_for_canary(const routing::Endpoint& endpoint, const ProbeAnswer& answer,
                                              config::WallTime began) {
  if (answer.usage) return routing::bill(endpoint, *answer.usage, {.at = began}).nanos;
  return is_free(answer) ? std::optional<std::int64_t>(0) : std::nullopt;
}

routing::CanaryAnswer canary_answer(const ProbeAnswer& answer, std::size_t text) {
  routing::CanaryAnswer said{
      .text = text, .said = beginning_of(answer.text), .likelihood = answer.likelihood, .lead = answer.lead};
  if (answer.usage) said.prompt_tokens = answer.usage->prompt.count;
  return said;
}

}  // namespace gateway
