// Requests beyond a provider's `max_in_flight`: they wait for their turn, and not for ever.
#include "gateway/request/waiting_line.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/front_door.hpp"

using namespace std::chrono_literals;
using namespace support;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// One endpoint, at a provider that takes so many requests at a time.
config::Settings limited(int most) {
  config::Settings settings = three_prices();
  settings.models[0].endpoints.resize(1);
  settings.providers[0].limits.max_in_flight = most;
  return settings;
}

std::string stream_for(const std::string& user, const std::string& fields = "") {
  return post(
      R"({"model":"m","stream":true,"user":")" + user + R"(","messages":[{"role":"user","content":"Hi"}]})",
      fields);
}

struct Queue {
  explicit Queue(config::Settings settings) : door(std::move(settings)) {
    door.world.script(ServedWorld::cheap, stream("Hello", 1s));
  }

  ScriptedProvider& host() { return door.world.host(ServedWorld::cheap); }
  Peer& ask(const std::string& user, const std::string& fields = "") {
    Peer& client = door.connect();
    client.send(stream_for(user, fields));
    door.world.loop.until(
        [&, arrived = ++asked_] { return host().requests.size() + waiting() + refused >= arrived; });
    return client;
  }
  Peer& ask_in_vain(const std::string& user) {
    Peer& client = door.connect();
    client.send(stream_for(user));
    client.read_until("\r\n\r\n{");
    ++asked_, ++refused;
    return client;
  }
  std::size_t waiting() const { return door.world.services.line.size(); }
  int counted_as_waiting() const { return door.world.generation->waiting.of(0); }
  std::string users() {
    std::string users;
    for (const std::string& body : host().requests) {
      const std::size_t at = body.find(R"("user":")") + 8;
      users += body.substr(at, body.find('"', at) - at) + " ";
    }
    return users;
  }

  FrontDoor door;
  std::size_t refused = 0;

 private:
  std::size_t asked_ = 0;
};

}  // namespace

TEST_CASE("beyond a provider's limit requests wait for their turn, and who came first goes first") {
  Queue queue(limited(2));
  std::vector<Peer*> clients;
  for (const std::string user : {"a", "b", "c", "d", "e"}) clients.push_back(&queue.ask(user));
  CHECK(queue.users() == "a b ");
  CHECK(queue.host().open == 2);
  CHECK(queue.waiting() == 3);
  CHECK(queue.counted_as_waiting() == 3);
  queue.door.world.advance(1s);
  CHECK(queue.users() == "a b c d ");
  CHECK(queue.host().open == 2);
  CHECK(queue.door.world.in_flight() == 2);
  // Who comes now is behind those who wait.
  clients.push_back(&queue.ask("f"));
  queue.door.world.advance(1s);
  CHECK(queue.users() == "a b c d e f ");
  queue.door.world.advance(1s);
  for (Peer* client : clients) CHECK(contains(client->read_until("0\r\n\r\n"), "HTTP/1.1 200"));
  CHECK(queue.waiting() == 0);
  CHECK(queue.counted_as_waiting() == 0);
  CHECK(queue.door.world.in_flight() == 0);
  CHECK(queue.door.records().size() == 6);
}

TEST_CASE("turns go round by owner, and by arrival within each") {
  gateway::FairTurns turns;
  const auto of = [&](std::uint64_t owner) { return turns.next(owner, gateway::FairTurns::Line::waits); };
  const auto busy = of(1);
  for (int i = 0; i < 999; ++i) (void)of(1);
  const auto quiet = of(2), quiet_again = of(2), busy_again = of(1);
  CHECK(quiet == busy);
  CHECK(quiet_again == quiet + 1);
  CHECK(busy_again == busy + 1000);
  // Who comes later is not put before those who were served meanwhile, and gets no arrears.
  turns.served(busy + 500);
  CHECK(of(3) == busy + 500);
}

