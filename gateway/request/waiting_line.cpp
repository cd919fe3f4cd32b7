#include "gateway/request/waiting_line.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace gateway {
namespace {

const config::ProviderSettings& provider_of(const Generation& generation, std::size_t provider) {
  return generation.catalogue->settings().providers[provider];
}

// Beyond what is under way; as much as comes where there is no limit.
int room(const Generation& generation, std::size_t provider) {
  const std::optional<int> most = provider_of(generation, provider).limits.max_in_flight;
  if (!most) return std::numeric_limits<int>::max();
  return *most - routing::under_way(*generation.catalogue, generation.in_flight, provider);
}

// What is there for those who wait, as they are given it one after the other.
class Rooms {
 public:
  explicit Rooms(config::TimePoint now) : now_(now) {}

  bool has_any(const Generation& generation, std::size_t provider) {
    return of(generation, provider).room > 0;
  }
  // How much of it is left for those of other loops who go before one of that priority; absent: not known
  // yet.
  std::optional<int>& kept(const Generation& generation, std::size_t provider, config::Priority priority) {
    return of(generation, provider).kept[static_cast<std::size_t>(priority)];
  }
  bool give(const Generation& generation, std::size_t provider, providers::KeyNeeds needs, int kept) {
    Left& left = of(generation, provider);
    const providers::KeyNeeds all{.requests = left.given.requests + needs.requests,
                                  .tokens = left.given.tokens + needs.tokens};
    providers::KeyAllowance& allowance = *generation.allowances[provider];
    const bool fits = !allowance.is_limited() || allowance.room(all, now_).wait == config::Duration::zero();
    if (left.room <= kept || !fits) return false;
    --left.room;
    left.given = all;
    return true;
  }

 private:
  struct Left {
    const Generation* generation;
    std::size_t provider;
    int room;
    providers::KeyNeeds given{.requests = 0, .tokens = 0};
    std::array<std::optional<int>, config::priority_names.size()> kept{};
  };
  Left& of(const Generation& generation, std::size_t provider) {
    const auto known = std::ranges::find_if(
        left_, [&](const Left& each) { return each.generation == &generation && each.provider == provider; });
    if (known != left_.end()) return *known;
    return left_.emplace_back(Left{&generation, provider, room(generation, provider)});
  }

  config::TimePoint now_;
  std::vector<Left> left_;
};

}  // namespace

void WaitingLine::call() {
  // One that goes on may end at once, and call the next ones: not on top of its own stack.
  if (std::exchange(calling_, true)) return;
  while (Place* next = first_called()) next->sleep_.wake();
  calling_ = false;
}

void WaitingLine::look() {
  if (places_.empty()) return;
  mark_those_with_room();
  call();
  if (!places_.empty()) timer_->set(*this, timer_->now() + look_every);
}

void WaitingLine::mark_those_with_room() {
  const config::TimePoint now = timer_->now();
  Rooms rooms(now);
  // Should those of other loops not take it, for whichever reason, room is not left for ever.
  const auto step = static_cast<std::uint16_t>(1 + now.time_since_epoch() / look_every % 0xffff);
  const bool gives_way = left_since_ == 0 || static_cast<std::uint16_t>(step - left_since_) < 2;
  bool leaves_any = false;
  for (Place& place : places_) {
    if (!place.asleep_ || place.called_) continue;
    place.called_ = std::ranges::any_of(place.providers_, [&](std::size_t provider) {
      if (!rooms.has_any(*place.generation_, provider)) return false;
      int kept = 0;
      if (gives_way) {
        std::optional<int>& known = rooms.kept(*place.generation_, provider, place.priority_);
        if (!known) known = more_urgent_elsewhere(place, provider);
        kept = *known;
      }
      leaves_any = leaves_any || kept > 0;
      return rooms.give(*place.generation_, provider, place.needs_, kept);
    });
  }
  if (!leaves_any) {
    left_since_ = 0;
  } else if (left_since_ == 0) {
    left_since_ = step;
  }
}

int WaitingLine::more_urgent_elsewhere(const Place& place, std::size_t provider) const {
  if (place.priority_ == config::Priority::interactive) return 0;
  const auto above = static_cast<config::Priority>(static_cast<std::size_t>(place.priority_) - 1);
  int elsewhere = place.generation_->waiting.as_urgent(provider, above);
  if (elsewhere == 0) return 0;
  for (const Place& each : places_) {
    const bool is_above = each.asleep_ && each.priority_ <= above && each.generation_ == place.generation_;
    if (is_above && std::ranges::find(each.providers_, provider) != each.providers_.end()) --elsewhere;
  }
  return std::max(0, elsewhere);
}

