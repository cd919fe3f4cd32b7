#include "gateway/doctor/shared.hpp"

#include "gateway/postgres/connection.hpp"
#include "gateway/redis/redis_connection.hpp"

namespace gateway {
namespace {

using Kind = Finding::Kind;

// Without what may stand before an @.
std::string shown(std::string url) {
  const std::size_t scheme = url.find("://"), at = url.find('@');
  if (scheme != std::string::npos && at != std::string::npos) url.erase(scheme + 3, at - scheme - 2);
  return url.substr(0, url.find('?'));
}

std::string to_do(PostgresFault::Kind kind) {
  if (kind == PostgresFault::Kind::away)
    return "start it, let this machine reach it, or correct `ledger.url`";
  if (kind == PostgresFault::Kind::no_library)
    return "install libpq (Debian's libpq5), or take the static program";
  return "correct `ledger.url` or `ledger.password`, or make the database";
}

Finding ledger(const config::LedgerSettings& settings, std::chrono::seconds patience) {
  try {
    Postgres({settings.url, settings.password}, patience);
    return {Kind::good, "ledger", shown(settings.url) + " lets us in"};
  } catch (const PostgresFault& fault) {
    return {Kind::bad, "ledger", shown(settings.url) + ": " + fault.what(), to_do(fault.kind())};
  }
}

Finding limits(const config::RedisSettings& settings, std::chrono::seconds patience) {
  try {
    const RedisReply reply = RedisConnection(settings, patience).ask({"PING"});
    if (reply.is_error()) throw RedisFault(reply.text);
    return {Kind::good, "redis", shown(settings.url) + " lets us in"};
  } catch (const RedisFault& fault) {
    return {Kind::bad, "redis", shown(settings.url) + ": " + fault.what(),
            "start it, let this machine reach it, or correct `redis.url`, `user` and `password`"};
  }
}

}  // namespace

Findings findings_of_shared(const config::Settings& settings, std::chrono::seconds patience) {
  Findings found;
  if (settings.ledger.enabled && !settings.ledger.url.empty())
    found.push_back(ledger(settings.ledger, patience));
  if (!settings.redis.url.empty()) found.push_back(limits(settings.redis, patience));
  return found;
}

}  // namespace gateway