TEST_CASE("who leaves the line unserved gives its turn back to its owner") {
  struct Waits : boost::intrusive::list_base_hook<> {
    std::uint64_t owner = 0;
    gateway::FairTurns::Turn turn = 0;
  };
  gateway::PriorityTurns turns;
  boost::intrusive::list<Waits> line;
  std::vector<std::unique_ptr<Waits>> all;
  const auto come = [&](std::uint64_t owner) {
    all.push_back(std::make_unique<Waits>());
    all.back()->owner = owner;
    const auto normal = config::Priority::normal;
    all.back()->turn = turns.next(owner, normal, gateway::others_in(line, normal));
    gateway::insert_in_turn(line, *all.back());
    return all.back().get();
  };
  for (int i = 0; i < 10; ++i) come(1);
  const Waits* const other = come(2);
  // Nine of the busy one time out: its tenth is as far ahead as its first was.
  for (int i = 0; i < 9; ++i) {
    Waits& gone = *all[static_cast<std::size_t>(i)];
    line.erase(line.iterator_to(gone));
    gateway::give_back_turn(turns, line, gone);
  }
  CHECK(all[9]->turn == other->turn);
  CHECK(come(1)->turn == other->turn + 1);
  line.clear();
}

TEST_CASE("the more urgent go first, whenever they came") {
  Queue queue(limited(1));
  queue.ask("a");
  queue.ask("batch", "x-isocost-priority: batch\r\n");
  queue.ask("normal");
  queue.ask("interactive", "x-isocost-priority: interactive\r\n");
  queue.door.world.advance(3s);
  CHECK(queue.users() == "a interactive normal batch ");
}

TEST_CASE("who could not begin in time is told so at once, and when to come again") {
  config::Settings settings = limited(1);
  settings.limits.queue_timeout = 4s;
  Queue queue(settings);
  for (int i = 0; i < 4; ++i) {
    queue.ask("before");
    queue.door.world.advance(1s);
  }
  queue.ask("a");
  queue.ask("b");
  queue.ask("c");  // one is before it: within a second and two standard deviations of it
  const std::string reply = queue.ask_in_vain("d").got();
  CHECK(contains(reply, "HTTP/1.1 429 "));
  CHECK(contains(reply, "Retry-After: 1\r\n"));
  CHECK(queue.waiting() == 2);
  CHECK(queue.door.records().back()->shed == gateway::Shed::too_late);
  // Others' place in line is theirs, and the more urgent are not behind them.
  queue.ask("e", "x-isocost-priority: interactive\r\n");
  queue.door.world.advance(3s);
  CHECK(queue.users().substr(28) == "a e b c ");
}

TEST_CASE("where the line is full, its last gives way to whose turn is earlier") {
  config::Settings settings = limited(1);
  settings.limits.max_queued = 1;
  Queue queue(settings);
  queue.ask("a");
  Peer& last = queue.ask("b", "x-isocost-priority: batch\r\n");
  Peer& urgent = queue.door.connect();
  urgent.send(stream_for("c", "x-isocost-priority: interactive\r\n"));
  queue.door.world.loop.settle();
  queue.door.world.advance(gateway::WaitingLine::look_every);
  CHECK(contains(last.read_until("}}"), "HTTP/1.1 429 "));
  CHECK(queue.door.records().back()->shed == gateway::Shed::displaced);
  CHECK(queue.waiting() == 1);
  CHECK(queue.counted_as_waiting() == 1);
  queue.door.world.advance(1s);
  CHECK(queue.users() == "a c ");
}

TEST_CASE("a turn is given as soon as there is room, not when somebody looks next") {
  Queue queue(limited(1));
  queue.ask("a");
  queue.door.world.advance(10ms);
  queue.ask("b");
  queue.door.world.advance(990ms);
  CHECK(queue.users() == "a b ");
}

