// How much is going on, and who is turned away for it: pure parts, and what a session makes of them.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "gateway/overload/loop_lag.hpp"
#include "gateway/overload/memory_bound.hpp"
#include "gateway/overload/pressure.hpp"
#include "gateway/overload/priority.hpp"
#include "gateway/overload/service_pace.hpp"
#include "tests/support/close.hpp"
#include "tests/support/front_door.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Priority;
using gateway::Shed;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string hello(const std::string& fields = "") {
  return post(R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]})", fields);
}

config::Settings at_most(int requests) {
  config::Settings settings = three_prices();
  settings.limits.max_requests = requests;
  return settings;
}

struct Door : FrontDoor {
  explicit Door(config::Settings settings) : FrontDoor(std::move(settings)) {
    front.pressure = &pressure;
    world.script(ServedWorld::cheap, stream("Hello", 1s));
  }
  Peer& send(const std::string& fields = "") {
    Peer& client = connect();
    client.send(hello(fields));
    world.loop.settle();
    return client;
  }
  gateway::Pressure pressure;
};

}  // namespace

TEST_CASE("a request's priority is the one it says, and no higher than its key's") {
  config::KeySettings open, batch{.priority = Priority::batch}, normal{.priority = Priority::normal};
  CHECK(gateway::priority_of(nullptr, std::nullopt) == Priority::normal);
  CHECK(gateway::priority_of(nullptr, Priority::interactive) == Priority::interactive);
  CHECK(gateway::priority_of(&open, Priority::interactive) == Priority::interactive);
  CHECK(gateway::priority_of(&batch, std::nullopt) == Priority::batch);
  CHECK(gateway::priority_of(&normal, Priority::interactive) == Priority::normal);
  CHECK(gateway::priority_of(&normal, Priority::batch) == Priority::batch);
  CHECK(gateway::priority_named("batch") == Priority::batch);
  CHECK(!gateway::priority_named("Batch"));
}

TEST_CASE("of few places none is kept for the more urgent") {
  for (const int places : {1, 2, 3, 4}) {
    CHECK(gateway::Pressure::most_of(Priority::normal, places) == places);
    CHECK(gateway::Pressure::most_of(Priority::batch, places) == places);
  }
  CHECK(gateway::Pressure::most_of(Priority::batch, 5) == 4);
  CHECK(gateway::Pressure::most_of(Priority::normal, 19) == 19);
  CHECK(gateway::Pressure::most_of(Priority::normal, 20) == 19);
  CHECK(gateway::Pressure::most_of(Priority::interactive, 100) == 100);
}

TEST_CASE("the less urgent are turned away earlier") {
  gateway::Pressure pressure;
  const auto grow_to = [&](int count) {
    while (pressure.under_way() < count) pressure.count_in();
  };
  grow_to(79);
  CHECK(pressure.has_room(Priority::batch, 100));
  grow_to(80);
  CHECK_FALSE(pressure.has_room(Priority::batch, 100));
  CHECK(pressure.has_room(Priority::normal, 100));
  grow_to(95);
  CHECK_FALSE(pressure.begin(Priority::normal, 100));
  CHECK(pressure.under_way() == 95);
  CHECK(pressure.begin(Priority::interactive, 100));
  grow_to(100);
  CHECK_FALSE(pressure.begin(Priority::interactive, 100));
  CHECK(pressure.has_room(Priority::batch, 0));
  while (pressure.under_way() > 0) pressure.count_out();
  // Alone, one may begin whatever the number is.
  CHECK(pressure.has_room(Priority::batch, 1));
  // Memory that stays in use while nobody is served must not turn everybody away for good.
  pressure.set_memory_used(0.99);
  for (const Priority each : {Priority::interactive, Priority::normal, Priority::batch})
    CHECK(pressure.judge(each) == Shed::none);
  pressure.count_in();
  CHECK(pressure.judge(Priority::interactive) == Shed::memory);
  pressure.set_memory_used(0.85);
  CHECK(pressure.judge(Priority::batch) == Shed::memory);
  CHECK(pressure.judge(Priority::normal) == Shed::none);
  pressure.set_memory_used(0.93);
  CHECK(pressure.judge(Priority::normal) == Shed::memory);
  CHECK(pressure.judge(Priority::interactive) == Shed::none);
}

