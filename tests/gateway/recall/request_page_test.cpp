#include "gateway/recall/request_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/explain/decision_page.hpp"
#include "gateway/recall/recall.hpp"
#include "gateway/recall/record_desk.hpp"
#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using support::RecordedWorld;
using support::ScratchDirectory;
namespace json = boost::json;

namespace {

std::vector<support::Host> fleet() {
  return {{.name = "cheap", .ttft = 2.5, .rate = 25, .failing = 0.1},
          {.name = "usual", .input_price = 0.8, .output_price = 3},
          {.name = "shaky", .input_price = 0.3, .output_price = 1, .failing = 0.9},
          {.name = "small", .input_price = 0.2, .output_price = 0.8, .context = 4'000}};
}

std::unique_ptr<RecordReader> opened(const std::string& path) {
  auto result = RecordReader::open(path);
  if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
  return std::move(std::get<std::unique_ptr<RecordReader>>(result));
}

// So many requests in a file of that directory.
std::unique_ptr<RecordReader> recorded(const ScratchDirectory& directory, int requests) {
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(fleet(), writer);
    world.ask(requests);
  }
  return opened(path);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a recorded request is explained with its attempts, its decisions and what was expected") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 60);
  std::size_t failed_over = 0, left_out = 0;
  for (int i = 1; i <= 60; ++i) {
    const std::string id = "req_" + std::to_string(i);
    const RecordDesk::Answer answer = explained_request(*reader, id, std::nullopt);
    REQUIRE(answer.status == 200);
    const json::object page = json::parse(answer.body).as_object();
    CHECK(std::string(page.at("id").as_string()) == id);
    const json::array& attempts = page.at("attempts").as_array();
    const json::array& decisions = page.at("decisions").as_array();
    REQUIRE(!decisions.empty());
    if (attempts.size() > 1) ++failed_over;
    for (const json::value& each : attempts) {
      const json::object& attempt = each.as_object();
      REQUIRE(attempt.at("expected").is_object());
      CHECK(attempt.at("expected").as_object().at("ttft_ms").to_number<double>() > 0);
      CHECK(attempt.at("propensity").to_number<double>() > 0);
      const std::size_t place = attempt.at("expected").as_object().at("decision").to_number<std::size_t>();
      CHECK(decisions.at(place).as_object().at("chosen") == attempt.at("endpoint"));
    }
    for (const json::value& each : decisions) {
      const json::object& decision = each.as_object();
      CHECK(decision.at("candidates").as_array().size() + decision.at("removed").as_array().size() == 4);
      for (const json::value& removed : decision.at("removed").as_array()) {
        ++left_out;
        CHECK(!removed.as_object().at("text").as_string().empty());
      }
    }
  }
  CHECK(failed_over > 0);
  CHECK(left_out > 0);
}

TEST_CASE(
    "the table of a recorded request fits the screen and says what turned out beside what was expected") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 13);
  for (const int columns : {80, 120, 200}) {
    const RecordDesk::Answer answer =
        explained_request(*reader, "req_13", Screen{.columns = columns, .rows = 0});
    REQUIRE(answer.status == 200);
    CHECK(answer.body.starts_with("req_13  2025-"));
    CHECK(has(answer.body, "ATTEMPT"));
    CHECK(has(answer.body, "decision 1 of "));
    CHECK(has(answer.body, "in parentheses what was expected"));
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) CHECK(width(line) <= columns);
  }
}

TEST_CASE("a request that is not in the records is said to be so") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 1);
  const RecordDesk::Answer answer = explained_request(*reader, "req_2", std::nullopt);
  CHECK(answer.status == 404);
  CHECK(has(answer.body, "no request of that id"));
}

TEST_CASE(
    "what hindsight says is not cut on a narrow screen, and a first choice that failed is said to have") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 60);
  bool has_failed = false;
  for (int i = 1; i <= 60; ++i) {
    auto found = recall(*reader, "req_" + std::to_string(i));
    Recalled& recalled = std::get<Recalled>(found);
    if (recalled.request.attempts.empty()) continue;
    recalled.request.hindsight = {
        .best = 1, .others = 2, .chosen_cost = 0.001, .best_cost = 0.002, .sd = 0.0001};
    std::string text;
    for (const std::string& line : request_table(recalled, {.columns = 80})) text += line + "\n";
    const std::size_t begin = text.find("in hindsight");
    REQUIRE(begin != std::string::npos);
    const std::string said = text.substr(begin, text.find("decision 1") - begin);
    CHECK(!has(said, "…"));
    CHECK(has(said, "give or take $0.00010"));
    const bool failed = recalled.request.attempts[0].failure.has_value();
    CHECK(has(said, "although it failed") == failed);
    has_failed = has_failed || failed;
    if (!failed) continue;
    const auto says = [&](routing::FailureKind kind) {
      recalled.request.attempts[0].failure->kind = kind;
      std::string lines;
      for (const std::string& line : request_table(recalled, {.columns = 200})) lines += line + "\n";
      return lines;
    };
    CHECK(has(says(routing::FailureKind::outrun), "although another one was quicker"));
    CHECK(!has(says(routing::FailureKind::client_left), "although"));
  }
  CHECK(has_failed);
}

