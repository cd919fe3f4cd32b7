#include "routing/host_model/host_model.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

using namespace std::chrono_literals;

namespace {

using routing::Change;
using routing::Phase;
using routing::Refused;

// A world in which nothing happens unless the test says so.
class GivenWorld final : public routing::HostWorld {
 public:
  routing::Conditions at(config::TimePoint) override { return conditions; }
  routing::Conditions conditions;
};

// A host without luck: 1 s to the first token, then 10 tokens a second.
config::SimulatedHost plain_host() {
  config::SimulatedHost host;
  host.name = {"plain"};
  host.context = {10'000};
  host.ttft = {.base = 1s, .per_1000_prompt = config::Seconds{0}, .load = 0, .log_sd = 0};
  host.speed = {.tokens_per_second = 10, .load = 0, .log_sd = 0};
  host.batch = {.slots = 4, .queue = 4, .full_status = 503};
  return host;
}

struct Host {
  explicit Host(const config::SimulatedHost& settings, std::uint64_t seed = 1)
      : model(settings, {.median_tokens = 100, .log_sd = 0}, seed, world, start) {}

  std::variant<routing::Ticket, Refused> ask(const routing::HostRequest& request,
                                             config::Duration when = 0s) {
    return model.admit(request, start + when);
  }
  routing::Ticket enter(const routing::HostRequest& request, config::Duration when = 0s) {
    const auto answer = ask(request, when);
    REQUIRE(std::holds_alternative<routing::Ticket>(answer));
    return std::get<routing::Ticket>(answer);
  }
  Refused refused(const routing::HostRequest& request, config::Duration when = 0s) {
    const auto answer = ask(request, when);
    REQUIRE(std::holds_alternative<Refused>(answer));
    return std::get<Refused>(answer);
  }
  // The next change, however far away.
  Change next() {
    const auto time = model.next_change_at();
    REQUIRE(time.has_value());
    const auto change = model.next_change(*time);
    REQUIRE(change.has_value());
    return *change;
  }
  double seconds(config::TimePoint time) const { return config::Seconds{time - start}.count(); }

  static constexpr config::TimePoint start{100h};
  GivenWorld world;
  routing::HostModel model;
};

double first_token_of(const config::SimulatedHost& settings, const routing::HostRequest& request) {
  Host host{settings};
  host.enter(request);
  return host.seconds(host.next().time);
}

routing::HostRequest request_of(std::int64_t prompt, std::int64_t answer = 100) {
  return {.key = 7, .prompt = {prompt}, .max_output = {}, .answer = config::Tokens{answer}};
}

}  // namespace

TEST_CASE("a lonely request waits for its first token and then gets the host's speed") {
  Host host{plain_host()};
  const auto ticket = host.enter(request_of(100, 21));
  CHECK(host.model.progress(ticket, Host::start + 999ms).phase == Phase::prefill);
  const auto first = host.model.progress(ticket, Host::start + 1s);
  CHECK(first.phase == Phase::streaming);
  CHECK(first.output.count == 1);
  CHECK(host.seconds(*first.next) == support::close(1.1));
  CHECK(host.seconds(*first.end) == support::close(3.0));
  CHECK(host.model.progress(ticket, Host::start + 1999ms).output.count == 10);
  CHECK(host.model.progress(ticket, Host::start + 2s).output.count == 11);
  const auto last = host.model.progress(ticket, Host::start + 10s);
  CHECK(last.phase == Phase::complete);
  CHECK(last.output.count == 21);
  CHECK(host.model.running() == 0);
}

TEST_CASE("waiting until the time a token is promised for always yields the token") {
  auto settings = plain_host();
  settings.speed = {.tokens_per_second = 37.7, .load = 0.6, .log_sd = 0.3};
  settings.ttft.log_sd = 0.5;
  Host host{settings};
  host.enter(request_of(500, 3000));  // shares the host, so that the pace is odd
  const auto ticket = host.enter(request_of(123, 500));
  auto progress = host.model.progress(ticket, Host::start);
  for (std::int64_t token = 1; token <= 500; ++token) {
    REQUIRE(progress.next.has_value());
    progress = host.model.progress(ticket, *progress.next);
    REQUIRE(progress.output.count == token);
  }
  CHECK(progress.phase == Phase::complete);
}

TEST_CASE("the first token takes longer for a longer prompt") {
  auto settings = plain_host();
  settings.ttft.per_1000_prompt = 500ms;
  CHECK(first_token_of(settings, request_of(0)) == support::close(1.0));
  CHECK(first_token_of(settings, request_of(1'000)) == support::close(1.5));
  CHECK(first_token_of(settings, request_of(8'000)) == support::close(5.0));
}

TEST_CASE("load makes the first token later and every stream slower") {
  auto settings = plain_host();
  settings.ttft.load = 1;
  settings.speed.load = 0.5;
  Host host{settings};
  const auto early = host.enter(request_of(10, 101));
  const auto before = host.model.progress(early, Host::start + 1s);
  CHECK(host.seconds(*before.end) == support::close(11.0));
  // Three more fill the slots. The last of them sees the fullest host.
  host.enter(request_of(10, 101), 6s);
  host.enter(request_of(10, 101), 6s);
  const auto late = host.enter(request_of(10, 101), 6s);
  const auto waiting = host.model.progress(late, Host::start + 6s);
  CHECK(host.seconds(*waiting.next) == support::close(6 + std::exp(1.0)));
  // Half of the first answer was out; the other half comes at half the pace.
  const auto slowed = host.model.progress(early, Host::start + 6s);
  CHECK(slowed.output.count == 51);
  CHECK(host.seconds(*slowed.end) == support::close(16.0));
}

TEST_CASE(
    "requests beyond the slots wait their turn, and beyond the queue are refused with a time to come back") {
  auto settings = plain_host();
  settings.batch = {.slots = 1, .queue = 1, .full_status = 429};
  Host host{settings};
  const auto first = host.enter(request_of(10, 11));
  const auto second = host.enter(request_of(10, 11));
  const Refused third = host.refused(request_of(10, 11));
  CHECK(third.because == Refused::Because::queue_full);
  CHECK(third.status == 429);
  CHECK(third.retry_after.value() == 1s);

  CHECK(host.model.progress(second, Host::start + 1s).phase == Phase::waiting);
  CHECK_FALSE(host.model.progress(second, Host::start + 1s).next.has_value());
  // The first ends at 2 s: then the second begins, even if nobody looked in between.
  const auto progress = host.model.progress(second, Host::start + 3s);
  CHECK(progress.phase == Phase::streaming);
  CHECK(progress.output.count == 1);
  host.model.release(first, Host::start + 3s);
}

TEST_CASE("a client that leaves gives its slot to the next at once") {
  auto settings = plain_host();
  settings.batch = {.slots = 1, .queue = 2, .full_status = 503};
  Host host{settings};
  const auto running = host.enter(request_of(10, 1000));
  const auto bored = host.enter(request_of(10, 1000));
  const auto patient = host.enter(request_of(10, 11));
  host.model.release(bored, Host::start + 1s);
  CHECK(host.model.waiting() == 1);
  host.model.release(running, Host::start + 5s);
  CHECK(host.model.running() == 1);
  CHECK(host.model.waiting() == 0);
  CHECK(host.seconds(host.model.progress(patient, Host::start + 5s).next.value()) == support::close(6.0));
  host.model.release(patient, Host::start + 6s);
  CHECK(host.model.running() == 0);
  CHECK_FALSE(host.model.next_change_at().has_value());
}

TEST_CASE("a place given back is used again without the old request's changes") {
  Host host{plain_host()};
  const auto old = host.enter(request_of(10, 1000));
  host.model.release(old, Host::start + 500ms);
  const auto ticket = host.enter(request_of(10, 11), 500ms);
  CHECK(ticket.place == old.place);
  CHECK(ticket != old);
  CHECK(host.seconds(host.next().time) == support::close(1.5));
  const Change end = host.next();
  CHECK(end.ticket == ticket);
  CHECK(end.what == Change::What::complete);
  CHECK(host.seconds(end.time) == support::close(2.5));
}

TEST_CASE("a request that does not fit is refused by name") {
  auto settings = plain_host();
  settings.max_output = config::Tokens{1'000};
  struct Row {
    std::int64_t prompt;
    std::optional<config::Tokens> max_output;
    std::optional<Refused::Because> refused;
  };
  const std::vector<Row> rows{{9'999, {}, {}},
                              {10'000, {}, Refused::Because::context},
                              {9'500, config::Tokens{500}, {}},
                              {9'500, config::Tokens{501}, Refused::Because::context},
                              {100, config::Tokens{1'000}, {}},
                              {100, config::Tokens{1'001}, Refused::Because::max_output}};
  for (const Row& row : rows) {
    CAPTURE(row.prompt);
    Host host{settings};
    const auto answer = host.ask({.key = 1, .prompt = {row.prompt}, .max_output = row.max_output});
    CHECK(std::holds_alternative<Refused>(answer) == row.refused.has_value());
    if (!row.refused) continue;
    CHECK(std::get<Refused>(answer).because == *row.refused);
    CHECK(std::get<Refused>(answer).status == 400);
  }
}

TEST_CASE("an answer ends where the limits do, and says so") {
  auto settings = plain_host();
  settings.reasoning_share = 0.5;
  settings.verbosity = 2;
  Host host{settings};
  const auto whole = host.enter({.key = 1, .prompt = {10}, .max_output = {}, .answer = config::Tokens{100}});
  CHECK(host.model.answer(whole).output.count == 200);
  CHECK(host.model.answer(whole).reasoning.count == 100);
  CHECK(host.model.answer(whole).finish == routing::Answer::Finish::stop);
  const auto cut =
      host.enter({.key = 1, .prompt = {10}, .max_output = config::Tokens{80}, .answer = config::Tokens{100}});
  CHECK(host.model.answer(cut).output.count == 80);
  CHECK(host.model.answer(cut).reasoning.count == 80);
  CHECK(host.model.answer(cut).finish == routing::Answer::Finish::length);
}

TEST_CASE("limits per minute refuse with the time until there is room again") {
  auto settings = plain_host();
  settings.batch.slots = 100;
  SUBCASE("of requests") {
    settings.rate_limits.requests_per_minute = 6;
    Host host{settings};
    for (int i = 0; i < 6; ++i) host.enter(request_of(10));
    const Refused refused = host.refused(request_of(10));
    CHECK(refused.because == Refused::Because::requests_per_minute);
    CHECK(refused.status == 429);
    CHECK(refused.retry_after.value() == 10s);
    CHECK(host.model.requests_left(Host::start)->limit == 6);
    CHECK(host.model.requests_left(Host::start)->remaining == 0);
    CHECK(host.model.requests_left(Host::start)->until_full == 60s);
    host.enter(request_of(10), 10s);
  }
  SUBCASE("of tokens, answers included") {
    settings.rate_limits.tokens_per_minute = 6'000;
    Host host{settings};
    host.enter(request_of(5'000, 500));
    CHECK(host.refused(request_of(1'100)).retry_after.value() == 1s);
    // At 60 s the bucket would be full, but for the 500 tokens of the answer that ended at 50.9 s.
    CHECK(host.model.tokens_left(Host::start + 51s)->remaining == support::close(5'500 + 10, 0.01));
  }
}

TEST_CASE("a prompt seen lately is read faster and reported as cached") {
  auto settings = plain_host();
  settings.ttft = {.base = 1s, .per_1000_prompt = 1s, .load = 0, .log_sd = 0};
  settings.prompt_cache = {.block_tokens = 100, .time_to_live = 60s, .reliability = 1, .capacity = 40};
  Host host{settings};
  std::vector<std::uint64_t> blocks(30);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = 1'000 + i;
  const routing::HostRequest request{
      .key = 1, .prompt = {3'050}, .max_output = {}, .answer = config::Tokens{10}, .prefix_blocks = blocks};

  CHECK(host.model.answer(host.enter(request)).cached.count == 0);
  const auto again = host.enter(request, 30s);
  CHECK(host.model.answer(again).cached.count == 3'000);
  CHECK(host.seconds(*host.model.progress(again, Host::start + 30s).next) == support::close(31.05));

  SUBCASE("not after its time to live") {
    CHECK(host.model.answer(host.enter(request, 91s)).cached.count == 0);
  }
  SUBCASE("only up to where the prompts part") {
    blocks[10] = 5;
    CHECK(host.model.answer(host.enter(request, 31s)).cached.count == 1'000);
  }
  SUBCASE("not when others pushed it out") {
    std::vector<std::uint64_t> others(40);
    for (std::size_t i = 0; i < others.size(); ++i) others[i] = 9'000 + i;
    host.enter({.key = 2, .prompt = {4'000}, .max_output = {}, .answer = {}, .prefix_blocks = others}, 31s);
    CHECK(host.model.answer(host.enter(request, 32s)).cached.count == 0);
  }
}

TEST_CASE("a stream that breaks ends early, and a slot that was stalled for good is freed by leaving") {
  auto settings = plain_host();
  SUBCASE("broken") {
    settings.mishaps.cut = 1;
    Host host{settings};
    const auto ticket = host.enter(request_of(10, 100));
    CHECK(host.next().what == Change::What::first_token);
    const Change end = host.next();
    CHECK(end.what == Change::What::broken);
    const auto progress = host.model.progress(ticket, end.time);
    CHECK(progress.phase == Phase::broken);
    CHECK(progress.output.count >= 1);
    CHECK(progress.output.count < 100);
    CHECK(host.model.running() == 0);
  }
  SUBCASE("stalled for a while") {
    settings.mishaps.stall = 1;
    settings.mishaps.stall_length = 30s;
    Host host{settings};
    const auto ticket = host.enter(request_of(10, 101));
    CHECK(host.seconds(host.model.progress(ticket, Host::start + 1s).end.value()) == support::close(41.0));
    const auto inside = host.model.progress(ticket, Host::start + 20s);
    const auto later = host.model.progress(ticket, Host::start + 30s);
    CHECK(inside.output == later.output);
    CHECK(host.model.progress(ticket, Host::start + 41s).phase == Phase::complete);
  }
  SUBCASE("stalled for good") {
    settings.mishaps.stall = 1;
    Host host{settings};
    const auto ticket = host.enter(request_of(10, 100));
    const auto progress = host.model.progress(ticket, Host::start + 1h);
    CHECK(progress.phase == Phase::streaming);
    CHECK_FALSE(progress.next.has_value());
    CHECK_FALSE(progress.end.has_value());
    CHECK(host.model.running() == 1);
    host.model.release(ticket, Host::start + 1h);
    CHECK(host.model.running() == 0);
  }
}

TEST_CASE("errors come as often as the settings say, each with its status") {
  auto settings = plain_host();
  settings.batch = {.slots = 1, .queue = 100'000, .full_status = 503};
  settings.mishaps.errors = {{.status = 500, .probability = 0.1}, {.status = 429, .probability = 0.2}};
  Host host{settings};
  int errors = 0;
  int limited = 0;
  for (std::uint64_t key = 0; key < 10'000; ++key) {
    const auto answer = host.ask({.key = key, .prompt = {10}});
    if (const auto* refused = std::get_if<Refused>(&answer)) {
      REQUIRE(refused->because == Refused::Because::error);
      (refused->status == 500 ? errors : limited) += 1;
    }
  }
  CHECK(errors == support::close(1'000, 0.1));
  CHECK(limited == support::close(2'000, 0.1));
}

TEST_CASE("an outage refuses new requests and lets those under way end") {
  Host host{plain_host()};
  const auto ticket = host.enter(request_of(10, 11));
  host.world.conditions.outage = 503;
  const Refused refused = host.refused(request_of(10), 1s);
  CHECK(refused.because == Refused::Because::outage);
  CHECK(refused.status == 503);
  CHECK(host.model.progress(ticket, Host::start + 2s).phase == Phase::complete);
}

TEST_CASE("the world's conditions act on the requests that begin in them") {
  Host host{plain_host()};
  host.world.conditions = {.ttft = 3, .speed = 0.5, .outage = {}};
  const auto ticket = host.enter(request_of(10, 11));
  const auto progress = host.model.progress(ticket, Host::start + 3s);
  CHECK(progress.output.count == 1);
  CHECK(host.seconds(progress.end.value()) == support::close(5.0));
}

namespace {

// Everything that happens to a thousand requests, as text.
std::string story(std::uint64_t seed, config::Duration look_every) {
  auto settings = plain_host();
  settings.ttft.log_sd = 0.4;
  settings.ttft.load = 0.5;
  settings.speed = {.tokens_per_second = 80, .load = 0.4, .log_sd = 0.3};
  settings.batch = {.slots = 8, .queue = 8, .full_status = 503};
  settings.mishaps = {.errors = {{500, 0.02}}, .cut = 0.05, .stall = 0.05, .stall_length = 3s};
  settings.mishaps.straggler = 0.05;
  GivenWorld world;
  routing::HostModel model{settings, {.median_tokens = 100, .log_sd = 0.6}, seed, world, Host::start};
  std::string told;
  config::TimePoint looked = Host::start;
  for (std::uint64_t key = 0; key < 1'000; ++key) {
    const config::TimePoint now = Host::start + 400ms * key;
    for (; looked < now; looked += look_every) {
      while (const auto change = model.next_change(looked)) {
        told += std::to_string(change->ticket.place) + ' ' +
                std::to_string(change->time.time_since_epoch().count()) + ' ' +
                std::to_string(static_cast<int>(change->what)) + '\n';
        if (change->what != Change::What::first_token) model.release(change->ticket, change->time);
      }
    }
    const auto answer = model.admit({.key = key, .prompt = {100}}, now);
    if (const auto* refused = std::get_if<Refused>(&answer)) told += std::to_string(refused->status) + '\n';
  }
  return told;
}

TEST_CASE("from a moment on a share of the answers breaks what was asked for") {
  config::SimulatedHost settings = plain_host();
  settings.batch.slots = 2'000;
  settings.mishaps.lapses = {{.at = 10s, .share = 0.25}, {.at = 20s, .share = 0}};
  Host host(settings);
  const auto lapsing = [&](config::Duration when) {
    int count = 0;
    for (std::uint64_t key = 0; key < 400; ++key) {
      const routing::Ticket ticket = host.enter({.key = key, .prompt = {1}}, when);
      count += host.model.answer(ticket).lapses ? 1 : 0;
    }
    return count;
  };
  CHECK(lapsing(0s) == 0);
  CHECK(lapsing(11s) > 70);
  CHECK(lapsing(12s) < 130);
  CHECK(lapsing(21s) == 0);
}

}  // namespace

TEST_CASE("the same seed tells the same story, another seed another") {
  CHECK(story(1, 50ms) == story(1, 50ms));
  CHECK(story(1, 50ms) != story(2, 50ms));
  CHECK(story(1, 50ms).size() > 10'000);
}

TEST_CASE("the same request is as long at every host, and has luck of its own at each") {
  auto here = plain_host();
  here.ttft.log_sd = 0.5;
  auto there = here;
  there.name = {"other"};
  routing::HostRequest request{.key = 99, .prompt = {10}};
  GivenWorld world;
  const config::AnswerLengths lengths{.median_tokens = 300, .log_sd = 1};
  routing::HostModel one{here, lengths, 5, world, Host::start};
  routing::HostModel two{there, lengths, 5, world, Host::start};
  const auto first = std::get<routing::Ticket>(one.admit(request, Host::start));
  const auto second = std::get<routing::Ticket>(two.admit(request, Host::start));
  CHECK(one.answer(first).output == two.answer(second).output);
  CHECK(one.next_change_at().value() != two.next_change_at().value());
}

TEST_CASE("another variant counts its prompts otherwise, from a moment on and without a word") {
  config::SimulatedHost settings = plain_host();
  settings.mishaps.variants = {{.at = 10s, .prompt_scale = 1.2}, {.at = 20s, .prompt_scale = 0.5}};
  Host host(settings);
  std::uint64_t key = 0;
  const auto counted = [&](config::Duration when) {
    const routing::Ticket ticket = host.enter({.key = ++key, .prompt = {50}}, when);
    return host.model.answer(ticket).prompt.count;
  };
  CHECK(counted(9s) == 50);
  CHECK(counted(11s) == 60);
  CHECK(counted(21s) == 25);
}
