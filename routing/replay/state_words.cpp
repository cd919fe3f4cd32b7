#include "routing/replay/state_words.hpp"

#include <bit>

namespace routing {
namespace {

struct Put {
  StateWords words{};
  std::size_t next = 0;

  void operator()(const double& value) { words[next++] = std::bit_cast<std::uint64_t>(value); }
  void operator()(const config::TimePoint& value) {
    words[next++] = static_cast<std::uint64_t>(value.time_since_epoch().count());
  }
  void operator()(const std::int32_t& value) {
    words[next++] = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  }
  void operator()(const float& low, const float& high) {
    words[next++] = std::bit_cast<std::uint32_t>(low) | std::uint64_t{std::bit_cast<std::uint32_t>(high)}
                                                            << 32;
  }
};

struct Get {
  const StateWords& words;
  std::size_t next = 0;

  void operator()(double& value) { value = std::bit_cast<double>(words[next++]); }
  void operator()(config::TimePoint& value) {
    value = config::TimePoint(config::Duration(static_cast<std::int64_t>(words[next++])));
  }
  void operator()(std::int32_t& value) { value = static_cast<std::int32_t>(words[next++]); }
  void operator()(float& low, float& high) {
    low = std::bit_cast<float>(static_cast<std::uint32_t>(words[next]));
    high = std::bit_cast<float>(static_cast<std::uint32_t>(words[next++] >> 32));
  }
};

// Each of these names the members once, for both directions: `Part` is const when putting.
void percentiles(auto& io, auto& p) {
  io(p.p50), io(p.p75), io(p.p90), io(p.p95), io(p.p99);
}

void drift(auto& io, auto& d) {
  io(d.level), io(d.slope), io(d.level_variance), io(d.covariance), io(d.slope_variance);
  auto seen = static_cast<std::int32_t>(d.seen);
  io(seen);
  if constexpr (requires { d.seen = Drift::Seen::nothing; }) d.seen = static_cast<Drift::Seen>(seen != 0);
}

// Behind all others: files of before have none.
void usual_drift(auto& io, auto& d) {
  io(d.usual), io(d.usual_variance), io(d.shared);
}

void threshold(auto& io, auto& t) {
  static_assert(Threshold::count % 2 == 0);
  for (std::size_t i = 0; i < Threshold::count; i += 2) io(t.weights[i], t.weights[i + 1]);
}

void tally(auto& io, auto& t) {
  io(t.events), io(t.trials), io(t.counted);
}

void breaker(auto& io, auto& b) {
  Breaker::Memory memory = b.memory();
  io(memory.cause), io(memory.trips), io(memory.successes);
  io(memory.since), io(memory.left_alone), io(memory.until);
  if constexpr (requires { b = Breaker{}; }) b = Breaker::from(memory);
}

// Of what an engine says, what decisions read. Behind all others, too.
void engine(auto& io, auto& e) {
  io(e.others);
  std::int32_t unready = e.is_ready ? 0 : 1;
  io(unready);
  if constexpr (requires { e.is_ready = true; }) e.is_ready = unready == 0;
}

// Behind all others, too.
void quality(auto& io, auto& checks) {
  static_assert(check_count == 9);
  for (auto& check : checks) {
    auto regard = static_cast<float>(check.regard);
    io(check.failing, regard);
    if constexpr (requires { check.regard = Regard::usual; })
      check.regard = static_cast<Regard>(static_cast<int>(regard));
  }
}

// Behind all others, too; of heads behind those.
void first_tokens(auto& io, auto& all) {
  static_assert(effort_count == 5);
  for (auto& group : all.groups) {
    io(group.replies, group.mean), io(group.variance, group.longest);
  }
}

void whole(auto& io, auto& s) {
  percentiles(io, s.measured.ttft), percentiles(io, s.measured.throughput);
  percentiles(io, s.measured.gap), percentiles(io, s.measured.total);
  io(s.measured.uptime), io(s.measured.samples);
  auto& line = s.speed.prompt;
  io(line.base), io(line.per_kilotoken), io(line.base_variance), io(line.covariance);
  io(line.per_kilotoken_variance);
  drift(io, s.speed.ttft), drift(io, s.speed.throughput);
  threshold(io, s.speed.slots), threshold(io, s.room);
  io(s.speed.ordinary.output), io(s.speed.ordinary.kilotokens), io(s.speed.ordinary.requests);
  auto& health = s.health;
  tally(io, health.failures), tally(io, health.refusals);
  io(health.failures_in_a_row), io(health.refusals_in_a_row), io(health.failing_takes);
  breaker(io, health.breaker);
  io(health.cooling_until), io(health.headroom), io(health.headroom_known);
  io(s.replies), io(s.verbosity), io(s.prompt_scale), io(s.cache_reliability), io(s.streams_reasoning);
  usual_drift(io, s.speed.ttft), usual_drift(io, s.speed.throughput);
  engine(io, s.engine);
  quality(io, s.quality);
  first_tokens(io, s.first_tokens);
  first_tokens(io, s.heads.seen);
}

}  // namespace

StateWords words_of(const EndpointState& state) {
  Put put;
  whole(put, state);
  return put.words;
}

EndpointState state_of(const StateWords& words) {
  EndpointState state;
  Get get{words};
  whole(get, state);
  return state;
}

}  // namespace routing
