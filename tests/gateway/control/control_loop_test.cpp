#include "gateway/control/control_loop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "providers/loop/spawn.hpp"
#include "tests/support/world.hpp"

namespace {

providers::Task<void> look(gateway::ControlLoop& control, std::string& metrics, std::string& status) {
  metrics = *co_await control.metrics(control.io());
  status = co_await control.status(control.io());
}

}  // namespace

TEST_CASE("who looks at the metrics or the status makes no news of the market") {
  support::ServedWorld world;
  gateway::ControlLoop control(world.generation, "1");
  const std::uint64_t version = control.published()->version;
  std::string metrics, status;
  for (int i = 0; i < 3; ++i) {
    providers::spawn(control.io(), look(control, metrics, status),
                     [](std::exception_ptr fault) { CHECK(!fault); });
    control.io().restart();
    control.io().poll();
  }
  CHECK(metrics.find("isocost_") != std::string::npos);
  CHECK(status.find("endpoints") != std::string::npos);
  CHECK(control.published()->version == version);
}

TEST_CASE("who asks for the metrics at the same moment gets one page, and who asks later a newer one") {
  support::ServedWorld world;
  gateway::ControlLoop control(world.generation, "1");
  const auto ask = [&](std::vector<std::shared_ptr<const std::string>>& pages) {
    const auto keep = [&pages](std::exception_ptr fault, auto page) {
      CHECK(!fault);
      if (page) pages.push_back(*std::move(page));
    };
    providers::spawn(control.io(), control.metrics(control.io()), keep);
  };
  std::vector<std::shared_ptr<const std::string>> pages;
  for (int i = 0; i < 10; ++i) ask(pages);
  control.io().restart();
  control.io().poll();
  REQUIRE(pages.size() == 10);
  CHECK(std::ranges::all_of(pages, [&](const auto& page) { return page == pages[0]; }));
  ask(pages);
  control.io().restart();
  control.io().poll();
  REQUIRE(pages.size() == 11);
  CHECK(pages.back() != pages[0]);
}

TEST_CASE("a reload is one picture of the market, and the one that everybody gets") {
  support::ServedWorld world;
  gateway::ControlLoop control(world.generation, "1");
  const std::uint64_t version = control.published()->version;
  const auto next = std::make_shared<const gateway::Generation>(
      std::make_shared<const routing::Catalogue>(world.generation->catalogue->settings(), 2),
      routing::PolicySet({routing::Policy{}}, {}, 0));
  control.adopt(next);
  CHECK(control.published()->version == version + 1);
  CHECK(control.published()->catalogue == next->catalogue);
}
