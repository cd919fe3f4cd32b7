#include "gateway/redis/shared_limits.hpp"

#include <algorithm>
#include <span>

#include "gateway/ledger/id_hash.hpp"
#include "gateway/ledger/ledger_times.hpp"
#include "gateway/redis/lease_script.hpp"
#include "providers/loop/named_thread.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;
using config::TimePoint;

constexpr auto regular = 100ms, after_a_fault = 250ms, between_tries = 10ms;
// One that is slow is worse than one that is gone: from then on this gateway goes on alone.
constexpr std::chrono::milliseconds patience{500};
constexpr std::size_t most_at_once = 200;
const std::string gateways_key = "{isocost}:gateways";

std::int64_t seconds_of(config::WallTime at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

// All in one slot of a cluster. Users are clients' own words, and not written down there.
std::string key_of(const SharedLimit& limit) {
  std::string whose = limit.name;
  if (limit.scope == Scope::user) whose = std::to_string(hash_of_id(limit.key + "\n" + limit.name));
  std::string key = "{isocost}:limit:";
  key.append(scope_names[static_cast<std::size_t>(limit.scope)]).append(":").append(whose).append(":");
  if (limit.is_concurrent) return key + "concurrent";
  key.append(config::measure_names[static_cast<std::size_t>(limit.measure)]).append(":");
  key.append(config::period_names[static_cast<std::size_t>(limit.period)]).append(":");
  return key + std::to_string(seconds_of(limit.begins));
}

std::int64_t integer_of(const RedisReply& reply) {
  return reply.kind == RedisReply::Kind::integer ? reply.integer
                                                 : std::strtoll(reply.text.c_str(), nullptr, 10);
}

constexpr std::size_t answers_a_limit = 4;

// What this gateway may have of requests at the same time, by who else wants some.
std::int64_t most_of(const RedisReply& said) {
  std::vector<Sharer> sharers;
  for (std::size_t i = 2; i + 2 < said.items.size(); i += 3) {
    sharers.push_back({.demand = integer_of(said.items[i]),
                       .held = integer_of(said.items[i + 1]),
                       .since = std::chrono::milliseconds(integer_of(said.items[i + 2]))});
  }
  const std::int64_t me = said.items.size() < 2 ? -1 : integer_of(said.items[1]);
  if (me < 0 || me >= static_cast<std::int64_t>(sharers.size())) return no_bound;
  return fair_places(sharers, static_cast<std::size_t>(me), integer_of(said.items[0]));
}

}  // namespace

SharedLimits::SharedLimits(config::RedisSettings settings, std::string gateway, Books& books, Ledger& ledger,
                           Say say, const providers::WallClock& wall)
    : settings_(std::move(settings)),
      gateway_(std::move(gateway)),
      books_(books),
      ledger_(ledger),
      say_(std::move(say)),
      epoch_(ms_of(wall())) {
  books_.share([this] { want(); });
}