TEST_CASE("who has waited as long as is allowed is told so, and when to come again") {
  config::Settings settings = limited(1);
  settings.limits.queue_timeout = 3s;
  Queue queue(settings);
  queue.host().forget();
  queue.host().will(stream("Hello", 1h));
  queue.ask("a");
  Peer& client = queue.ask("b");
  queue.door.world.advance(2'999ms);
  CHECK(client.got().empty());
  queue.door.world.advance(1ms);
  const std::string reply = client.read_until("}}");
  CHECK(contains(reply, "HTTP/1.1 429 "));
  CHECK(contains(reply, "Retry-After: 3\r\n"));
  CHECK(contains(reply, "endpoints_full"));
  CHECK(contains(reply, "limits.queue_timeout"));
  CHECK(queue.waiting() == 0);
  CHECK(queue.counted_as_waiting() == 0);
  CHECK(queue.users() == "a ");
}

TEST_CASE("a request waits no longer than its own deadline") {
  config::Settings settings = limited(1);
  settings.limits.deadline = 2s;
  Queue queue(settings);
  queue.host().forget();
  queue.host().will(pieces({{{}, says("Hello")}, {20s, stop() + done}}));
  queue.ask("a");
  queue.door.world.advance(500ms);
  Peer& client = queue.ask("b");
  queue.door.world.advance(1'999ms);
  CHECK(client.got().empty());
  queue.door.world.advance(1ms);
  CHECK(contains(client.read_until("}}"), "HTTP/1.1 429 "));
}

TEST_CASE("where nobody may wait, or too many do, who comes is told at once") {
  config::Settings settings = limited(1);
  SUBCASE("nobody may wait") {
    settings.limits.queue_timeout = 0s;
    Queue queue(settings);
    queue.ask("a");
    CHECK(contains(queue.ask_in_vain("b").got(), "HTTP/1.1 429 "));
  }
  SUBCASE("the line is full") {
    settings.limits.max_queued = 2;
    Queue queue(settings);
    for (const std::string user : {"a", "b", "c"}) queue.ask(user);
    CHECK(contains(queue.ask_in_vain("d").got(), "HTTP/1.1 429 "));
    CHECK(queue.waiting() == 2);
    queue.door.world.advance(3s);
    CHECK(queue.users() == "a b c ");
  }
}

TEST_CASE("a client that leaves gives up its place") {
  Queue queue(limited(1));
  queue.ask("a");
  Peer& leaving = queue.ask("b");
  queue.ask("c");
  leaving.close();
  queue.door.world.loop.until([&] { return queue.waiting() == 1; });
  CHECK(queue.counted_as_waiting() == 1);
  queue.door.world.advance(1s);
  CHECK(queue.users() == "a c ");
  CHECK(queue.door.records().size() == 2);
}

TEST_CASE("the end of a failed attempt is a turn, too, and another host that has room is not waited for") {
  SUBCASE("failed") {
    Queue queue(limited(1));
    queue.host().forget();
    queue.host().will(fails(routing::FailureKind::bad_reply, 1s));
    queue.host().will(stream("Hello", 1s));
    Peer& first = queue.ask("a");
    queue.ask("b");
    queue.door.world.advance(1s);
    CHECK(queue.users() == "a b ");
    queue.door.world.advance(100ms);  // it looks for another host before it gives up
    CHECK(contains(first.read_until("}}"), "HTTP/1.1 502 "));
  }
  SUBCASE("another host") {
    config::Settings settings = three_prices();
    settings.providers[0].limits.max_in_flight = 1;
    Queue queue(settings);
    queue.door.world.script(ServedWorld::middle, stream("Hello"));
    queue.ask("a");
    Peer& client = queue.door.connect();
    client.send(stream_for("b"));
    CHECK(contains(client.read_until("0\r\n\r\n"), "x-isocost-endpoint: middle\r\n"));
  }
}

TEST_CASE("a turn that another loop's attempt leaves is found") {
  const auto generation = std::make_shared<const gateway::Generation>(
      tests::catalogue_of(limited(1)), routing::PolicySet({routing::Policy{.name = {"balanced"}}}, {}, 0));
  ServedWorld one(generation), other(generation);
  one.script(ServedWorld::cheap, stream("Hello", 1s));
  other.script(ServedWorld::cheap, stream("Hello", 1s));
  one.ask();
  other.ask();
  CHECK(one.host(ServedWorld::cheap).open == 1);
  CHECK(other.host(ServedWorld::cheap).open == 0);
  other.advance(1s);
  CHECK(other.host(ServedWorld::cheap).open == 0);
  one.advance(1s);
  REQUIRE(one.ended());
  other.advance(gateway::WaitingLine::look_every);
  CHECK(other.host(ServedWorld::cheap).open == 1);
  other.advance(1s);
  REQUIRE(other.ended());
  CHECK(other.client.status == 200);
  CHECK(generation->in_flight.at(0) == 0);
  CHECK(generation->waiting.of(0) == 0);
}

TEST_CASE("where other loops wait, too, a turn is not kept in one loop") {
  Queue queue(limited(1));
  queue.ask("a");
  queue.door.world.advance(10ms);
  queue.ask("b");
  queue.door.world.generation->waiting.add(0, config::Priority::normal, 1);  // somebody elsewhere
  queue.door.world.advance(990ms);
  CHECK(queue.users() == "a ");
  CHECK(queue.door.world.in_flight() == 0);
  queue.door.world.advance(gateway::WaitingLine::look_every);
  CHECK(queue.users() == "a b ");
}

TEST_CASE("who is more urgent in another loop goes first, and does not keep others waiting for ever") {
  Queue queue(limited(1));
  queue.ask("a");
  queue.door.world.advance(10ms);
  queue.ask("b");
  const auto elsewhere = [&](int change) {
    queue.door.world.generation->waiting.add(0, config::Priority::interactive, change);
  };
  elsewhere(1);
  queue.door.world.advance(990ms);
  CHECK(queue.users() == "a ");
  queue.door.world.advance(2 * gateway::WaitingLine::look_every);
  CHECK(queue.users() == "a ");
  queue.door.world.advance(gateway::WaitingLine::look_every);
  CHECK(queue.users() == "a b ");
  // Who is less urgent elsewhere is not waited for.
  elsewhere(-1);
  queue.ask("c", "x-isocost-priority: interactive\r\n");
  queue.door.world.generation->waiting.add(0, config::Priority::batch, 5);
  queue.door.world.advance(1s);
  CHECK(queue.users() == "a b c ");
}

TEST_CASE("who is urgent is not told to come again because of those in other loops that are not") {
  config::Settings settings = limited(1);
  settings.limits.queue_timeout = 4s;
  Queue queue(settings);
  for (int i = 0; i < 4; ++i) {
    queue.ask("before");
    queue.door.world.advance(1s);
  }
  queue.ask("a");
  queue.door.world.generation->waiting.add(0, config::Priority::normal, 50);
  queue.ask("urgent", "x-isocost-priority: interactive\r\n");
  CHECK(queue.waiting() == 1);
  CHECK(contains(queue.ask_in_vain("not").got(), "HTTP/1.1 429 "));
}

TEST_CASE("loops that count at the same time never exceed a provider's limit together") {
  const gateway::Generation generation(tests::catalogue_of(limited(3)));
  std::atomic<int> holding{0}, most{0}, taken{0};
  const auto work = [&] {
    gateway::WaitingLine line;
    for (int i = 0; i < 20'000; ++i) {
      const gateway::Slot slot(line, generation, 0);
      if (!slot.taken()) continue;
      const int now = ++holding;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      ++taken;
      --holding;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  CHECK(most <= 3);
  CHECK(taken > 0);
  CHECK(generation.in_flight.at(0) == 0);
}
