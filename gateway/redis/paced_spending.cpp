#include "gateway/redis/paced_spending.hpp"

#include <charconv>

#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

constexpr const char* two_days = "172800";

std::string mark_of(const std::string& policy) {
  return std::to_string(routing::hash_of(policy)) + ":";
}

std::int64_t amount(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  constexpr std::int64_t most = 1'000'000'000'000'000;  // a million dollars
  return std::clamp<std::int64_t>(value, 0, most);
}

}  // namespace

std::vector<PolicySpent> exchange_spending(RedisConnection& connection, const std::string& gateway,
                                           const std::vector<PolicySpent>& own) {
  std::vector<PolicySpent> others;
  if (own.empty()) return others;
  // All are of one day.
  const std::string key = "{isocost}:paced:" + std::to_string(own[0].day);
  std::vector<std::string> words{"HSET", key};
  for (const PolicySpent& each : own) {
    words.push_back(mark_of(each.policy) + gateway);
    words.push_back(std::to_string(each.nanos));
  }
  connection.must(words);
  connection.must({"EXPIRE", key, two_days});
  const RedisReply all = connection.must({"HGETALL", key});
  for (const PolicySpent& each : own) {
    PolicySpent sum{.policy = each.policy, .day = each.day};
    const std::string mark = mark_of(each.policy);
    for (std::size_t i = 0; i + 1 < all.items.size(); i += 2) {
      const std::string& field = all.items[i].text;
      if (field.starts_with(mark) && field != mark + gateway) sum.nanos += amount(all.items[i + 1].text);
    }
    others.push_back(std::move(sum));
  }
  return others;
}

}  // namespace gateway