TEST_CASE("each attempt says in words why it was made and what became of it, as the table does") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 60);
  std::size_t failures = 0;
  for (int i = 1; i <= 60; ++i) {
    const auto found = recall(*reader, "req_" + std::to_string(i));
    const Recalled& recalled = std::get<Recalled>(found);
    const json::object page = json::parse(request_page(recalled)).as_object();
    std::string text;
    for (const std::string& line : request_table(recalled, {.columns = 200})) text += line + "\n";
    for (const json::value& each : page.at("attempts").as_array()) {
      const std::string said(each.at("outcome_text").as_string());
      CHECK(has(text, said));
      CHECK((said == "answered") == (each.at("outcome") == "success"));
      CHECK(!each.at("reason_text").as_string().empty());
      CHECK(said.find('_') == std::string::npos);
      failures += each.at("outcome") == "success" ? 0 : 1;
    }
    for (const json::value& each : page.at("decisions").as_array()) {
      if (!each.at("chosen").is_null()) CHECK(has(text, std::string(each.at("why").as_string())));
    }
  }
  CHECK(failures > 0);
}

TEST_CASE("an attempt at a host after its failures is said to be a trial, however cheap it was reckoned") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    RecordedWorld world(
        {{.name = "broken", .input_price = 0.1, .output_price = 0.4, .failing = 1}, {.name = "usual"}},
        writer);
    for (int minute = 0; minute < 40; ++minute) {
      world.ask(4, support::wall_at(minute));
      world.world.now += std::chrono::minutes(1);
    }
  }
  const auto reader = opened(path);
  std::size_t trials = 0;
  for (int i = 1; i <= 160; ++i) {
    const auto found = recall(*reader, "req_" + std::to_string(i));
    const Recalled& recalled = std::get<Recalled>(found);
    const json::object page = json::parse(request_page(recalled)).as_object();
    bool is_trial = false;
    for (const json::value& each : page.at("decisions").as_array()) {
      if (!each.as_object().contains("trial")) continue;
      is_trial = true;
      CHECK(each.at("chosen") == "broken");
      CHECK(has(std::string(each.at("trial").as_string()), "failed too often"));
    }
    std::string text;
    for (const std::string& line : request_table(recalled, {.columns = 200})) text += line + "\n";
    CHECK(has(text, "on trial") == is_trial);
    if (is_trial) ++trials;
  }
  CHECK(trials > 0);
}

TEST_CASE("what a client was told after a decision, and an answer that was cut off, are explained") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 60);
  std::size_t failures = 0;
  for (int i = 1; i <= 60; ++i) {
    auto found = recall(*reader, "req_" + std::to_string(i));
    Recalled& recalled = std::get<Recalled>(found);
    CHECK(json::parse(request_page(recalled)).at("told").is_null());
    if (recalled.request.attempts.empty() || !recalled.request.attempts[0].failure) continue;
    ++failures;
    recalled.request.told = "the provider's answer went on\x1b[2J far beyond";
    recalled.request.ran_on = 1;
    const json::value page = json::parse(request_page(recalled));
    CHECK(page.at("told").as_string().starts_with("the provider's answer"));
    CHECK(page.at("attempts").at(0).at("outcome") == "ran_on");
    std::string text;
    for (const std::string& line : request_table(recalled, {.columns = 80})) {
      CHECK(width(line) <= 80);
      text += line + "\n";
    }
    CHECK(has(text, "The client was told: the provider's answer went on[2J far beyond"));
    CHECK(has(text, "cut off: it went on"));
  }
  CHECK(failures > 0);
}

TEST_CASE("that nobody else was asked for want of the budget of retries is said") {
  const ScratchDirectory directory;
  const auto reader = recorded(directory, 3);
  auto found = recall(*reader, "req_3");
  Recalled& recalled = std::get<Recalled>(found);
  const auto text_of = [&] {
    std::string text;
    for (const std::string& line : request_table(recalled, {.columns = 80})) text += line + "\n";
    return text;
  };
  CHECK(!has(text_of(), "budget of `retries`"));
  CHECK(json::parse(request_page(recalled)).at("retry_refused") == false);
  recalled.request.retry_refused = true;
  const auto again = logged_request(to_bytes(recalled.request));
  REQUIRE(again);
  CHECK(again->retry_refused);
  CHECK(has(text_of(), "nobody else was asked: the budget of `retries` was used up"));
  CHECK(json::parse(request_page(recalled)).at("retry_refused") == true);
}

TEST_CASE("a request that was refused for a limit is explained by what its client was told") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    writer.add(RefusedRequest{.id = "req_1",
                              .path = "/v1/chat/completions",
                              .asked = "m",
                              .key = "ci",
                              .team = "search",
                              .error = "budget_exceeded",
                              .told =
                                  "The team `search` may spend $1.00 a day; $0.00 is left, and this request "
                                  "may cost $0.01. It refills at 2026-01-02T00:00:00Z.\x1b[2J",
                              .limit = "team dollars_day",
                              .wall = support::wall_at(0),
                              .status = 402});
    writer.commit(support::wall_at(0));
  }
  const auto reader = opened(path);
  const RecordDesk::Answer answer = explained_request(*reader, "req_1", std::nullopt);
  REQUIRE(answer.status == 200);
  const json::object page = json::parse(answer.body).as_object();
  CHECK(page.at("status") == 402);
  CHECK(page.at("told").as_string().starts_with("The team `search` may spend"));
  CHECK(page.at("limit") == "team dollars_day");
  CHECK(page.at("decisions").as_array().empty());
  const RecordDesk::Answer table = explained_request(*reader, "req_1", Screen{.columns = 60, .rows = 0});
  CHECK(has(table.body, "m, key ci, team search\n"));
  CHECK(has(table.body, "$0.00 is left"));
  CHECK(!has(table.body, "\x1b"));
  std::istringstream lines(table.body);
  for (std::string line; std::getline(lines, line);) CHECK(width(line) <= 60);
}
