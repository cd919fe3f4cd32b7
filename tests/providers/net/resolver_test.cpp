#include "providers/net/resolver.hpp"

#include <doctest/doctest.h>

#include <future>
#include <list>

#include "tests/support/few_descriptors.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/scripted_names.hpp"

using namespace std::chrono_literals;
using providers::Names;
using providers::Resolver;
using routing::FailureKind;
namespace ip = boost::asio::ip;

namespace {

using Found = support::Outcome<providers::Result<Resolver::Addresses>>;

struct World {
  support::Loop loop;
  support::ScriptedNames names;
  Resolver resolver{loop.io, loop.timer, names};

  struct Ask {
    std::string host;
    providers::Sleep wait;
    Found found;
  };
  std::list<Ask> asks;

  Ask& ask(const std::string& host, config::Duration limit = 2s) {
    Ask& ask = asks.emplace_back();
    ask.host = host;
    loop.start(resolver.addresses(ask.host, 8443, loop.timer.now() + limit, ask.wait), ask.found);
    loop.settle();
    return ask;
  }
  void answer(const Names::Found& found) {
    names.answer(found);
    loop.settle();
  }
  ~World() {
    answer(FailureKind::resolve);
    loop.advance(10s);
  }
};

std::vector<ip::address> given(const char* text) {
  return {ip::make_address(text)};
}

std::vector<std::string> texts(const Found& found) {
  REQUIRE(found.ended());
  REQUIRE(found.value->has_value());
  std::vector<std::string> texts;
  for (const auto& endpoint : **found.value) {
    CHECK(endpoint.port() == 8443);
    texts.push_back(endpoint.address().to_string());
  }
  return texts;
}

Names::Found looked_up(const std::string& host) {
  providers::SystemNames names;
  std::promise<Names::Found> answer;
  names.ask(host, [&](const Names::Found& found) { answer.set_value(found); });
  return answer.get_future().get();
}

}  // namespace

TEST_CASE("addresses and localhost are known without asking anybody") {
  World world;
  CHECK(texts(world.ask("192.0.2.7").found) == std::vector<std::string>{"192.0.2.7"});
  CHECK(texts(world.ask("::1").found) == std::vector<std::string>{"::1"});
  CHECK(texts(world.ask("localhost").found) == std::vector<std::string>{"127.0.0.1", "::1"});
  CHECK(world.names.asked.empty());
}

TEST_CASE("a name server that hangs for one name holds up no other") {
  World world;
  auto& slow = world.ask("slow.example");
  world.names.addresses.emplace("quick.example", given("192.0.2.1"));
  CHECK(texts(world.ask("quick.example").found) == std::vector<std::string>{"192.0.2.1"});
  CHECK(!slow.found.ended());
  CHECK(world.resolver.asking() == 1);
  world.answer(given("192.0.2.2"));
  CHECK(texts(slow.found) == std::vector<std::string>{"192.0.2.2"});
  CHECK(world.resolver.asking() == 0);
}

TEST_CASE("a name without an address is not asked for again for a few seconds") {
  World world;
  auto& first = world.ask("gone.example");
  world.answer(FailureKind::resolve);
  CHECK(first.found.value->error() == FailureKind::resolve);
  world.loop.advance(Resolver::failed_for - 1ms);
  auto& second = world.ask("gone.example");
  REQUIRE(second.found.ended());
  CHECK(second.found.value->error() == FailureKind::resolve);
  CHECK(world.names.asked.size() == 1);
  world.loop.advance(1ms);
  CHECK(!world.ask("gone.example").found.ended());
  CHECK(world.names.asked.size() == 2);
}

TEST_CASE("what this machine had no room to ask is asked for again at once") {
  World world;
  auto& first = world.ask("host.example");
  world.answer(FailureKind::local);
  CHECK(first.found.value->error() == FailureKind::local);
  CHECK(!world.ask("host.example").found.ended());
  CHECK(world.names.asked.size() == 2);
}

TEST_CASE("known addresses are used while they are asked for anew, also when that fails") {
  World world;
  world.names.addresses.emplace("host.example", given("192.0.2.1"));
  world.ask("host.example");
  world.loop.advance(Resolver::fresh_for);
  world.names.addresses.clear();
  CHECK(texts(world.ask("host.example").found) == std::vector<std::string>{"192.0.2.1"});
  world.answer(FailureKind::resolve);
  CHECK(texts(world.ask("host.example").found) == std::vector<std::string>{"192.0.2.1"});
  CHECK(world.names.asked.size() == 2);
}

TEST_CASE("all who wait for a name are told, also where the first one's going wakes another") {
  World world;
  auto& first = world.ask("host.example");
  auto& second = world.ask("host.example");
  auto& third = world.ask("host.example");
  second.wait.wake();
  CHECK(second.found.value->error() == FailureKind::resolve);
  world.answer(given("192.0.2.1"));
  CHECK(texts(first.found).size() == 1);
  CHECK(texts(third.found).size() == 1);
  CHECK(world.names.asked.size() == 1);
}

TEST_CASE("an answer that comes after its loop has gone is dropped") {
  support::ScriptedNames names;
  {
    support::Loop loop;
    Resolver resolver(loop.io, loop.timer, names);
    providers::Sleep wait;
    Found found;
    const std::string host = "host.example";
    loop.start(resolver.addresses(host, 80, loop.timer.now() + 1s, wait), found);
    loop.advance(2s);
    CHECK(found.ended());
  }
  names.answer(given("192.0.2.1"));
}

TEST_CASE("the system is asked for names") {
  CHECK(*looked_up("192.0.2.7") == given("192.0.2.7"));
  // A label has at most 63 characters: this one is refused without asking any name server.
  CHECK(looked_up(std::string(70, 'x') + ".invalid").error() == FailureKind::resolve);
  const support::FewDescriptors none;
  CHECK(looked_up(std::string(70, 'x') + ".invalid").error() == FailureKind::local);
}
