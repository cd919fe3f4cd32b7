#include "providers/host/retry_hint.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/http/outgoing_field.hpp"

using namespace providers;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Fields fields_of(const std::vector<Field>& list) {
  Fields fields;
  for (const Field& field : list) CHECK(fields.add(field));
  return fields;
}

const config::WallTime now = *http_date("Sun, 06 Nov 1994 08:49:37 GMT");

}  // namespace

TEST_CASE("an HTTP date is read, and nothing that only looks like one") {
  CHECK(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() == 784'111'777);
  for (const auto* text :
       {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 28:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, xx Nov 1994 08:49:37 GMT"}) {
    CHECK_FALSE(http_date(text));
  }
}

TEST_CASE("a hint to ask again later is read in every form, and garbage is nothing") {
  struct Row {
    std::string value;
    std::optional<config::Duration> wait;
  };
  const std::vector<Row> rows = {
      {"0", 0s},
      {"3", 3s},
      {"1.5", 1'500ms},
      {"60", 60s},
      {"61", 60s},
      {"1000000000", 60s},
      {"Sun, 06 Nov 1994 08:49:47 GMT", 10s},
      {"Sun, 06 Nov 1994 08:49:07 GMT", 0s},
      {"Sun, 06 Nov 2094 08:49:07 GMT", 60s},
      {"", {}},
      {"-1", {}},
      {"+1", {}},
      {"soon", {}},
      {"1e3", {}},
      {"nan", {}},
      {"inf", {}},
      {"1.2.3", {}},
      {"99999999999999999999999999", {}},
      {"3s", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(retry_after(fields_of({{"Retry-After", row.value}}), now) == row.wait);
  }
  CHECK(retry_after(fields_of({{"retry-after", "9"}, {"Retry-After-Ms", "250.5"}}), now) ==
        config::Duration(250'500us));
  CHECK(retry_after(fields_of({{"retry-after", "9"}, {"retry-after-ms", "x"}}), now) == config::Duration(9s));
  CHECK_FALSE(retry_after(fields_of({}), now));
}

TEST_CASE("what is left of a rate limit is read from every family of fields") {
  struct Row {
    std::vector<Field> fields;
    std::optional<double> share;
  };
  const std::vector<Row> rows = {
      {{{"x-ratelimit-limit-requests", "100"}, {"x-ratelimit-remaining-requests", "25"}}, 0.25},
      {{{"X-RateLimit-Remaining-Tokens", "10"},
        {"X-RateLimit-Limit-Tokens", "100"},
        {"x-ratelimit-limit-requests", "100"},
        {"x-ratelimit-remaining-requests", "25"}},
       0.1},
      {{{"anthropic-ratelimit-input-tokens-limit", "100"},
        {"anthropic-ratelimit-input-tokens-remaining", "50"}},
       0.5},
      {{{"x-ratelimit-limit-tokens-minute", "100"}, {"x-ratelimit-remaining-tokens-minute", "75"}}, 0.75},
      {{{"x-ratelimit-limit-req-minute", "100"}, {"x-ratelimit-remaining-req-minute", "75"}}, 0.75},
      {{{"x-ratelimit-limit", "4"}, {"x-ratelimit-remaining", "1"}}, 0.25},
      {{{"x-tokenlimit-limit", "4"}, {"x-tokenlimit-remaining", "2"}}, 0.5},
      {{{"x-ratelimit-limit-requests", "100"}, {"x-ratelimit-remaining-requests", "200"}}, 1.0},
      // Azure tells no limit, and a limit of one window says nothing of another.
      {{{"x-ratelimit-remaining-requests", "25"}}, {}},
      {{{"x-ratelimit-limit-requests", "100"}, {"x-ratelimit-remaining-tokens", "25"}}, {}},
      {{{"x-ratelimit-limit-requests", "0"}, {"x-ratelimit-remaining-requests", "0"}}, {}},
      {{{"x-ratelimit-limit-requests", "many"}, {"x-ratelimit-remaining-requests", "0"}}, {}},
      {{{"x-ratelimit-limit-requests", "100"}, {"x-ratelimit-remaining-requests", "-1"}}, {}},
      {{{"x-ratelimit-reset-requests", "1s"}}, {}},
      {{}, {}},
  };
  for (const Row& row : rows) {
    CHECK(headroom(fields_of(row.fields)) == row.share);
  }
}

TEST_CASE("nothing that could become another line is written into a head") {
  std::string head;
  CHECK(append_field(head, "X-A", "b\tc \xe9") == Written::yes);
  CHECK(append_target(head, "/v1/x?y=%20") == Written::yes);
  CHECK(head == "X-A: b\tc \xe9\r\n/v1/x?y=%20");
  const std::string before = head;
  for (const std::string& value :
       {"a\r\nSet-Cookie: x"s, "a\nb"s, "a\rb"s, "a\0b"s, "\x01"s, "\x7f"s, std::string(8 * 1024 + 1, 'a')}) {
    CHECK(append_field(head, "X-A", value) == Written::refused);
  }
  for (const std::string& name : {""s, "X A"s, "X:"s, "X\r\n"s, "X\0"s, "\xc3\xa9"s, std::string(129, 'a')}) {
    CHECK(append_field(head, name, "a") == Written::refused);
  }
  for (const std::string& target : {""s, "v1"s, "/a b"s, "/a\r\nHost: x"s, "/\0"s, "/\x7f"s, "/\xc3\xa9"s,
                                    "/a#b"s, "/\\"s, "/" + std::string(8 * 1024, 'a')}) {
    CHECK(append_target(head, target) == Written::refused);
  }
  CHECK(head == before);
}

TEST_CASE("a hint in the body of an error is read in the ways that hosts write it") {
  struct Case {
    const char* body;
    std::optional<config::Duration> wait;
  };
  const Case cases[] = {
      {R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/RetryInfo","retryDelay":"34.4s"}]}})",
       34400ms},
      {R"({"error":{"message":"Rate limit reached for m in organization o. Please try again in 20.5s. Visit ..."}})",
       20500ms},
      {R"({"error":{"message":"Please try again in 1m20s."}})", 60s},  // more than a minute is cut to one
      {R"({"error":{"message":"Please try again in 1.5s"}})", 1500ms},
      {R"({"error":{"message":"try again in 250ms."}})", 250ms},
      {R"({"error":{"message":"Too many requests, retry after 12 seconds"}})", 12s},
      {R"({"error":{"message":"Retry in 3."}})", 3s},
      {R"({"error":{"message":"Please try again later"}})", std::nullopt},
      {R"({"error":{"message":"try again in a moment"}})", std::nullopt},
      {R"({"error":{"message":"try again in ")", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& each : cases) {
    CAPTURE(each.body);
    CHECK(providers::retry_hint_in(each.body) == each.wait);
  }
}

TEST_CASE("every unit of a time is read, and the parts of one add up") {
  struct Case {
    const char* time;
    std::optional<config::Duration> wait;
  };
  const Case cases[] = {
      {"7ms", 7ms},
      {"7 milliseconds", 7ms},
      {"0.1m", 6s},
      {"0.2min", 12s},
      {"0.5 minute", 30s},
      {"0.5 minutes", 30s},
      {"0.005h", 18s},
      {"0.01 hour", 36s},
      {"0.01 hours", 36s},
      {"9s", 9s},
      {"9 S", 9s},
      {"9", 9s},
      {"0.5m5s250ms", 35250ms},
      {"9s.", 9s},
      {"9..", 9s},
      {".5s", 500ms},
      {"9 a", 9s},
      {"9 {", 9s},
      {"9a", 9s},
      {"9z2s", 11s},
      {"9 z2", 11s},
      {"10s", 10s},
      {"09s", 9s},
      {"1:30", 1s},
      {"/9s", std::nullopt},
      {"61s", 60s},
      {"12345678901234567890s", 60s},
      {"123456789012345678901s", std::nullopt},
  };
  for (const Case& each : cases) {
    CAPTURE(each.time);
    CHECK(retry_hint_in(std::string("retry in ") + each.time) == each.wait);
  }
}

TEST_CASE("the first hint of a body counts, in any case, with what stands between a member and its value") {
  CHECK(retry_hint_in("RETRY AFTER 5s, or TRY AGAIN IN 3s") == config::Duration(5s));
  CHECK(retry_hint_in("try again after 3s; retry after 5s") == config::Duration(3s));
  CHECK(retry_hint_in(R"("RetryDelay": \"4s\")") == config::Duration(4s));
  CHECK(retry_hint_in("Zretry in 4s") == config::Duration(4s));
  CHECK_FALSE(retry_hint_in("retry in    "));
  CHECK_FALSE(retry_hint_in("retry@in 4s"));
}

TEST_CASE("a date is read in its one form, with every part in its range") {
  const auto seconds = [](const char* text) -> std::int64_t {
    const auto date = http_date(text);
    return date ? std::chrono::duration_cast<std::chrono::seconds>(date->time_since_epoch()).count() : -1;
  };
  CHECK(seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(seconds("Thu, 01 Jan 1970 23:59:60 GMT") == 86'400);
  CHECK(seconds("Tue, 31 Dec 2199 00:00:00 GMT") > 0);
  for (const char* text :
       {"Wed, 31 Dec 1969 00:00:00 GMT", "Wed, 01 Jan 2200 00:00:00 GMT", "Thu, 01 Jan 1970 24:00:00 GMT",
        "Thu, 01 Jan 1970 00:60:00 GMT", "Thu, 01 Jan 1970 00:00:61 GMT", "Thu; 01 Jan 1970 00:00:00 GMT",
        "Thu, 01-Jan 1970 00:00:00 GMT", "Thu, 01 Jan-1970 00:00:00 GMT", "Thu, 01 Jan 1970-00:00:00 GMT",
        "Thu, 01 Jan 1970 00-00:00 GMT", "Thu, 01 Jan 1970 00:00-00 GMT", "Thu, 01 Jan 1970 00:00:00 UTC",
        "Thu, 01 Jan x970 00:00:00 GMT", "Thu, 01 Jan 1970 x0:00:00 GMT", "Thu, 01 Jan 1970 00:x0:00 GMT",
        "Thu, 01 Jan 1970 00:00:x0 GMT", "Thu,  01 Jan 1970 00:00:00 GMT"}) {
    CAPTURE(text);
    CHECK(seconds(text) == -1);
  }
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::int64_t before = -1;
  for (const char* month : months) {
    const std::int64_t now_seconds =
        seconds(("Thu, 01 " + std::string(month) + " 1970 00:00:00 GMT").c_str());
    CHECK(now_seconds > before);
    before = now_seconds;
  }
  CHECK(before == 334 * 86'400);
}

TEST_CASE("a wait in milliseconds goes before one in seconds, and neither is less than nothing") {
  CHECK(retry_after(fields_of({{"retry-after-ms", "61000"}}), now) == config::Duration(60s));
  CHECK(retry_after(fields_of({{"retry-after-ms", "0"}}), now) == config::Duration(0s));
  CHECK(retry_after(fields_of({{"retry-after", "12345678901234567890"}}), now) == config::Duration(60s));
  CHECK_FALSE(retry_after(fields_of({{"retry-after", "123456789012345678901"}}), now));
  CHECK(retry_after(fields_of({{"retry-after", "09."}}), now) == config::Duration(9s));
  CHECK_FALSE(retry_after(fields_of({{"retry-after", "9:"}}), now));
  CHECK_FALSE(retry_after(fields_of({{"retry-after", "9/"}}), now));
}

TEST_CASE("of several limits the one with the least left counts, by its own limit alone") {
  CHECK(headroom(fields_of({{"x-ratelimit-limit-a", "10"},
                            {"x-ratelimit-remaining-a", "9"},
                            {"x-ratelimit-limit-b", "10"},
                            {"x-ratelimit-remaining-b", "2"},
                            {"x-ratelimit-limit-c", "10"},
                            {"x-ratelimit-remaining-c", "5"}})) == 0.2);
  CHECK(headroom(fields_of({{"A-x", "1"},
                            {"Anthropic-RateLimit-Tokens-Remaining", "3"},
                            {"Anthropic-RateLimit-Tokens-Limit", "4"}})) == 0.75);
  CHECK_FALSE(headroom(fields_of({{"y-ratelimit-limit", "4"}, {"y-ratelimit-remaining", "1"}})));
  CHECK_FALSE(headroom(fields_of({{"x-limit", "4"}, {"x-remaining", "1"}})));
  CHECK_FALSE(headroom(fields_of({{"x-ratelimit-limit-a", "4"}, {"x-ratelimit-remaining-ab", "1"}})));
  CHECK_FALSE(headroom(fields_of({{"x-ratelimit-limits-a", "4"}, {"x-ratelimit-remaining-a", "1"}})));
  CHECK_FALSE(headroom(fields_of({{"x-ratelimit-bound-a", "4"}, {"x-ratelimit-remaining-a", "1"}})));
  const std::string name(60, 'z');  // a name longer than any that is looked for
  CHECK_FALSE(
      headroom(fields_of({{"x-ratelimit-remaining-" + name, "1"}, {"x-ratelimit-limit-" + name, "4"}})));
}
