#include "gateway/console/policy_trial.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
namespace json = boost::json;

namespace {

std::vector<support::Host> fleet() {
  return {{.name = "cheap", .ttft = 2.5, .rate = 25},
          {.name = "usual", .input_price = 0.8, .output_price = 3}};
}

json::object checked(const std::string& yaml) {
  return json::parse(policy_check(support::settings_of(fleet()), yaml)).as_object();
}

}  // namespace

TEST_CASE("policies are checked against the hosts in use, each problem at its place") {
  const json::object good = checked("policies:\n  mine:\n    value_of_time: 20 $/h\n");
  CHECK(good.at("problems").as_array().empty());
  CHECK(good.at("policies").as_array().at(0) == "mine");
  const json::object wrong = checked("policies:\n  mine:\n    require: ttft.p90 <= 3 $\n");
  REQUIRE(wrong.at("problems").as_array().size() == 1);
  CHECK(wrong.at("problems").at(0).at("line") == 3);
  CHECK(wrong.at("problems").at(0).at("severity") == "error");
  CHECK(!checked("policies: [\n").at("problems").as_array().empty());
  CHECK(checked("").at("policies").as_array().empty());
}

TEST_CASE("a policy is tried on recorded requests") {
  const support::ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    support::RecordedWorld world(fleet(), writer);
    world.ask(200);
  }
  const config::Settings settings = support::settings_of(fleet());
  const PolicyTrial trial =
      policy_trial(settings, "policies:\n  mine:\n    value_of_time: 20 $/h\n", "mine", path);
  INFO(trial.text);
  CHECK(trial.status == 200);
  CHECK(policy_trial(settings, "policies:\n  mine:\n    require: 3 $\n", "mine", path).status == 400);
  CHECK(policy_trial(settings, "", "cheapest", "").status == 404);
}
