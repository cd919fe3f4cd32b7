// What the console is told out of the records: how fast hosts were, and what requests would have cost
// elsewhere.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/console/market_history.hpp"
#include "gateway/console/spend_elsewhere.hpp"
#include "tests/support/close.hpp"
#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using support::RecordedWorld;
using support::ScratchDirectory;
using support::wall_at;
namespace json = boost::json;

namespace {

std::vector<support::Host> hosts(double price) {
  return {{.name = "cheap", .input_price = price, .output_price = price, .ttft = 2.5, .rate = 25},
          {.name = "dear", .input_price = 8, .output_price = 30}};
}

std::unique_ptr<RecordReader> opened(const std::string& path) {
  auto result = RecordReader::open(path);
  if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
  return std::move(std::get<std::unique_ptr<RecordReader>>(result));
}

double number(const json::value& object, std::string_view name) {
  return object.at(name).to_number<double>();
}

}  // namespace

TEST_CASE(
    "each host has one median for every half hour back to the first record, null where nothing was new") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(hosts(1), writer);
    world.ask(40, wall_at(0));
    world.ask(40, wall_at(120));
  }
  const json::value page = json::parse(market_history(*opened(path), "m", wall_at(121)));
  const json::array& moments = page.at("moments").as_array();
  REQUIRE(moments.size() == 5);
  CHECK(moments[4].to_number<std::int64_t>() - moments[0].to_number<std::int64_t>() == 4 * 1'800);
  REQUIRE(page.at("endpoints").as_array().size() == 2);
  const json::value& cheap = page.at("endpoints").at(0);
  CHECK(cheap.at("endpoint") == "cheap");
  const json::array& medians = cheap.at("ttft_p50_ms").as_array();
  REQUIRE(medians.size() == 5);
  CHECK(medians[0].to_number<double>() > 0);
  CHECK(medians[4].to_number<double>() > 0);
  for (int between = 1; between < 4; ++between) CHECK(medians[static_cast<std::size_t>(between)].is_null());
  CHECK(cheap.at("prices").as_array().size() == 1);
  CHECK(json::parse(market_history(*opened(path), "other", wall_at(121))).at("endpoints").as_array().empty());
}

TEST_CASE("how attempts ended is told by host, hour and kind of the last day, where it is asked for") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    std::vector<support::Host> failing = hosts(1);
    failing[0].failing = 0.5;
    RecordedWorld world(std::move(failing), writer);
    world.ask(40, wall_at(0));
    world.ask(40, wall_at(25 * 60));
  }
  const json::value page =
      json::parse(market_history(*opened(path), "m", wall_at(25 * 60 + 30), WithEnds::yes));
  const json::value& ends = page.at("ends");
  CHECK(ends.at("complete") == true);
  const json::value& cheap = ends.at("endpoints").at("cheap");
  REQUIRE(cheap.at("attempts").as_array().size() == 24);
  std::int64_t attempts = 0, failed = 0;
  for (const json::value& hour : cheap.at("attempts").as_array()) attempts += hour.as_int64();
  for (const auto& [kind, hours] : cheap.at("failed").as_object()) {
    for (const json::value& hour : hours.as_array()) failed += hour.as_int64();
  }
  // Those of a day before are not counted.
  CHECK(attempts > 0);
  CHECK(attempts <= 80);
  CHECK(cheap.at("attempts").at(23).as_int64() == attempts);
  CHECK(failed > 0);
  CHECK(failed < attempts);
  CHECK_FALSE(json::parse(market_history(*opened(path), "m", wall_at(1))).as_object().contains("ends"));
}

TEST_CASE("requests are billed anew at every host that each of them could have gone to") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(hosts(1), writer);
    world.ask(60, wall_at(0));
  }
  const json::value page = json::parse(spend_elsewhere(*opened(path)));
  REQUIRE(page.at("models").as_array().size() == 1);
  const json::value& model = page.at("models").at(0);
  CHECK(model.at("model") == "m");
  const json::value &cheapest = model.at("cheapest"), &fastest = model.at("fastest");
  CHECK(number(cheapest, "requests") > 0);
  CHECK(number(cheapest, "dollars") <= number(cheapest, "paid") * 1.000001);
  CHECK(number(fastest, "expected_seconds") <= number(cheapest, "expected_seconds") * 1.000001);
  REQUIRE(model.at("at_one").as_array().size() == 2);
  const json::value &cheap = model.at("at_one").at(0), &dear = model.at("at_one").at(1);
  CHECK(cheap.at("way") == "cheap");
  // Nobody else is ever the cheapest here.
  CHECK(number(cheap, "dollars") == support::close(number(cheapest, "dollars")));
  CHECK(number(dear, "dollars") > 5 * number(cheap, "dollars"));
  CHECK(number(dear, "requests") == number(cheapest, "requests"));
  CHECK(number(dear, "expected_failures") > 0);
  CHECK(number(dear, "expected_failures") < 0.5);
}

TEST_CASE("where no request had a choice there is nothing to compare") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world({{.name = "only"}}, writer);
    world.ask(10, wall_at(0));
  }
  const json::value page = json::parse(spend_elsewhere(*opened(path)));
  CHECK(page.at("models").as_array().empty());
}
