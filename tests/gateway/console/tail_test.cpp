#include "gateway/console/tail.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/three_hosts.hpp"

using namespace gateway;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

const config::TimePoint start{std::chrono::hours(1)};

struct Watcher {
  TailText text;
  std::uint64_t next = 0;
  Tail::Take take() {
    return [this](TailText given, std::uint64_t number) { text = given, next = number; };
  }
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("nothing is due while nobody watches") {
  Tail tail;
  CHECK(!tail.is_due(start));
  Watcher watcher;
  CHECK(tail.wait(0, start, watcher.take()));
  CHECK(tail.is_due(start));
  tail.beat("{}", start);
  REQUIRE(watcher.text);
  CHECK(*watcher.text == "event: status\ndata: {}\n\n");
  CHECK(!tail.is_due(start + 500ms));
  CHECK(tail.is_due(start + 1s));
  CHECK(!tail.is_due(start + 1min));  // it did not come back
}

TEST_CASE("who comes back late is told what it missed, as far as it is still there") {
  Tail tail;
  Watcher watcher;
  tail.wait(0, start, watcher.take());
  tail.beat("{\"n\":0}", start);
  for (int i = 1; i <= 3; ++i) tail.beat("{\"n\":" + std::to_string(i) + "}", start + i * 1s);
  Watcher late;
  CHECK(tail.wait(watcher.next, start + 4s, late.take()));
  REQUIRE(late.text);
  CHECK(count(*late.text, "event: status") == 3);
  for (int i = 4; i <= 40; ++i) tail.beat("{}", start + i * 1s);
  Watcher later;
  CHECK(tail.wait(late.next, start + 40s, later.take()));
  CHECK(count(*later.text, "event: status") == 8);
}

TEST_CASE("a beat has the requests since the last one, and says how many it had no room for") {
  const auto catalogue = tests::catalogue_of(tests::three_hosts());
  Record record = tests::answered(catalogue, 1);
  record.id = "req_1", record.asked = "<b>\"\n";
  Tail tail;
  Watcher watcher;
  tail.wait(0, start, watcher.take());
  for (std::size_t i = 0; i < Tail::most_requests + 7; ++i) tail.add(record);
  tail.beat("{}", start);
  REQUIRE(watcher.text);
  const std::string& text = *watcher.text;
  CHECK(text.starts_with("event: requests\ndata: {"));
  const std::size_t begin = text.find('{'), end = text.find("\n\n");
  const json::object batch = json::parse(text.substr(begin, end - begin)).as_object();
  CHECK(batch.at("skipped") == 7);
  CHECK(batch.at("requests").as_array().size() == Tail::most_requests);
  const json::object& row = batch.at("requests").as_array()[0].as_object();
  CHECK(row.at("id") == "req_1");
  CHECK(row.at("asked") == "<b>\"\n");
  CHECK(row.at("endpoint").is_string());
  Watcher again;
  tail.wait(watcher.next, start, again.take());
  tail.beat("{}", start + 1s);
  CHECK(count(*again.text, "event: requests") == 0);
}

TEST_CASE("no more than so many watch") {
  Tail tail;
  Watcher watcher;
  for (std::size_t i = 0; i < Tail::most_watchers; ++i) CHECK(tail.wait(0, start, watcher.take()));
  CHECK(!tail.wait(0, start, watcher.take()));
}
