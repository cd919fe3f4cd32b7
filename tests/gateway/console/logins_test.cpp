#include "gateway/console/logins.hpp"

#include <doctest/doctest.h>

using namespace gateway;
using namespace std::chrono_literals;

namespace {

const config::WallTime now{std::chrono::hours(490'000)};

std::vector<config::KeySettings> keys() {
  std::vector<config::KeySettings> all(2);
  all[0].name.text = "search", all[1].name.text = "<script>.;=";
  all[0].sha256[0] = 1, all[1].sha256[0] = 2;
  return all;
}

}  // namespace

TEST_CASE("a log-in stands for its key for twelve hours") {
  const Logins logins;
  const auto all = keys();
  for (const config::KeySettings& key : all) {
    const std::string token = logins.token_for(key, now);
    CHECK(token.find_first_of(";, \"<") == std::string::npos);
    CHECK(logins.find(all, token, now + 11h) == &key);
    CHECK(logins.find(all, token, now + 12h) == nullptr);
  }
}

TEST_CASE("a log-in of a key that is gone or changed, of another process, or made up, is none") {
  const Logins logins, others;
  auto all = keys();
  const std::string token = logins.token_for(all[0], now);
  CHECK(others.find(all, token, now) == nullptr);
  for (const char* made_up : {"", ".", "..", "736561726368.9999999999.", "736561726368.x.00", "a.b.c.d"}) {
    CHECK(logins.find(all, made_up, now) == nullptr);
  }
  std::string longer = token;
  longer[longer.find('.') + 1] = '9';  // its expiry
  CHECK(logins.find(all, longer, now) == nullptr);
  all[0].sha256[0] = 9;
  CHECK(logins.find(all, token, now) == nullptr);
  all.erase(all.begin());
  CHECK(logins.find(all, token, now) == nullptr);
}

TEST_CASE("a log-in that came over TLS is sent back over TLS alone") {
  CHECK(gateway::Logins::cookie("t", "https://gateway.example").find("; Secure") != std::string::npos);
  CHECK(gateway::Logins::cookie("t", "http://127.0.0.1:8080").find("Secure") == std::string::npos);
  CHECK(gateway::Logins::cookie("t", "").find("Secure") == std::string::npos);
}

TEST_CASE("a log-in is found among other cookies") {
  CHECK(login_in("isocost_login=a.1.b") == "a.1.b");
  CHECK(login_in("theme=dark; isocost_login=a.1.b; x=y") == "a.1.b");
  CHECK(login_in("isocost_login_old=z; isocost_login=a") == "a");
  CHECK(login_in("theme=dark").empty());
  CHECK(login_in("").empty());
}
