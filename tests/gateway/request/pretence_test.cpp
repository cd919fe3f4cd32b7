#include "gateway/request/pretence.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using gateway::Pretence;

namespace {

const config::WallTime now = config::WallTime(1767225600s) + 17h;  // 2026-01-01

config::Settings settings() {
  config::Settings settings;
  settings.keys.resize(3);
  settings.keys[0].name = {"old"}, settings.keys[0].team = "search", settings.keys[0].is_disabled = true;
  settings.keys[1].name = {"app"}, settings.keys[1].team = "search";
  settings.keys[2].name = {"ops"};
  return settings;
}

std::string wrong(std::string_view key, std::string_view team, std::string_view at) {
  const auto result = gateway::pretence(key, team, at, settings(), now);
  const auto* why = std::get_if<std::string>(&result);
  return why ? *why : "";
}

}  // namespace

TEST_CASE("a call is seen as of a key, or of one of a team that is in use") {
  const config::Settings all = settings();
  const auto as = [&](std::string_view key, std::string_view team) {
    return std::get<Pretence>(gateway::pretence(key, team, "", all, now)).key;
  };
  CHECK(as("ops", "") == &all.keys[2]);
  CHECK(as("", "search") == &all.keys[1]);
  CHECK(as("old", "search") == &all.keys[0]);
  CHECK(as("", "") == nullptr);
}

TEST_CASE("a call is seen at an hour of today, or of any day, in UTC") {
  const auto at = [&](std::string_view text) {
    return *std::get<Pretence>(gateway::pretence("", "", text, settings(), now)).wall;
  };
  CHECK(at("03:30") == config::WallTime(1767225600s) + 3h + 30min);
  CHECK(at("2026-01-02T23:00") == config::WallTime(1767225600s) + 47h);
  CHECK(at("2026-01-02T23:00:00Z") == config::WallTime(1767225600s) + 47h);
}

TEST_CASE("who and when nobody knows is said in words") {
  CHECK(wrong("nobody", "", "") == "there is no key \"nobody\"");
  CHECK(wrong("", "sales", "") == "there is no key of a team \"sales\"");
  CHECK(wrong("ops", "search", "") == "the key \"ops\" is not of the team \"search\"");
  for (const char* at : {"soon", "25:00", "3:61", "2026-02-30T10:00", "03:00x", "2026-01-02T23:00nonsense"}) {
    CHECK(wrong("", "", at).find("is no moment") != std::string::npos);
  }
}
