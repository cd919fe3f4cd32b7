#include "gateway/trace/trace_exporter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/json.hpp>

#include "tests/support/three_hosts.hpp"

using namespace gateway;
namespace json = boost::json;

namespace {

struct World {
  std::vector<std::string> bodies;
  std::vector<Posted> replies;  // the last one again and again
  std::atomic<std::uint64_t> dropped{0};
  std::vector<std::string> said;

  // Ends, and so sends what waits.
  void export_all(std::size_t requests) {
    TraceExporter exporter(
        {.url = {.scheme = config::BaseUrl::Scheme::http,
                 .host = "collector",
                 .port = 4318,
                 .path = "/v1/traces"},
         .resource = {{"deployment", "test\""}}},
        "0.1.0",
        [this](const std::string& body) {
          bodies.push_back(body);
          return replies.empty() ? Posted{.status = 200}
                                 : replies[std::min(bodies.size(), replies.size()) - 1];
        },
        [this](const std::string& text) { said.push_back(text); },
        [this](std::uint64_t spans) { dropped += spans; });
    auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
    for (std::size_t i = 0; i < requests; ++i) {
      record.id = "req_" + std::to_string(i);
      exporter.add(record);
    }
  }
};

}  // namespace

TEST_CASE("spans arrive together, in one resource and one scope") {
  World world;
  world.export_all(3);
  std::size_t spans = 0;
  for (const std::string& body : world.bodies) {
    const json::value page = json::parse(body);
    const json::value& resource = page.at("resourceSpans").at(0);
    CHECK(resource.at("resource").at("attributes").at(0).at("key") == "service.name");
    CHECK(resource.at("resource").at("attributes").as_array().size() == 3);
    spans += resource.at("scopeSpans").at(0).at("spans").as_array().size();
  }
  CHECK(spans == 6);
  CHECK(world.dropped == 0);
}

TEST_CASE("what a collector refuses for good, or rejects, is counted and not sent again") {
  World world;
  world.replies = {{.status = 400, .problem = "it answered with status 400"}};
  world.export_all(2);
  CHECK(world.dropped == 4);
  REQUIRE(world.said.size() == 1);
  CHECK(world.said[0].find("status 400") != std::string::npos);
  World picky;
  picky.replies = {{.status = 200, .rejected = 1}};
  picky.export_all(1);
  CHECK(picky.dropped == 1);
  CHECK(picky.bodies.size() == 1);
}

TEST_CASE("nobody waits for a collector that is away: at the end what is left is dropped and counted") {
  World world;
  world.replies = {{.status = 503, .problem = "it answered with status 503"}};
  world.export_all(1'000);
  CHECK(world.dropped == 2'000);
}

TEST_CASE("more than there is room for is dropped, the oldest first") {
  World world;
  world.export_all(TraceExporter::most_waiting);
  std::size_t spans = 0;
  for (const std::string& body : world.bodies) {
    spans += json::parse(body).at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array().size();
  }
  CHECK(spans + world.dropped == 2 * TraceExporter::most_waiting);
}
