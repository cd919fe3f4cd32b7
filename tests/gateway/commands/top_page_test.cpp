#include "gateway/commands/top_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/commands/top_head.hpp"

namespace json = boost::json;
using gateway::Paint;
using gateway::SortBy;

namespace {

json::object endpoint(std::string name, double share, double ttft, double price) {
  return {{"endpoint", std::move(name)},
          {"model", "deepseek/deepseek-r1"},
          {"state", "serving"},
          {"back_in_seconds", nullptr},
          {"price_input", 0.55},
          {"price_output", price},
          {"ttft_p50_ms", ttft},
          {"ttft_p90_ms", ttft * 2},
          {"ttft_predicted_ms", ttft * 1.1},
          {"tokens_per_second_p50", 45.2},
          {"failures", 0.012},
          {"uptime", 0.998},
          {"in_flight", 3},
          {"share_1m", share},
          {"dollars_per_1k", 2.31},
          {"attempts", 12'345}};
}

json::object status() {
  json::object azure = endpoint("azure", 0.25, 420, 5.4);
  json::object deepseek = endpoint("deepseek", 0.75, 24'300, 2.19);
  json::object fresh = endpoint("fresh", 0, 0, 7);
  for (const char* live : {"ttft_p50_ms", "ttft_p90_ms", "ttft_predicted_ms", "tokens_per_second_p50",
                           "failures", "uptime", "share_1m", "dollars_per_1k"}) {
    fresh[live] = nullptr;
  }
  fresh["state"] = "open";
  fresh["back_in_seconds"] = 11.3;  // twelve, as one has to wait
  fresh["in_flight"] = fresh["attempts"] = 0;
  return {{"gateway",
           {{"version", "0.1.0"},
            {"uptime_seconds", 4'500},
            {"requests_per_second", 12.3},
            {"requests", 24'690},
            {"requests_failed", 3},
            {"dollars_5m", 0.52},
            {"generation", 1}}},
          {"endpoints", {azure, deepseek, fresh}}};
}

std::string shown(SortBy sort, gateway::Screen screen) {
  std::string text;
  for (const std::string& line : gateway::top_page(json::serialize(status()), sort, screen))
    text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("a wide terminal shows everything") {
  CHECK(shown(SortBy::share, {.columns = 160}) ==
        R"(isocost 0.1.0  up 1 h 15 min  12 req/s  24.7k requests, 3 failed  $0.52 in 5 min  configuration 1

ENDPOINT  MODEL                 STATE      $/M IN  $/M OUT    TTFT     P90    NEXT  TOK/S   FAIL      UP  NOW  SHARE  1 MIN     $/1K REQ  TOTAL
deepseek  deepseek/deepseek-r1  serving      0.55     2.19  24.3 s  48.6 s  26.7 s     45  1.2 %  99.8 %    3   75 %  ██████       $2.31  12.3k
azure     deepseek/deepseek-r1  serving      0.55     5.40  420 ms  840 ms  462 ms     45  1.2 %  99.8 %    3   25 %  ██           $2.31  12.3k
fresh     deepseek/deepseek-r1  open 12 s    0.55     7.00       -       -       -      -      -       -    0      -                   -      0
)");
}

TEST_CASE("the last failure of an endpoint is shown where there was one") {
  json::object page = status();
  json::object& fresh = page.at("endpoints").as_array().at(2).as_object();
  fresh["last_failure"] = "tls expired";
  fresh["last_failure_seconds_ago"] = 7.0;
  std::string text;
  for (const std::string& line : gateway::top_page(json::serialize(page), SortBy::share, {.columns = 180}))
    text += line + "\n";
  CHECK(text.find("LAST FAILURE") != std::string::npos);
  CHECK(text.find("tls expired, 7 s ago") != std::string::npos);
  fresh["last_failure_text"] = "no TLS came about: its certificate has expired";
  text.clear();
  for (const std::string& line : gateway::top_page(json::serialize(page), SortBy::share, {.columns = 200}))
    text += line + "\n";
  CHECK(text.find("no TLS came about: its certificate has expired, 7 s ago") != std::string::npos);
}

TEST_CASE("120 columns keep what is compared most") {
  CHECK(shown(SortBy::share, {.columns = 120}) ==
        R"(isocost 0.1.0  up 1 h 15 min  12 req/s  24.7k requests, 3 failed  $0.52 in 5 min  configuration 1

ENDPOINT  STATE      $/M IN  $/M OUT    TTFT     P90    NEXT  TOK/S   FAIL  NOW  SHARE  1 MIN     $/1K REQ  TOTAL
deepseek  serving      0.55     2.19  24.3 s  48.6 s  26.7 s     45  1.2 %    3   75 %  ██████       $2.31  12.3k
azure     serving      0.55     5.40  420 ms  840 ms  462 ms     45  1.2 %    3   25 %  ██           $2.31  12.3k
fresh     open 12 s    0.55     7.00       -       -       -      -      -    0      -                   -      0
)");
}

TEST_CASE("80 columns keep state, time to first token, speed and share") {
  CHECK(shown(SortBy::share, {.columns = 80}) ==
        R"(isocost 0.1.0  up 1 h 15 min  12 req/s  24.7k requests, 3 failed  $0.52 in 5 min

ENDPOINT  STATE      $/M OUT    TTFT     P90  TOK/S   FAIL  NOW  SHARE  1 MIN
deepseek  serving       2.19  24.3 s  48.6 s     45  1.2 %    3   75 %  ██████
azure     serving       5.40  420 ms  840 ms     45  1.2 %    3   25 %  ██
fresh     open 12 s     7.00       -       -      -      -    0      -
)");
}

TEST_CASE("no line is wider than the terminal, with colours or without") {
  for (const Paint paint : {Paint::none, Paint::colours}) {
    for (int columns = 10; columns < 200; columns += 7) {
      for (const std::string& line :
           gateway::top_page(json::serialize(status()), SortBy::ttft, {columns, 24, paint})) {
        CHECK(gateway::width(line) <= columns);
      }
    }
  }
}

TEST_CASE("without colours no escape is written, with them states are green and red") {
  CHECK(shown(SortBy::share, {.columns = 120}).find('\x1b') == std::string::npos);
  const std::string coloured = shown(SortBy::share, {.columns = 120, .rows = 24, .paint = Paint::colours});
  CHECK(coloured.find("\x1b[32mserving\x1b[0m") != std::string::npos);
  CHECK(coloured.find("\x1b[31mopen 12 s\x1b[0m") != std::string::npos);
}

TEST_CASE("rows are sorted as asked, and what is not known comes last") {
  struct Case {
    SortBy sort;
    const char* first;
    const char* last;
  };
  for (const Case& c : {Case{SortBy::share, "deepseek", "fresh"}, Case{SortBy::ttft, "azure", "fresh"},
                        Case{SortBy::price, "deepseek", "fresh"}, Case{SortBy::name, "azure", "fresh"}}) {
    const auto lines = gateway::top_page(json::serialize(status()), c.sort, {.columns = 120});
    CHECK(lines[3].starts_with(c.first));
    CHECK(lines[5].starts_with(c.last));
  }
}

TEST_CASE("a low terminal shows the first rows and how many more there are") {
  json::object many = status();
  for (int i = 0; i < 30; ++i)
    many["endpoints"].as_array().push_back(endpoint("e" + std::to_string(i), 0.01, 1, 1));
  const auto lines = gateway::top_page(json::serialize(many), SortBy::share, {.columns = 120, .rows = 20});
  CHECK(lines.size() <= 19);
  CHECK(lines.back() == "… 18 more");
}

TEST_CASE("an answer that is no status, or half of one, is said and not believed") {
  for (const char* text : {"", "<html>", "[1]", "{\"endpoints\":"}) {
    CHECK(gateway::top_page(text, SortBy::share, {.columns = 80}).front() ==
          "what answered is not the status of isocost");
  }
  const auto lines = gateway::top_page(R"({"endpoints":[3,{"endpoint":7,"share_1m":"x"}],"gateway":[]})",
                                       SortBy::share, {.columns = 80});
  CHECK(lines.back().starts_with("-"));
  CHECK(gateway::top_page("{}", SortBy::share, {.columns = 80}).back() == "no endpoints");
}

TEST_CASE("names from elsewhere cannot steer the terminal") {
  json::object hostile = status();
  hostile["endpoints"].as_array()[0].as_object()["endpoint"] = "\x1b[2Jevil\n";
  for (const std::string& line :
       gateway::top_page(json::serialize(hostile), SortBy::share, {.columns = 120})) {
    CHECK(line.find_first_of("\x1b\n") == std::string::npos);
  }
}

TEST_CASE("where there are several models, each row says which, also on a narrow screen") {
  json::object page = status();
  json::object other = endpoint("azure", 0.1, 500, 3);
  other["model"] = "qwen/qwen3-235b-a22b-instruct-2507";
  page["endpoints"].as_array().push_back(other);
  const auto lines = gateway::top_page(json::serialize(page), SortBy::share,
                                       {.columns = 80, .rows = 24, .paint = Paint::none});
  std::string text;
  for (const std::string& line : lines) {
    CHECK(gateway::width(line) <= 80);
    text += line + "\n";
  }
  CHECK(text.find(" deepseek-r1 ") != std::string::npos);
  CHECK(text.find(" qwen3…truct-2507 ") != std::string::npos);
}

namespace {

std::string shown(const json::object& page, int columns) {
  std::string text;
  const gateway::Screen screen{.columns = columns, .rows = 24, .paint = Paint::none};
  for (const std::string& line : gateway::top_page(json::serialize(page), SortBy::share, screen)) {
    CHECK(gateway::width(line) <= columns);
    text += line + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("for a key it is said whose requests are shown, and what leaves each host out") {
  json::object page = status();
  page["for"] = {{"key", "ci"}, {"team", "search"}};
  page["gateway"].as_object()["requests_5m"] = 12;
  page["endpoints"].as_array()[0].as_object()["left_out"] = {{"because", "always"}, {"text", "for the team"}};
  const std::string limits = R"({"limits": [
    {"whose": "key", "name": "ci", "measure": "requests", "period": "minute", "limit": 60, "used": 6, "open": 1},
    {"whose": "team", "name": "search", "measure": "dollars", "period": "day", "limit": 10, "used": 9.1, "open": 0},
    {"whose": "key", "name": "other", "measure": "tokens", "period": "day", "limit": 5, "used": 5, "open": 0}]})";
  page = json::parse(gateway::with_limits(json::serialize(page), limits)).as_object();
  CHECK(shown(page, 120) ==
        R"(isocost 0.1.0  key ci of team search  12 requests  $0.52 in 5 min  configuration 1
team search: $9.10 of $10.0 a day
key ci: 7 of 60 requests a minute

ENDPOINT  STATE      LEFT OUT BY  $/M IN  $/M OUT    TTFT     P90    NEXT  TOK/S   FAIL  NOW  SHARE  1 MIN     $/1K REQ
deepseek  serving                   0.55     2.19  24.3 s  48.6 s  26.7 s     45  1.2 %    3   75 %  ██████       $2.31
azure     serving    always         0.55     5.40  420 ms  840 ms  462 ms     45  1.2 %    3   25 %  ██           $2.31
fresh     open 12 s                 0.55     7.00       -       -       -      -      -    0      -                   -
)");
  CHECK(shown(page, 80).find("always") != std::string::npos);
  // What has no place on a narrow screen is not cut.
  const std::string narrow = shown(page, 70);
  CHECK(narrow.starts_with("isocost 0.1.0  key ci of team search  12 requests  $0.52 in 5 min\n"));
  page["gateway"].as_object()["window_seconds"] = 40;
  CHECK(shown(page, 120).find("$0.52 in 40 s") != std::string::npos);
}

TEST_CASE("of a moment that is past the time is said, and nothing that was not recorded") {
  json::object page = status();
  page["gateway"] = {{"at", "2026-11-28T03:00:00.000Z"},
                     {"requests_5m", 320},
                     {"requests_failed_5m", 2},
                     {"dollars_5m", 0.52},
                     {"generation", 1}};
  const std::string text = shown(page, 120);
  CHECK(text.starts_with("isocost 2026-11-28T03:00:00.000Z  320 requests, 2 failed  $0.52 in 5 min"));
  CHECK(text.find("hosts as seen") == std::string::npos);
  page["gateway"].as_object()["snapshot_age_seconds"] = 7'200;
  CHECK(shown(page, 160).find("hosts as seen 2 h 0 min before") != std::string::npos);
  for (const char* unrecorded : {"NEXT", "NOW", "TOTAL"}) CHECK(text.find(unrecorded) == std::string::npos);
  CHECK(text.find("SHARE") != std::string::npos);
}
