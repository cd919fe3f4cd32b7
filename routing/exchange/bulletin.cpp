#include "routing/exchange/bulletin.hpp"

#include <algorithm>
#include <cmath>

#include "config/values/bytes.hpp"
#include "routing/terms/draws.hpp"
#include "routing/terms/succession.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;
using config::ByteReader;
using config::ByteWriter;
using std::chrono::microseconds;

constexpr std::uint64_t mark = 0x31434f5349474e41;  // changes with what follows
constexpr config::Duration oldest = 10s, most_ahead = 1s, longest = 24h;
constexpr std::int64_t most_tokens = std::int64_t{1} << 32;

std::uint64_t in_micros(config::Duration time) {
  const auto count =
      std::chrono::duration_cast<microseconds>(std::clamp(time, config::Duration{}, longest)).count();
  return static_cast<std::uint64_t>(count);
}

// Writes what `Get` reads, in the same order.
struct Put {
  ByteWriter& bytes;

  void time(config::Duration value) { bytes.number(in_micros(value)); }
  void time(const std::optional<config::Duration>& value) { bytes.number(value ? in_micros(*value) + 1 : 0); }
  void tokens(config::Tokens value) {
    bytes.number(static_cast<std::uint64_t>(std::clamp<std::int64_t>(value.count, 0, most_tokens)));
  }
  void share(const std::optional<double>& value) {
    bytes.number(value ? static_cast<std::uint64_t>(std::lround(std::clamp(*value, 0.0, 1.0) * 1e6)) + 1 : 0);
  }
  void whole(std::int64_t value, std::int64_t most) {
    bytes.number(static_cast<std::uint64_t>(std::clamp<std::int64_t>(value, 0, most)));
  }
};

struct Get {
  ByteReader& bytes;
  bool is_wrong = false;

  std::uint64_t number(std::uint64_t most) {
    const std::uint64_t value = bytes.number();
    is_wrong = is_wrong || bytes.failed() || value > most;
    return is_wrong ? 0 : value;
  }
  void time(config::Duration& value) { value = microseconds(number(in_micros(longest))); }
  void time(std::optional<config::Duration>& value) {
    const std::uint64_t said = number(in_micros(longest) + 1);
    value = said == 0 ? std::nullopt : std::optional<config::Duration>(microseconds(said - 1));
  }
  void tokens(config::Tokens& value) { value.count = static_cast<std::int64_t>(number(most_tokens)); }
  void share(std::optional<double>& value) {
    const std::uint64_t said = number(1'000'001);
    value = said == 0 ? std::nullopt : std::optional(static_cast<double>(said - 1) / 1e6);
  }
  void whole(auto& value, std::int64_t most) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(number(static_cast<std::uint64_t>(most)));
  }
};

constexpr std::int64_t most_at_once = 1'000'000, most_deltas = std::int64_t{1} << 31;

void usage(auto& io, auto& u) {
  io.tokens(u.prompt), io.tokens(u.cached), io.tokens(u.output), io.tokens(u.reasoning);
}

// Each member once, for both directions.
void numbers(auto& io, auto& glimpse) {
  auto& attempt = glimpse.attempt;
  io.time(attempt.first_delta), io.time(attempt.first_visible), io.time(attempt.finished);
  io.time(attempt.worst_gap);
  io.whole(attempt.deltas, most_deltas), io.whole(attempt.in_flight, most_at_once);
  io.share(attempt.headroom);
  io.tokens(glimpse.asked.prompt);
}

enum Flag : std::uint64_t {
  streamed = 1,
  begun = 2,
  has_usage = 4,
  estimated = 8,
  failed = 16,
  all_flags = 31
};

