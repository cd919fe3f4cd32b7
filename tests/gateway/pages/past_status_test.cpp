#include "gateway/pages/past_status.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <numeric>

#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using namespace std::chrono_literals;
using support::RecordedWorld;
using support::ScratchDirectory;
using support::wall_at;
namespace json = boost::json;

namespace {

std::vector<support::Host> fleet() {
  return {{.name = "cheap", .ttft = 2.5, .rate = 25, .failing = 0.1},
          {.name = "usual", .input_price = 0.8, .output_price = 3},
          {.name = "shaky", .input_price = 0.3, .output_price = 1, .failing = 0.9}};
}

// 20 requests at the beginning, 300 three minutes later, 10 at the twentieth minute.
struct Recorded {
  Recorded() {
    RecordWriter writer(path, {});
    RecordedWorld world(fleet(), writer);
    world.ask(20, wall_at(0));
    world.ask(300, wall_at(3));
    world.ask(10, wall_at(20));
  }
  std::unique_ptr<RecordReader> opened() const {
    auto result = RecordReader::open(path);
    if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
    return std::move(std::get<std::unique_ptr<RecordReader>>(result));
  }
  json::object page(config::WallTime at, const CountsKey& counts = {}) const {
    const auto text = past_status(*opened(), at, counts);
    REQUIRE(text);
    return json::parse(*text).as_object();
  }

  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
};

double sum_of(const json::object& page, std::string_view member) {
  double sum = 0;
  for (const json::value& row : page.at("endpoints").as_array()) {
    const json::value& value = row.at(member);
    if (!value.is_null()) sum += value.to_number<double>();
  }
  return sum;
}

}  // namespace

TEST_CASE("a moment that is past shows the requests of the five minutes before it, and of no others") {
  const Recorded recorded;
  const auto requests = [&](config::WallTime at) {
    return recorded.page(at).at("gateway").at("requests_5m").to_number<int>();
  };
  CHECK(requests(wall_at(2)) == 20);
  CHECK(requests(wall_at(4)) == 320);
  CHECK(requests(wall_at(6)) == 300);
  CHECK(requests(wall_at(15)) == 0);
  CHECK(requests(wall_at(21)) == 10);
}

TEST_CASE("it shows how each host stood then, and where that time's requests went") {
  const Recorded recorded;
  const json::object page = recorded.page(wall_at(3) + 30s);
  REQUIRE(page.at("endpoints").as_array().size() == 3);
  const json::value& usual = page.at("endpoints").at(1);
  CHECK(usual.at("endpoint") == "usual");
  CHECK(usual.at("price_output") == 3);
  CHECK(usual.at("ttft_p50_ms").to_number<double>() > 100);
  CHECK(usual.at("state").is_string());
  CHECK(sum_of(page, "share_1m") > 0.999);
  CHECK(sum_of(page, "share_1m") < 1.001);
  CHECK(sum_of(page, "dollars_per_1k") > 0);
  CHECK(page.at("gateway").at("dollars_5m").to_number<double>() > 0);
  CHECK(page.at("gateway").at("at") == "2025-11-24T16:03:30.000Z");
}

TEST_CASE("of a minute without requests no share is said, and the market is that of the last picture") {
  const Recorded recorded;
  const json::object page = recorded.page(wall_at(15));
  for (const json::value& row : page.at("endpoints").as_array()) {
    CHECK(row.at("share_1m").is_null());
    CHECK(row.at("failures").is_null());
    CHECK(row.at("state").is_string());
  }
  CHECK(page.at("endpoints").at(0).at("ttft_p50_ms").to_number<double>() > 0);
  CHECK(page.at("gateway").at("snapshot_age_seconds") == 12 * 60);
}

TEST_CASE("the requests of keys that do not count are left out") {
  const Recorded recorded;
  const json::object nobodys = recorded.page(wall_at(4), [](const std::string& key) { return key == "ci"; });
  CHECK(nobodys.at("gateway").at("requests_5m") == 0);
  CHECK(nobodys.at("endpoints").at(0).at("share_5m").is_null());
  const json::object keyless = recorded.page(wall_at(4), [](const std::string& key) { return key.empty(); });
  CHECK(keyless.at("gateway").at("requests_5m") == 320);
}

// As they are configured today; records keep no addresses.
TEST_CASE("requests of a running gateway's hosts are found in its records") {
  const Recorded recorded;
  config::Settings settings = support::settings_of(fleet());
  for (config::ProviderSettings& each : settings.providers) each.base_url.host = "api.example.com";
  const routing::Catalogue catalogue(std::move(settings), 7);
  const RecordedTraffic traffic = recorded_traffic(*recorded.opened(), catalogue, wall_at(4), {});
  CHECK(traffic.requests == 320);
  CHECK(traffic.all_5m.attempts >= 320);
  CHECK(traffic.all_5m.nanodollars > 0);
}

TEST_CASE("of very many requests those of a shorter time before are looked at, and it says of how long") {
  const Recorded recorded;
  const routing::Catalogue catalogue(support::settings_of(fleet()), 1);
  const RecordedTraffic all = recorded_traffic(*recorded.opened(), catalogue, wall_at(4), {}, 320);
  CHECK(all.window == 5min);
  CHECK(all.requests == 320);
  const RecordedTraffic some = recorded_traffic(*recorded.opened(), catalogue, wall_at(4), {}, 100);
  CHECK(some.window < 5min);
  CHECK(some.requests <= 300);
  CHECK(some.all_5m.attempts >= some.requests);
}

// 30 a second for a minute after a single one a second for four: the last ones are what is asked about.
TEST_CASE(
    "of very many requests it is the newest that are looked at, and no more than twice as many are read") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(fleet(), writer);
    for (int second = 0; second < 300; ++second) {
      world.ask(second < 240 ? 1 : 30, wall_at(0) + std::chrono::seconds(second));
    }
  }
  auto opened = RecordReader::open(path);
  REQUIRE(std::holds_alternative<std::unique_ptr<RecordReader>>(opened));
  RecordReader& reader = *std::get<std::unique_ptr<RecordReader>>(opened);
  const routing::Catalogue catalogue(support::settings_of(fleet()), 1);
  const RecordedTraffic some = recorded_traffic(reader, catalogue, wall_at(5), {}, 300);
  CHECK(some.requests <= 300);
  CHECK(some.requests >= 200);
  CHECK(some.window < 20s);
  CHECK(reader.oldest() == wall_at(0));
}

TEST_CASE("before the first record there is nothing to show") {
  const Recorded recorded;
  CHECK(!past_status(*recorded.opened(), wall_at(-1), {}));
}