TEST_CASE("the line is as long as those in it can begin in time, and never empty") {
  gateway::ServicePace pace;
  for (int i = 0; i < 3; ++i) pace.ended(2s);
  CHECK(!pace.rate(10));
  pace.ended(2s);
  REQUIRE(pace.rate(10));
  const double rate = *pace.rate(10);
  CHECK(rate == support::close(5));
  CHECK(gateway::begins_in_time(0, 0.001, 1s));
  CHECK(gateway::begins_in_time(10, rate, 5s));
  CHECK(!gateway::begins_in_time(25, rate, 5s));
  CHECK(gateway::until_room(25, rate, 5s) == 2s);
  // Lately they take longer.
  for (int i = 0; i < 200; ++i) pace.ended(4s);
  CHECK(*pace.rate(10) == support::close(2.5, 0.1));
}

TEST_CASE("what the process uses of its memory is a share") {
  CHECK(gateway::memory_used(0) == 0);
  const double used = gateway::memory_used(std::size_t{1} << 40);
  CHECK(used > 0);
}

TEST_CASE("memory that is a file's, as a journal's is, is not what the process has used up") {
  constexpr std::size_t bound = std::size_t{1} << 30, size = std::size_t{128} << 20;
  const support::ScratchDirectory directory;
  const int file = ::open(directory.file("mapped").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  REQUIRE(::ftruncate(file, size) == 0);
  void* const map = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  REQUIRE(map != MAP_FAILED);
  const double before = gateway::memory_used(bound);
  // By the kernel: what a sanitizer notes of each byte that is written is memory, too.
  const bool is_there = ::madvise(map, size, MADV_POPULATE_WRITE) == 0;
  if (is_there) CHECK(gateway::memory_used(bound) < before + 0.06);
  ::munmap(map, size);
  std::vector<char> own(size, 1);
  CHECK(gateway::memory_used(bound) > before + 0.06);
  CHECK(own.back() == 1);
  ::close(file);
}

TEST_CASE("the limit of a control group is known in both versions, of the group and of those above it") {
  const support::ScratchDirectory directory;
  const std::string root = directory.file("");
  const auto write = [&](const std::string& file, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root + file).parent_path());
    std::ofstream(root + file) << text;
  };
  CHECK_FALSE(gateway::control_group_bound(root));
  write("/proc/self/cgroup", "0::/system.slice/isocost.service\n");
  write("/sys/fs/cgroup/system.slice/isocost.service/memory.max", "max\n");
  CHECK_FALSE(gateway::control_group_bound(root));
  write("/sys/fs/cgroup/system.slice/memory.max", "2000000000\n");
  CHECK(gateway::control_group_bound(root) == 2'000'000'000);
  // Version 1, whose word for no limit is a number.
  write("/proc/self/cgroup", "5:cpu,cpuacct:/other\n4:memory:/docker/abc\n0::/none\n");
  write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK_FALSE(gateway::control_group_bound(root));
  write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "500000000\n");
  CHECK(gateway::control_group_bound(root) == 500'000'000);
  // In a container, where the path is that of the host.
  write("/proc/self/cgroup", "4:hugetlb,memory:/docker/of-the-host\n");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "300000000\n");
  CHECK(gateway::control_group_bound(root) == 300'000'000);
}

TEST_CASE(
    "beyond as many requests as there may be the next ones wait for their turn, the more urgent first") {
  Door door(at_most(1));
  Peer& first = door.send();
  CHECK(door.pressure.under_way() == 1);
  Peer& batch = door.send("x-isocost-priority: batch\r\n");
  Peer& normal = door.send();
  Peer& urgent = door.send("x-isocost-priority: interactive\r\n");
  CHECK(door.front.entry.size() == 3);
  CHECK(door.pressure.waiting() == 3);
  CHECK(door.pressure.under_way() == 1);
  const auto users = [&] { return door.world.host(ServedWorld::cheap).requests.size(); };
  for (Peer* const each : {&first, &urgent, &normal, &batch}) {
    const std::size_t before = users();
    door.world.advance(1s);
    CHECK(contains(each->read_until("0\r\n\r\n"), "HTTP/1.1 200"));
    CHECK(users() <= before + 1);
  }
  CHECK(door.pressure.under_way() == 0);
  CHECK(door.pressure.waiting() == 0);
  const auto& records = door.records();
  REQUIRE(records.size() == 4);
  CHECK(records[0]->waited.count() == 0);
  CHECK(records[1]->waited == 1s);
  CHECK(records[1]->priority == Priority::interactive);
  CHECK(records[3]->waited == 3s);
}

