#include "routing/host_model/host_fate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace routing {
namespace {

// Coordinates of the draws. Their numbers are part of what a seed means: add at the end.
enum FateDraw : std::uint64_t {
  answer_length,
  ttft_luck,
  speed_luck,
  straggles,
  error_luck,
  cut_luck,
  cut_place,
  stall_luck,
  stall_place,
  cache_luck,
  lapse_luck
};

double usual_length(const config::AnswerLengths& lengths, std::uint64_t fleet_seed,
                    const HostRequest& request) {
  if (request.answer) return static_cast<double>(request.answer->count);
  return lengths.median_tokens * HostDraws{fleet_seed}.lognormal(lengths.log_sd, request.key, answer_length);
}

std::optional<int> error_of(const config::Mishaps& mishaps, const HostDraws& luck, std::uint64_t key) {
  // One draw for all, so that the probabilities add up.
  double draw = luck.uniform(key, error_luck);
  for (const config::ErrorReply& error : mishaps.errors) {
    if (draw < error.probability) return error.status;
    draw -= error.probability;
  }
  return std::nullopt;
}

// After a whole number of tokens, 1 .. output - 1; a single token cannot be parted.
std::optional<std::int64_t> somewhere(double probability, std::int64_t output, const HostDraws& luck,
                                      std::uint64_t key, FateDraw whether, FateDraw where) {
  if (output < 2 || !luck.happens(probability, key, whether)) return std::nullopt;
  return 1 + static_cast<std::int64_t>(luck.uniform(key, where) * static_cast<double>(output - 1));
}

}  // namespace

std::int64_t room_for_output(const config::SimulatedHost& host, const HostRequest& request) {
  std::int64_t room = host.context.count - request.prompt.count;
  if (host.max_output) room = std::min(room, host.max_output->count);
  if (request.max_output) room = std::min(room, request.max_output->count);
  return room;
}

Fate fate_of(const config::SimulatedHost& host, const config::AnswerLengths& lengths,
             std::uint64_t fleet_seed, const HostDraws& luck, const HostRequest& request) {
  Fate fate;
  const auto key = request.key;
  const double wished =
      std::clamp(std::round(usual_length(lengths, fleet_seed, request) * host.verbosity), 1.0, 1e9);
  const auto room = static_cast<double>(room_for_output(host, request));
  fate.cut_short = wished > room;
  fate.output = static_cast<std::int64_t>(std::min(wished, room));
  // The reasoning is part of the answer that was wished for: a short limit may end it before a word is said.
  fate.reasoning = std::min(static_cast<std::int64_t>(wished * host.reasoning_share), fate.output);

  fate.ttft = luck.lognormal(host.ttft.log_sd, key, ttft_luck);
  fate.speed = luck.lognormal(host.speed.log_sd, key, speed_luck);
  if (luck.happens(host.mishaps.straggler, key, straggles)) {
    fate.ttft *= host.mishaps.straggler_factor;
    fate.speed /= host.mishaps.straggler_factor;
  }
  fate.error = error_of(host.mishaps, luck, key);
  fate.breaks_after = somewhere(host.mishaps.cut, fate.output, luck, key, cut_luck, cut_place);
  fate.stalls_after = somewhere(host.mishaps.stall, fate.output, luck, key, stall_luck, stall_place);
  fate.reaches_cache = host.prompt_cache && luck.happens(host.prompt_cache->reliability, key, cache_luck);
  return fate;
}

config::Tokens counted_prompt(const config::SimulatedHost& host, config::Tokens prompt,
                              config::Seconds elapsed) {
  double scale = 1;
  for (const config::Variant& each : host.mishaps.variants) {
    if (each.at <= elapsed) scale = each.prompt_scale;
  }
  return {std::llround(static_cast<double>(prompt.count) * scale)};
}

bool lapses(const config::SimulatedHost& host, const HostDraws& luck, std::uint64_t key,
            config::Seconds elapsed) {
  double share = 0;
  for (const config::Lapses& each : host.mishaps.lapses) {
    if (each.at <= elapsed) share = each.share;
  }
  return luck.happens(share, key, lapse_luck);
}

}  // namespace routing
