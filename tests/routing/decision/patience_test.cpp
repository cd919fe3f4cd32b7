#include "routing/decision/patience.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace std::chrono_literals;
using routing::longest_generation;

namespace {

// An endpoint that makes 50 tokens a second.
struct Reply {
  config::EndpointSettings settings;
  routing::Endpoint endpoint{.settings = &settings};
  routing::Demand demand;
  routing::Prediction prediction{.throughput = 50};

  std::optional<config::Duration> longest() const { return longest_generation(prediction, endpoint, demand); }
};

}  // namespace

TEST_CASE("the longest reply is as long as the request allows, at half the speed") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  CHECK(reply.longest() == 40s);
}

TEST_CASE("the longest reply is no longer than what the endpoint can give") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  reply.settings.max_output = config::Tokens{500};
  CHECK(reply.longest() == 20s);
  reply.demand.max_output.reset();
  CHECK(reply.longest() == 20s);
}

TEST_CASE("an endpoint whose speed varies is given more time") {
  Reply reply;
  reply.demand.max_output = config::Tokens{1'000};
  reply.prediction.throughput_log_sd = 0.5;
  CHECK(*reply.longest() > 108s);
  CHECK(*reply.longest() < 109s);
}

TEST_CASE("without a length or a speed there is no longest reply") {
  Reply reply;
  CHECK(!reply.longest());
  reply.demand.max_output = config::Tokens{1'000};
  reply.prediction.throughput = 0;
  CHECK(!reply.longest());
  reply.prediction.throughput = std::numeric_limits<double>::quiet_NaN();
  CHECK(!reply.longest());
}