TEST_CASE("who could not begin in time is told so before its body is read") {
  config::Settings settings = at_most(1);
  settings.limits.queue_timeout = 3500ms;
  Door door(std::move(settings));
  // How long requests take is known.
  for (int i = 0; i < 4; ++i) {
    Peer& each = door.send();
    door.world.advance(1s);
    each.read_until("0\r\n\r\n");
  }
  door.send();
  door.send();
  door.send();
  CHECK(door.front.entry.size() == 2);
  Peer& last = door.connect();
  last.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
  const std::string reply = last.read_until("\r\n\r\n{");
  CHECK(contains(reply, "HTTP/1.1 503 "));
  CHECK(contains(reply, "Retry-After: 2\r\n"));
  CHECK(contains(reply, "x-should-retry: true\r\n"));
  const auto& records = door.records();
  CHECK(records.back()->shed == Shed::requests);
  CHECK(records.back()->error == "gateway_overloaded");
}

TEST_CASE("who waited in vain is told so, and who leaves while it waits is recorded as one that left") {
  config::Settings settings = at_most(1);
  settings.limits.queue_timeout = 500ms;
  Door door(std::move(settings));
  Peer& first = door.send();
  Peer& leaves = door.send();
  Peer& waits = door.send();
  CHECK(door.front.entry.size() == 2);
  leaves.close();
  door.world.loop.settle();
  CHECK(door.front.entry.size() == 1);
  door.world.advance(600ms);
  CHECK(contains(waits.read_until("}}"), "HTTP/1.1 503 "));
  door.world.advance(1s);
  CHECK(contains(first.read_until("0\r\n\r\n"), "HTTP/1.1 200"));
  CHECK(door.pressure.under_way() == 0);
  CHECK(door.pressure.waiting() == 0);
  const auto& records = door.records();
  REQUIRE(records.size() == 3);
  CHECK(records[0]->ending == gateway::Ending::client_left);
  CHECK(records[1]->shed == Shed::outwaited);
  CHECK(door.world.host(ServedWorld::cheap).requests.size() == 1);
}

TEST_CASE("of a full line the last gives way to one that is more urgent") {
  config::Settings settings = at_most(1);
  settings.limits.max_queued = 1;
  Door door(std::move(settings));
  door.send();
  Peer& batch = door.send("x-isocost-priority: batch\r\n");
  Peer& normal = door.send();
  CHECK(contains(door.send().read_until("}}"), "HTTP/1.1 503 "));
  door.world.advance(25ms);
  CHECK(contains(batch.read_until("}}"), "HTTP/1.1 503 "));
  door.world.advance(2s);
  CHECK(contains(normal.read_until("0\r\n\r\n"), "HTTP/1.1 200"));
}

TEST_CASE("with little memory left only urgent requests begin, and those under way go on") {
  Door door(at_most(0));
  Peer& first = door.send();
  door.pressure.set_memory_used(0.92);
  CHECK(contains(door.send().read_until("}}"), "HTTP/1.1 503 "));
  Peer& urgent = door.send("x-isocost-priority: interactive\r\n");
  door.world.advance(2s);
  CHECK(contains(first.read_until("0\r\n\r\n"), "HTTP/1.1 200"));
  CHECK(contains(urgent.read_until("0\r\n\r\n"), "HTTP/1.1 200"));
}

TEST_CASE("what is no priority is said to be none") {
  Door door(at_most(0));
  const std::string reply = door.send("x-isocost-priority: urgent\r\n").read_until("}}");
  CHECK(contains(reply, "HTTP/1.1 400 "));
  CHECK(contains(reply, "interactive, normal or batch"));
  CHECK(contains(reply, "x-isocost-priority"));
}

TEST_CASE("a loop that keeps up is not behind") {
  Loop loop;
  gateway::LoopLag lag(loop.io, loop.timer);
  for (int i = 0; i < 10; ++i) {
    lag.watch();
    loop.advance(100ms);
  }
  CHECK(lag.lag() < 1ms);
  CHECK(!lag.is_too_long(Priority::batch));
}