void put(ByteWriter& bytes, const Glimpse& glimpse, config::TimePoint sent) {
  const Attempt& attempt = glimpse.attempt;
  Put io{bytes};
  bytes.number(static_cast<std::uint64_t>(glimpse.what));
  std::uint64_t flags = 0;
  if (glimpse.asked.delivery == Delivery::streamed) flags |= streamed;
  if (attempt.told == Told::beginning) flags |= begun;
  if (attempt.usage) flags |= has_usage;
  if (attempt.usage_is_estimated) flags |= estimated;
  if (attempt.failure) flags |= failed;
  bytes.number(flags);
  io.time(sent - glimpse.at);
  io.time(glimpse.at - attempt.dispatched);
  numbers(io, glimpse);
  io.share(attempt.cached_share);
  io.whole(std::llround(std::min(glimpse.asked.output, 1e9)), 1'000'000'000);
  if (attempt.usage) usage(io, *attempt.usage);
  if (attempt.failure) {
    bytes.number(static_cast<std::uint64_t>(attempt.failure->kind));
    io.whole(attempt.failure->status, 999);
    io.time(attempt.failure->retry_after);
  }
  if (glimpse.what != Glimpse::What::counts) return;
  for (const std::uint64_t hash : glimpse.lengths.hashes) bytes.word(hash);
  io.whole(std::llround(std::min(glimpse.cached_tokens, 1e9)), 1'000'000'000);
}

// What learning relies on.
bool is_possible(const Glimpse& glimpse) {
  const Attempt& a = glimpse.attempt;
  if (a.failure && (!concerns_others(a) || glimpse.what == Glimpse::What::begins)) return false;
  if (a.first_delta && a.finished && *a.first_delta > *a.finished) return false;
  switch (glimpse.what) {
    case Glimpse::What::begins:
      return a.first_delta.has_value();
    case Glimpse::What::ends:
      return a.finished.has_value() && (a.told != Told::beginning || a.first_delta);
    case Glimpse::What::counts:
      return a.usage && a.usage->cached.count <= a.usage->prompt.count &&
             a.usage->reasoning.count <= a.usage->output.count;
  }
  return false;
}

std::optional<Glimpse> glimpse_in(ByteReader& bytes, config::TimePoint sent) {
  Get io{bytes};
  Glimpse glimpse;
  Attempt& attempt = glimpse.attempt;
  glimpse.what = static_cast<Glimpse::What>(io.number(static_cast<std::uint64_t>(Glimpse::What::counts)));
  const std::uint64_t flags = io.number(all_flags);
  glimpse.asked.delivery = (flags & streamed) != 0 ? Delivery::streamed : Delivery::whole;
  attempt.told = (flags & begun) != 0 ? Told::beginning : Told::nothing;
  attempt.usage_is_estimated = (flags & estimated) != 0;
  config::Duration age{}, began{};
  io.time(age), io.time(began);
  glimpse.at = sent - age;
  attempt.dispatched = glimpse.at - began;
  numbers(io, glimpse);
  std::optional<double> cached_share;
  io.share(cached_share);
  attempt.cached_share = cached_share.value_or(0);
  io.whole(glimpse.asked.output, 1'000'000'000);
  if ((flags & has_usage) != 0) usage(io, attempt.usage.emplace());
  if ((flags & failed) != 0) {
    attempt.failure.emplace().kind = static_cast<FailureKind>(io.number(failure_kinds - 1));
    io.whole(attempt.failure->status, 999);
    io.time(attempt.failure->retry_after);
  }
  if (glimpse.what == Glimpse::What::counts) {
    for (std::uint64_t& hash : glimpse.lengths.hashes) hash = bytes.word();
    io.whole(glimpse.cached_tokens, 1'000'000'000);
  }
  if (io.is_wrong || bytes.failed() || !is_possible(glimpse)) return std::nullopt;
  return glimpse;
}

}  // namespace

std::uint64_t shared_name(const Endpoint& endpoint) {
  const Identity identity = identity_of(endpoint);
  return mixed(identity.asked) ^ identity.named;
}

std::string bytes_of(const Bulletin& bulletin, const SharedMoment& now) {
  ByteWriter bytes;
  bytes.word(mark);
  bytes.word(bulletin.sender), bytes.number(bulletin.sequence);
  bytes.number(static_cast<std::uint64_t>(now.shared.count()));
  const std::size_t loads = std::min(bulletin.loads.size(), most_loads);
  bytes.number(loads);
  for (std::size_t i = 0; i < loads; ++i) {
    bytes.word(bulletin.loads[i].endpoint), bytes.number(bulletin.loads[i].in_flight);
  }
  bytes.number(bulletin.seen.size());
  for (const Bulletin::Seen& each : bulletin.seen) {
    bytes.word(each.endpoint);
    put(bytes, each.glimpse, now.own);
  }
  bytes.word(hash_of(bytes.written()));
  return bytes.take();
}

std::optional<Bulletin> bulletin_of(std::string_view text, const SharedMoment& now) {
  constexpr std::size_t digest = 8;
  if (text.size() < 2 * digest || text.size() > longest_bulletin) return std::nullopt;
  const std::string_view body = text.substr(0, text.size() - digest);
  ByteReader bytes(body), end(text.substr(body.size()));
  if (bytes.word() != mark || end.word() != hash_of(body)) return std::nullopt;
  Bulletin bulletin;
  bulletin.sender = bytes.word(), bulletin.sequence = bytes.number();
  const std::uint64_t sent = bytes.number();
  constexpr std::uint64_t latest = std::uint64_t{1} << 50;
  if (bytes.failed() || sent > latest) return std::nullopt;
  const auto age = now.shared - std::chrono::milliseconds(sent);
  if (age > oldest || age < -most_ahead) return std::nullopt;
  bulletin.sent = now.own - std::max(age, std::chrono::milliseconds(0));
  const std::size_t loads = bytes.count();
  if (loads > most_loads) return std::nullopt;
  for (std::size_t i = 0; i < loads; ++i) {
    Bulletin::Load load{.endpoint = bytes.word()};
    const std::uint64_t in_flight = bytes.number();
    if (in_flight > static_cast<std::uint64_t>(most_at_once)) return std::nullopt;
    load.in_flight = static_cast<std::uint32_t>(in_flight);
    bulletin.loads.push_back(load);
  }
  const std::size_t seen = bytes.count();
  if (bytes.failed() || seen > Glimpses::most) return std::nullopt;
  for (std::size_t i = 0; i < seen; ++i) {
    const std::uint64_t endpoint = bytes.word();
    std::optional<Glimpse> glimpse = glimpse_in(bytes, bulletin.sent);
    if (!glimpse) return std::nullopt;
    bulletin.seen.push_back({.endpoint = endpoint, .glimpse = *std::move(glimpse)});
  }
  if (bytes.failed() || !bytes.at_end()) return std::nullopt;
  return bulletin;
}

}  // namespace routing
