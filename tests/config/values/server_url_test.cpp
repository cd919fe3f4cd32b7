#include "config/values/server_url.hpp"

#include <doctest/doctest.h>

using namespace config;

namespace {

ServerUrl good(const MaybeServerUrl& url) {
  const auto* bad = std::get_if<BadServerUrl>(&url);
  REQUIRE_MESSAGE(!bad, bad->what);
  return std::get<ServerUrl>(url);
}

std::string bad(const MaybeServerUrl& url) {
  const auto* wrong = std::get_if<BadServerUrl>(&url);
  return wrong ? wrong->what : "";
}

}  // namespace

TEST_CASE("an address of Redis has a host, and perhaps a port, a database and whom to trust") {
  const ServerUrl plain = good(redis_url("redis://cache.example.com"));
  CHECK(plain.hosts.at(0).name == "cache.example.com");
  CHECK(plain.hosts.at(0).port == 6379);
  CHECK(plain.path == "0");
  const ServerUrl full = good(redis_url("rediss://[::1]:7000/3?ca_file=/etc/redis/our%20ca.pem"));
  CHECK(full.scheme == "rediss");
  CHECK(full.hosts.at(0).name == "::1");
  CHECK(full.hosts.at(0).port == 7000);
  CHECK(full.path == "3");
  CHECK(full.parameter("ca_file") == "/etc/redis/our ca.pem");
}

TEST_CASE("what cannot be an address of Redis is said") {
  CHECK(bad(redis_url("cache:6379")) == "this is no such address");
  CHECK(bad(redis_url("http://cache"))
            .starts_with(
                "found an address that begins with `http://`; allowed is an address such as `redis://"));
  CHECK(bad(redis_url("redis://")) == "there is no host");
  CHECK(bad(redis_url("redis://cache:0")) == "`0` is no port");
  CHECK(bad(redis_url("redis://cache:65536")) == "`65536` is no port");
  CHECK(bad(redis_url("redis://cache:six")) == "`six` is no port");
  CHECK(bad(redis_url("redis://::1:6379")) == "`:1:6379` is no port");
  CHECK(bad(redis_url("redis://cache/first")) == "`first` is no database of Redis");
  CHECK(bad(redis_url("redis://cache/-1")) == "`-1` is no database of Redis");
  CHECK(bad(redis_url("redis://me@cache")) == "the user stands beside the address");
  CHECK(bad(redis_url("redis://one,two")) == "there are several hosts");
  CHECK(bad(redis_url("redis://cache?timeout=5")) == "Redis has no parameter `timeout`");
  CHECK(bad(redis_url("redis://cache?ca_file=/x")) == "without TLS there is no certificate to check");
  CHECK(bad(redis_url("redis://[::1")) == "the host `[::1` has no `]`");
}

TEST_CASE("an address of PostgreSQL is what its own clients take") {
  const ServerUrl url = good(postgres_url(
      "postgresql://iso%40cost@db1:5433,db2/accounts?sslmode=verify-full&target_session_attrs=read-write"));
  CHECK(url.user == "iso@cost");
  CHECK(url.hosts.size() == 2);
  CHECK(url.hosts.at(0).port == 5433);
  CHECK(url.hosts.at(1).name == "db2");
  CHECK(url.path == "accounts");
  CHECK(url.parameter("sslmode") == "verify-full");
  CHECK(good(postgres_url("postgres:///isocost?host=/run/postgresql")).hosts.at(0).name.empty());
}

TEST_CASE("what PostgreSQL would not understand is said before it is asked") {
  CHECK(bad(postgres_url("postgresql://db:5432x/a")) == "`5432x` is no port");
  CHECK(bad(postgres_url("postgresql://@db/a")) == "there is no user before the @");
  CHECK(bad(postgres_url("postgresql://db/a%2")) ==
        "the database `a%2` has a % without two hexadecimal digits");
  CHECK(bad(postgres_url("postgresql://db/a?sslmode=yes")) == "`sslmode` is `yes`");
  CHECK(bad(postgres_url("postgresql://db/a?connect_timeout=soon")) == "`connect_timeout` is `soon`");
  CHECK(bad(postgres_url("postgresql://db/a?sslmode")) == "the parameter `sslmode` is not `name=value`");
  const MaybeServerUrl near = postgres_url("postgresql://db/a?sslmod=require");
  CHECK(bad(near) == "PostgreSQL has no parameter `sslmod`");
  CHECK(std::get<BadServerUrl>(near).instead == "did you mean `sslmode`?");
}

TEST_CASE("an address with a password in it is not to be shown, whatever else is wrong with it") {
  for (const char* text : {"redis://me:hunter2@cache", "rediss://:hunter2@cache:99999"}) {
    const MaybeServerUrl url = redis_url(text);
    CHECK(std::get<BadServerUrl>(url).has_secret);
    CHECK(bad(url).find("hunter2") == std::string::npos);
  }
  for (const char* text : {"postgresql://me:hunter2@db/x", "postgresql://db:x/x?password=hunter2",
                           "postgresql://db/x?sslpassword=hunter2", "mysql://me:hunter2@db"}) {
    const MaybeServerUrl url = postgres_url(text);
    CHECK(std::get<BadServerUrl>(url).has_secret);
    CHECK(bad(url).find("hunter2") == std::string::npos);
    CHECK(std::get<BadServerUrl>(url).instead.find("hunter2") == std::string::npos);
  }
}