SharedLimits::~SharedLimits() {
  books_.share({});
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  called_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SharedLimits::run() {
  thread_ = providers::named_thread("shared limits", [this] { work(); });
}

void SharedLimits::want() {
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  called_.notify_one();
}

void SharedLimits::work() {
  for (bool is_over = false;;) {
    try {
      if (!connection_) {
        connection_.emplace(settings_, patience);
        books_.tell_all();  // it may be another server, which knows less
      }
      exchange();
      if (is_over) return leave();
      is_away_.store(false);
      if (std::exchange(was_told_, false)) say_("redis: quotas are shared again");
    } catch (const std::exception& fault) {
      lose(fault.what());
    }
    books_.look(config::Clock::now());
    {
      std::unique_lock lock(mutex_);
      // Who waits for others to end is not asked for all the time.
      if (is_short_) called_.wait_for(lock, between_tries, [this] { return is_over_; });
      called_.wait_for(lock, connection_ ? std::chrono::milliseconds(regular) : after_a_fault,
                       [this] { return is_over_ || (is_wanted_ && connection_); });
      is_wanted_ = false;
      is_over = is_over_;
    }
    if (is_over && !connection_) return;
  }
}

void SharedLimits::lose(const std::string& why) {
  faults_.fetch_add(1, std::memory_order_relaxed);
  connection_.reset();
  is_away_.store(true);
  // Once: a share that is used up is not taken again.
  if (!std::exchange(is_alone_, true)) books_.be_alone(gateways_.load(), config::Clock::now());
  if (was_told_) return;
  was_told_ = true;
  say_("redis: " + settings_.url + ": " + why +
       "; until it answers, budgets are what is in hand here, and of other quotas this gateway takes one "
       "part in " +
       std::to_string(gateways_.load()));
}

void SharedLimits::exchange() {
  const std::vector<SharedLimit> limits = books_.shared_limits(config::Clock::now(), draw_());
  std::span<const SharedLimit> left(limits);
  is_short_ = false;
  do {
    const auto part = left.subspan(0, std::min(left.size(), most_at_once));
    exchange(part);
    left = left.subspan(part.size());
  } while (!left.empty());
  if (std::exchange(is_alone_, false)) books_.be_alone(std::nullopt, config::Clock::now());
}

// Nothing is set aside any more: what is in hand is free for others.
void SharedLimits::leave() {
  (void)connection_->ask({"HSET", gateways_key, "g" + gateway_, std::to_string(epoch_) + ":0"});
}

void SharedLimits::exchange(std::span<const SharedLimit> limits) {
  std::vector<std::string> words{std::to_string(limits.size() + 1), gateways_key};
  std::vector<std::string> keys;
  for (const SharedLimit& each : limits) keys.push_back(key_of(each));
  words.insert(words.end(), keys.begin(), keys.end());
  words.push_back(gateway_);
  words.push_back(std::to_string(epoch_));
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const SharedLimit& each = limits[i];
    const bool is_money = !each.is_concurrent && each.measure == config::Measure::dollars;
    const bool is_ever = each.ends == config::WallTime::max();
    const std::int64_t kind = each.is_concurrent ? 2 : is_money ? 1 : 0;
    for (const std::int64_t number : {each.own, each.lease, each.wanted, each.demand, each.limit, kind,
                                      seconds_of(each.begins), is_ever ? 0 : seconds_of(each.ends)})
      words.push_back(std::to_string(number));
    // Nothing of slots stands in the ledger.
    const std::optional<Seeds> seeds = each.is_concurrent ? Seeds{} : seeds_of(keys[i]);
    words.push_back(seeds ? std::to_string(seeds->size()) : "-1");
    for (const auto& [gateway, used] : seeds.value_or(Seeds{})) {
      words.push_back(gateway);
      words.push_back(std::to_string(used));
    }
  }
  const RedisReply reply = evaluate(std::move(words));
  if (reply.is_error()) throw RedisFault(reply.text);
  if (reply.items.size() == 1 && integer_of(reply.items[0]) == -1)
    throw RedisFault("another gateway is called `" + gateway_ + "`, too; give each a `name` of its own");
  if (reply.items.size() != 2 + answers_a_limit * limits.size())
    throw RedisFault("what answers there is no Redis");
  gateways_.store(static_cast<int>(std::max<std::int64_t>(integer_of(reply.items[0]), 1)));
  const std::int64_t born = integer_of(reply.items[1]);
  if (std::exchange(born_, born) != born) books_.tell_all();
  const TimePoint now = config::Clock::now();
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const RedisReply* answer = &reply.items[2 + answers_a_limit * i];
    const std::int64_t given = integer_of(answer[1]);
    books_.grant(limits[i], {.others = integer_of(answer[0]), .granted = given, .most = most_of(answer[3])},
                 now);
    is_short_ = is_short_ || given < std::max(limits[i].wanted, limits[i].demand - limits[i].lease);
    if (integer_of(answer[2]) == 1) look_up(limits[i], keys[i]);
  }
}

RedisReply SharedLimits::evaluate(std::vector<std::string> words) {
  if (digest_.empty()) {
    digest_ = connection_->must({"SCRIPT", "LOAD", lease_script}).text;
  }
  std::vector<std::string> command{"EVALSHA", digest_};
  command.insert(command.end(), words.begin(), words.end());
  RedisReply reply = connection_->ask(command);
  if (!reply.is_error() || !reply.text.starts_with("NOSCRIPT")) return reply;
  command[0] = "EVAL";
  command[1] = lease_script;
  return connection_->ask(command);
}

// What gateways have used that Redis knows nothing of stands in the ledger.
void SharedLimits::look_up(const SharedLimit& limit, const std::string& key) {
  {
    constexpr std::size_t most_kept = 20'000;
    const std::lock_guard lock(looked_up_->mutex);
    // Of windows that ended before anybody took them; what is missed is asked for again.
    if (looked_up_->seeds.size() >= most_kept) looked_up_->seeds.clear();
    if (!looked_up_->seeds.emplace(key, std::nullopt).second) return;
  }
  ledger_.read([kept = looked_up_, gateway_name = gateway_, limit, key](LedgerStore* store) {
    Seeds seeds;
    if (store) {
      for (const auto& [gateway, sum] :
           store->sums_by_gateway(limit.scope, limit.key, limit.name, limit.begins)) {
        const Amounts used{.requests = sum.requests, .tokens = sum.tokens, .nanos = sum.charged};
        if (gateway != gateway_name) seeds[gateway] = used.of(limit.measure);
      }
    }
    const std::lock_guard lock(kept->mutex);
    if (store) {
      kept->seeds[key] = seeds;
    } else {
      kept->seeds.erase(key);  // asked for again
    }
  });
}

std::optional<SharedLimits::Seeds> SharedLimits::seeds_of(const std::string& key) {
  const std::lock_guard lock(looked_up_->mutex);
  const auto found = looked_up_->seeds.find(key);
  if (found == looked_up_->seeds.end() || !found->second) return std::nullopt;
  const Seeds seeds = *found->second;
  looked_up_->seeds.erase(found);
  return seeds;
}

}  // namespace gateway
