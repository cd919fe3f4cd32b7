// The limits that several gateways have together, in Redis or Valkey: a thread that tells what this one has
// used, takes what is needed soon and gives back what is not. No request waits for the network but one that
// needs more than there is in hand; while nobody answers, money is what is in hand, and of everything else
// this gateway takes its share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/accounts/books.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/redis/redis_connection.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class SharedLimits {
 public:
  using Say = std::function<void(const std::string&)>;
  // All must outlive it. Called on any thread: `say`.
  SharedLimits(config::RedisSettings settings, std::string gateway, Books& books, Ledger& ledger, Say say,
               const providers::WallClock& wall = providers::system_wall);
  // Gives back what is in hand, where somebody takes it.
  ~SharedLimits();
  SharedLimits(const SharedLimits&) = delete;
  SharedLimits& operator=(const SharedLimits&) = delete;

  void run();
  bool is_away() const { return is_away_.load(std::memory_order_relaxed); }
  int gateways() const { return gateways_.load(std::memory_order_relaxed); }
  std::uint64_t faults() const { return faults_.load(std::memory_order_relaxed); }

 private:
  using Seeds = std::map<std::string, std::int64_t>;  // what gateways have used
  void work();
  void exchange();
  void exchange(std::span<const SharedLimit> limits);
  RedisReply evaluate(std::vector<std::string> words);
  void look_up(const SharedLimit& limit, const std::string& key);
  std::optional<Seeds> seeds_of(const std::string& key);
  void lose(const std::string& why);
  void want();
  void leave();

  const config::RedisSettings settings_;
  const std::string gateway_;
  Books& books_;
  Ledger& ledger_;
  Say say_;
  const std::int64_t epoch_;
  std::optional<RedisConnection> connection_;
  std::string digest_;
  std::mt19937_64 draw_{std::random_device{}()};
  std::int64_t born_ = 0;  // as the server says
  std::mutex mutex_;
  std::condition_variable called_;
  bool is_wanted_ = false, is_over_ = false;
  // What the ledger said, until Redis is told; nothing where it was asked and has not answered. The ledger
  // may answer when nobody is here any more.
  struct LookedUp {
    std::mutex mutex;
    std::map<std::string, std::optional<Seeds>> seeds;
  };
  std::shared_ptr<LookedUp> looked_up_ = std::make_shared<LookedUp>();
  std::atomic<bool> is_away_{true};
  bool is_alone_ = false, was_told_ = false;
  bool is_short_ = false;  // not all that was wanted was there
  std::atomic<int> gateways_{1};
  std::atomic<std::uint64_t> faults_{0};
  std::thread thread_;
};

}  // namespace gateway