Place* WaitingLine::first_called() {
  const auto found =
      std::ranges::find_if(places_, [](const Place& place) { return place.asleep_ && place.called_; });
  return found == places_.end() ? nullptr : &*found;
}

void WaitingLine::pass_on(const Generation& generation, std::size_t provider, std::atomic<int>& count) {
  Place* first = nullptr;
  int here = 0;
  for (Place& place : places_) {
    if (!place.waits_for(generation, provider)) continue;
    if (!first) first = &place;
    if (place.priority_ == first->priority_) ++here;
  }
  if (!first || generation.waiting.as_urgent(provider, first->priority_) > here) {
    count.fetch_sub(1);
    return;
  }
  first->called_ = true;
  first->given_ = &count;
  first->given_by_ = provider;
}

std::optional<WaitingLine::Forecast> WaitingLine::forecast(const Place& place, FairTurns::Turn turn,
                                                           const Generation& generation) {
  Forecast result;
  double here = 0, everywhere = 0;
  for (const std::size_t provider : place.providers_) {
    const std::optional<int> most = provider_of(generation, provider).limits.max_in_flight;
    const auto rate = most ? pace(generation, provider).rate(*most) : std::nullopt;
    if (!rate) return std::nullopt;
    result.rate += *rate;
    everywhere += generation.waiting.as_urgent(provider, place.priority_);
  }
  for (const Place& other : places_) {
    const auto is_same = [&](std::size_t provider) {
      return std::ranges::find(place.providers_, provider) != place.providers_.end();
    };
    const bool is_rival = other.generation_ == &generation && other.priority_ <= place.priority_ &&
                          std::ranges::any_of(other.providers_, is_same);
    if (!is_rival) continue;
    here += static_cast<double>(std::ranges::count_if(other.providers_, is_same));
    if (other.turn <= turn) ++result.ahead;
  }
  // Those of other loops stand in lines as long as this one's; with nobody here each has one before the next.
  if (here > 0) {
    result.ahead *= std::max(1.0, everywhere / here);
  } else {
    result.ahead = everywhere / static_cast<double>(std::max<std::size_t>(1, place.providers_.size()));
  }
  return result;
}

bool WaitingLine::displace_for(FairTurns::Turn turn) {
  const auto last = std::find_if(places_.rbegin(), places_.rend(), [](const Place& each) {
    return each.asleep_ && !each.displaced_ && !each.called_;
  });
  if (last == places_.rend() || last->turn <= turn) return false;
  // At the timer's next turn: it would go on on top of whoever asks.
  last->displaced_ = last->called_ = true;
  --size_;
  timer_->set(*this, timer_->now());
  return true;
}

// Indexes are of a generation: with another one it is measured anew.
ServicePace& WaitingLine::pace(const Generation& generation, std::size_t provider) {
  const std::size_t providers = generation.catalogue->settings().providers.size();
  if (!paces_) paces_ = std::make_unique<Paces>();
  if (paces_->of != &generation || paces_->by_provider.size() != providers) {
    paces_->of = &generation;
    paces_->by_provider.assign(providers, {});
  }
  return paces_->by_provider[provider];
}

Slot::Slot(WaitingLine& line, const Generation& generation, routing::EndpointIndex endpoint)
    : line_(line),
      generation_(generation),
      provider_(generation.catalogue->endpoints()[endpoint].settings->provider_index),
      limited_(provider_of(generation, provider_).limits.max_in_flight.has_value()),
      count_(generation.in_flight.counter(endpoint)) {
  count_.fetch_add(1);
  if (limited_ && line_.timer_) since_ = line_.timer_->now();
  if (!limited_ || room(generation, provider_) >= 0) return;
  count_.fetch_sub(1);
  taken_ = false;
}

Slot::~Slot() {
  if (!taken_) return;
  const bool is_measured = since_ != config::TimePoint{};
  if (is_measured && (!line_.paces_ || line_.paces_->of == &generation_)) {
    line_.pace(generation_, provider_).ended(line_.timer_->now() - since_);
  }
  if (limited_ && line_.size() > 0) {
    line_.pass_on(generation_, provider_, count_);
  } else {
    count_.fetch_sub(1);
  }
}

}  // namespace gateway
