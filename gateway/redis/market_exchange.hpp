// The way of bulletins between gateways: a thread that puts this one's into a stream of Redis and takes the
// others' out of it, ten times a second. Nobody waits for it: while Redis does not answer, each gateway
// learns alone, and what could not be told in time is not told.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/redis/paced_spending.hpp"
#include "routing/exchange/bulletin.hpp"

namespace gateway {

class MarketExchange {
 public:
  using Say = std::function<void(const std::string&)>;
  // Takes what others told, and lets go of `untaken` when it has; called on the thread of the exchange.
  using Hear = std::function<void(std::vector<routing::Bulletin>, std::shared_ptr<void> untaken)>;
  // What all others have spent under policies with a budget; the same.
  using HearSpent = std::function<void(std::vector<PolicySpent>)>;
  // What a new configuration may change.
  struct Terms {
    bool shares_measurements = true;  // otherwise only what policies have spent is told and heard
    config::Secret seal_key;          // what proves that a bulletin is of one of these gateways

    static Terms of(const config::Settings& settings);
    friend bool operator==(const Terms&, const Terms&) = default;
  };
  // `gateway`: its name. Where Redis is, and who asks, stays. Called on any thread: `say`.
  MarketExchange(const config::Settings& settings, std::string gateway, Hear hear, HearSpent hear_spent,
                 Say say);
  ~MarketExchange();
  MarketExchange(const MarketExchange&) = delete;
  MarketExchange& operator=(const MarketExchange&) = delete;

  void run();
  // From the thread that puts: what holds from the next exchange on.
  void adopt(const config::Settings& settings);
  bool shares_measurements() const { return shares_.load(std::memory_order_relaxed); }
  // This process among the senders of bulletins.
  std::uint64_t sender() const { return sender_; }
  // Whether there is nothing that waits to be told; what is put then is told soon. From one thread.
  bool is_ready() const { return is_ready_.load(std::memory_order_acquire); }
  // Dropped where measurements are not shared.
  void put(routing::Bulletin bulletin);
  // What this gateway has spent today: told once a second.
  void put_spent(std::vector<PolicySpent> spent);

  std::uint64_t told() const { return told_.load(std::memory_order_relaxed); }
  std::uint64_t heard() const { return heard_.load(std::memory_order_relaxed); }
  // Bulletins that were damaged, too old, of another version, or of somebody with another key.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // How long ago others were listened to; before the first time, since the start.
  config::Duration age(config::TimePoint now) const {
    return now - config::TimePoint(config::Duration(listened_.load(std::memory_order_relaxed)));
  }

 private:
  void work();
  void exchange();
  void exchange_measurements(std::optional<routing::Bulletin> own, const config::Secret& seal_key);
  routing::SharedMoment moment();
  void listen(const config::Secret& seal_key, const routing::SharedMoment& now);
  std::int64_t newest();
  bool is_first_refusal();
  void pace();
  void tell(const routing::Bulletin& bulletin, const config::Secret& seal_key,
            const routing::SharedMoment& now);
  void lose(const std::string& why);
  const config::RedisSettings settings_;
  const std::string gateway_;
  const std::uint64_t sender_;
  Hear hear_;
  HearSpent hear_spent_;
  Say say_;
  std::optional<RedisConnection> connection_;
  std::string last_;  // of the stream, that was read; empty: none
  unsigned rounds_ = 0;
  bool has_listened_ = false;
  bool was_told_ = false;
  std::mutex mutex_;
  std::condition_variable called_;
  Terms terms_;
  bool was_told_of_refused_ = false;  // with these terms
  std::optional<routing::Bulletin> waiting_;
  std::vector<PolicySpent> spent_;
  bool is_over_ = false;
  std::atomic<bool> is_ready_{true}, shares_{true};
  // How much of what was heard is not taken in yet.
  const std::shared_ptr<std::atomic<int>> untaken_ = std::make_shared<std::atomic<int>>(0);
  std::atomic<std::uint64_t> told_{0}, heard_{0}, refused_{0};
  std::atomic<std::int64_t> listened_{config::Clock::now().time_since_epoch().count()};
  std::thread thread_;
};

}  // namespace gateway
