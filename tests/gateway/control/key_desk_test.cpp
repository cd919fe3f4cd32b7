#include "gateway/control/key_desk.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/state/state_directory.hpp"
#include "providers/loop/spawn.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/world.hpp"

namespace {

using What = gateway::KeyCall::What;

// A desk of keys, and one who asks it on the control loop.
struct AskedDesk {
  AskedDesk() { REQUIRE_FALSE(gateway::make_state_directory(place.directory)); }

  std::unique_ptr<gateway::KeyDesk> open() {
    std::string why;
    auto desk = gateway::KeyDesk::open(place, why);
    CHECK(why.empty());
    return desk;
  }
  // What is answered; and in `in_use` the names that were in use when it was.
  gateway::KeyAnswer ask(gateway::KeyDesk& desk, What what, const std::string& body) {
    gateway::KeyAnswer told;
    auto work = boost::asio::make_work_guard(control);
    providers::spawn(control, put(desk, {.what = what, .whom = {}, .body = body}, told),
                     [&](std::exception_ptr fault) {
                       CHECK(!fault);
                       work.reset();
                     });
    control.restart();
    control.run();
    return told;
  }

  support::ScratchDirectory scratch;
  gateway::LedgerPlace place{.directory = scratch.file("state"), .settings = {}, .gateway = {}};
  support::ServedWorld world;
  std::vector<std::string> adopted, in_use;
  boost::asio::io_context control{1};

 private:
  providers::Task<void> put(gateway::KeyDesk& desk, gateway::KeyCall call, gateway::KeyAnswer& told) {
    auto answering = desk.answer(control, std::move(call), world.generation);
    told = co_await std::move(answering);
    in_use = adopted;
  }
};

}  // namespace

TEST_CASE("a key that was made is in use before that is answered, and is there at the next start") {
  AskedDesk asked;
  {
    const auto desk = asked.open();
    REQUIRE(desk);
    CHECK(desk->keys().empty());
    desk->run(asked.control, [&](std::vector<config::KeySettings> keys) {
      for (const config::KeySettings& key : keys) asked.adopted.push_back(key.name.text);
    });
    CHECK(asked.ask(*desk, What::create, R"({"name":"ci"})").status == 201);
    CHECK(asked.in_use == std::vector<std::string>{"ci"});
  }
  const auto next = asked.open();
  REQUIRE(next);
  REQUIRE(next->keys().size() == 1);
  CHECK(next->keys().front().name.text == "ci");
}

TEST_CASE("a key for a model that is not there is refused, and none is made") {
  AskedDesk asked;
  const auto desk = asked.open();
  REQUIRE(desk);
  desk->run(asked.control, [&](std::vector<config::KeySettings>) { asked.adopted.push_back("any"); });
  const gateway::KeyAnswer told = asked.ask(*desk, What::create, R"({"name":"ci","models":["nobody"]})");
  CHECK(told.status == 400);
  CHECK(told.body.find("nobody") != std::string::npos);
  CHECK(asked.in_use.empty());
}

TEST_CASE("where the store of keys cannot be used, that is said with its place") {
  std::string why;
  CHECK(gateway::KeyDesk::open({.directory = "/proc/nowhere", .settings = {}, .gateway = {}}, why) ==
        nullptr);
  CHECK(why.find("/proc/nowhere") != std::string::npos);
}
