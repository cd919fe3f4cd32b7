#include "gateway/redis/market_exchange.hpp"

#include <charconv>
#include <random>

#include "gateway/redis/sealed_bulletin.hpp"
#include "providers/loop/named_thread.hpp"

namespace gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto between_exchanges = 100ms, after_a_loss = 500ms;
constexpr std::chrono::milliseconds patience_of_exchange{500};
constexpr std::chrono::milliseconds listened_to_again{2'000};  // after a fault
// Of all gateways in the stream, and at a time.
constexpr const char* most_kept = "512";
constexpr const char* most_heard_at_once = "129";  // the last known one among them
constexpr int most_untaken = 8;
constexpr unsigned rounds_between_expiries = 64, rounds_between_pacing = 8;
const std::string stream = "{isocost}:market";

std::uint64_t drawn_sender() {
  std::random_device draw;
  return (std::uint64_t{draw()} << 32) | draw();
}

std::int64_t whole(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// The bytes of an entry: {id, {name, value, ...}}.
const std::string* bulletin_in(const RedisReply& entry) {
  if (entry.items.size() != 2 || entry.items[1].items.size() != 2) return nullptr;
  return &entry.items[1].items[1].text;
}

}  // namespace

// A key that a gateway made for itself is no other's.
MarketExchange::Terms MarketExchange::Terms::of(const config::Settings& settings) {
  return {.shares_measurements = settings.redis.shares_measurements,
          .seal_key = settings.is_seal_key_kept ? config::Secret{} : settings.seal_key};
}

MarketExchange::MarketExchange(const config::Settings& settings, std::string gateway, Hear hear,
                               HearSpent hear_spent, Say say)
    : settings_(settings.redis),
      gateway_(std::move(gateway)),
      sender_(drawn_sender()),
      hear_(std::move(hear)),
      hear_spent_(std::move(hear_spent)),
      say_(std::move(say)),
      terms_(Terms::of(settings)),
      shares_(terms_.shares_measurements) {}

MarketExchange::~MarketExchange() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  called_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MarketExchange::run() {
  thread_ = providers::named_thread("shared market", [this] { work(); });
}

void MarketExchange::adopt(const config::Settings& settings) {
  Terms terms = Terms::of(settings);
  const std::lock_guard lock(mutex_);
  if (terms == terms_) return;
  terms_ = std::move(terms);
  was_told_of_refused_ = false;
  shares_.store(terms_.shares_measurements, std::memory_order_relaxed);
  if (terms_.shares_measurements) return;
  waiting_.reset();
  is_ready_.store(true, std::memory_order_release);
}

void MarketExchange::put(routing::Bulletin bulletin) {
  if (!shares_measurements()) return;
  {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(bulletin);
    is_ready_.store(false, std::memory_order_release);
  }
  called_.notify_one();
}

void MarketExchange::put_spent(std::vector<PolicySpent> spent) {
  const std::lock_guard lock(mutex_);
  spent_ = std::move(spent);
}

void MarketExchange::work() {
  for (;;) {
    const auto begun = std::chrono::steady_clock::now();
    auto pause = between_exchanges;
    try {
      if (!connection_) connection_.emplace(settings_, patience_of_exchange);
      exchange();
      if (std::exchange(was_told_, false)) {
        say_(std::string("redis: ") +
             (shares_measurements() ? "what gateways measure" : "what policies spend") + " is shared again");
      }
    } catch (const std::exception& fault) {
      lose(fault.what());
      pause = after_a_loss;
    }
    std::unique_lock lock(mutex_);
    // What is put is told at once, but not more often than that.
    called_.wait_until(lock, begun + pause / 4, [this] { return is_over_; });
    called_.wait_until(lock, begun + pause,
                       [this] { return is_over_ || (waiting_.has_value() && connection_.has_value()); });
    if (is_over_) return;
  }
}

void MarketExchange::lose(const std::string& why) {
  connection_.reset();
  last_.clear();
  {
    // By the time that it can be told it is old.
    const std::lock_guard lock(mutex_);
    waiting_.reset();
    is_ready_.store(true, std::memory_order_release);
  }
  if (std::exchange(was_told_, true)) return;
  say_("redis: " + settings_.url + ": " + why + "; until it answers, " +
       (shares_measurements() ? "this gateway learns from its own requests alone"
                              : "what policies spend at other gateways is not known here"));
}

bool MarketExchange::is_first_refusal() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(was_told_of_refused_, true);
}

// One clock for all gateways, so that ages mean the same everywhere.
routing::SharedMoment MarketExchange::moment() {
  const config::TimePoint asked = config::Clock::now();
  const RedisReply time = connection_->must({"TIME"});
  const config::TimePoint answered = config::Clock::now();
  if (time.items.size() != 2) throw RedisFault("what answers there is no Redis");
  const auto shared = std::chrono::seconds(whole(time.items[0].text)) +
                      std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::microseconds(whole(time.items[1].text)));
  return {.shared = shared, .own = asked + (answered - asked) / 2};
}

void MarketExchange::exchange() {
  std::optional<routing::Bulletin> own;
  Terms terms;
  {
    const std::lock_guard lock(mutex_);
    terms = terms_;
    own.swap(waiting_);
    is_ready_.store(true, std::memory_order_release);
  }
  if (terms.shares_measurements) {
    exchange_measurements(std::move(own), terms.seal_key);
  } else {
    has_listened_ = false;
    last_.clear();
  }
  pace();
}

void MarketExchange::exchange_measurements(std::optional<routing::Bulletin> own,
                                           const config::Secret& seal_key) {
  const routing::SharedMoment now = moment();
  if (own) tell(*own, seal_key, now);
  listen(seal_key, now);
}

void MarketExchange::pace() {
  if (rounds_++ % rounds_between_pacing != 0) return;
  std::vector<PolicySpent> own;
  {
    const std::lock_guard lock(mutex_);
    own = spent_;
  }
  std::vector<PolicySpent> others = exchange_spending(*connection_, gateway_, own);
  if (!others.empty()) hear_spent_(std::move(others));
}

void MarketExchange::tell(const routing::Bulletin& bulletin, const config::Secret& seal_key,
                          const routing::SharedMoment& now) {
  connection_->must({"XADD", stream, "MAXLEN", most_kept, "*", "b",
                     seal_bulletin(routing::bytes_of(bulletin, now), seal_key)});
  told_.fetch_add(1, std::memory_order_relaxed);
  // Where nobody is any more, nothing of it stays.
  if (told() % rounds_between_expiries == 1) connection_->must({"EXPIRE", stream, "60"});
}

// When the last of the stream was told; 0: nothing was.
std::int64_t MarketExchange::newest() {
  const RedisReply last = connection_->must({"XREVRANGE", stream, "+", "-", "COUNT", "1"});
  return last.items.empty() || last.items[0].items.empty() ? 0 : whole(last.items[0].items[0].text);
}

void MarketExchange::listen(const config::Secret& seal_key, const routing::SharedMoment& now) {
  // Who is behind with taking it in hears the newest of it later: what became too old is passed over then.
  if (untaken_->load(std::memory_order_relaxed) >= most_untaken) return;
  // What was told before this process began may be in what it remembers of the last one.
  const auto oldest = std::to_string(
      (now.shared - (has_listened_ ? listened_to_again : std::chrono::milliseconds{0})).count());
  has_listened_ = true;
  // A clock that stepped back leaves the stream's own ids ahead of it; a server that began anew has none of
  // them.
  const bool is_ahead = !last_.empty() && whole(last_) > now.shared.count() + 1;
  if (last_.empty() || (is_ahead && newest() < whole(last_)) || whole(last_) < whole(oldest)) last_ = oldest;
  const RedisReply entries = connection_->must({"XRANGE", stream, last_, "+", "COUNT", most_heard_at_once});
  std::vector<routing::Bulletin> heard;
  std::uint64_t refused = 0;
  for (const RedisReply& entry : entries.items) {
    if (!entry.items.empty() && entry.items[0].text == last_) continue;
    const std::string* sealed = bulletin_in(entry);
    const auto bytes = sealed ? open_bulletin(*sealed, seal_key) : std::nullopt;
    auto bulletin = bytes ? routing::bulletin_of(*bytes, now) : std::nullopt;
    if (!bulletin) {
      ++refused;
    } else if (bulletin->sender != sender_) {
      heard.push_back(*std::move(bulletin));
    }
    if (!entry.items.empty() && !entry.items[0].text.empty()) last_ = entry.items[0].text;
  }
  listened_.store(now.own.time_since_epoch().count(), std::memory_order_relaxed);
  heard_.fetch_add(heard.size(), std::memory_order_relaxed);
  refused_.fetch_add(refused, std::memory_order_relaxed);
  if (refused > 0 && is_first_refusal()) {
    say_(
        "redis: what somebody tells of hosts there is not understood, and passed over: give all gateways one "
        "`seal_key` and one version");
  }
  if (heard.empty()) return;
  untaken_->fetch_add(1, std::memory_order_relaxed);
  hear_(std::move(heard), std::shared_ptr<void>(nullptr, [count = untaken_](void*) {
          count->fetch_sub(1, std::memory_order_relaxed);
        }));
}

}  // namespace gateway
