#include "config/files/load_trace.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;

std::string all(const config::Problems& problems) {
  std::string text;
  for (const config::Problem& problem : problems) text += config::to_text(problem) + "\n";
  return text;
}

TEST_CASE("a trace in Azure's form is read with its times and lengths") {
  const auto loaded = config::load_trace(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:15:46.6805900,374,44\r\n"
      "2023-11-16 18:15:50.9951690,396,109\r\n",
      "azure.csv");
  REQUIRE(loaded.trace);
  CHECK(loaded.problems.empty());
  REQUIRE(loaded.trace->requests.size() == 2);
  CHECK(loaded.trace->requests[0].at == 0ns);
  CHECK(config::Seconds(loaded.trace->requests[1].at).count() == support::close(4.314579));
  CHECK(loaded.trace->requests[1].prompt.count == 396);
  CHECK(loaded.trace->requests[1].output.count == 109);
  CHECK(std::chrono::floor<std::chrono::seconds>(loaded.trace->start) ==
        std::chrono::sys_days{std::chrono::year{2023} / 11 / 16} + 18h + 15min + 46s);
}

TEST_CASE("a trace of one's own may have limits and sessions, in any order of columns") {
  const auto loaded = config::load_trace(
      "session,output_tokens,prompt_tokens,seconds,max_tokens,note\n"
      "3,10,20,0.5,100,x\n"
      ",11,21,1.5,,y\n",
      "own.csv");
  REQUIRE(loaded.trace);
  CHECK(loaded.trace->requests[0].session == 3);
  CHECK(loaded.trace->requests[0].max_output->count == 100);
  CHECK(loaded.trace->requests[1].session == 0);
  CHECK(!loaded.trace->requests[1].max_output);
  CHECK(loaded.trace->requests[1].at == 1s);
}

TEST_CASE("a missing column is named") {
  const auto loaded = config::load_trace("TIMESTAMP,ContextTokens\n2023-11-16 18:15:46,374\n", "t.csv");
  CHECK(!loaded.trace);
  CHECK(all(loaded.problems).find("t.csv:1: error: there is no column `GeneratedTokens`") !=
        std::string::npos);
}

TEST_CASE("rows that make no sense are left out with their line, and the rest is used") {
  std::string csv = "seconds,prompt_tokens,output_tokens\n";
  for (int i = 0; i < 50; ++i) csv += std::to_string(i) + ",100,10\n";
  struct Case {
    const char* row;
    const char* says;
  };
  for (const Case& bad : {Case{"50,-3,10", "prompt tokens"}, Case{"51,100,abc", "output tokens"},
                          Case{"52,100", "output tokens"}, Case{"53,100,1e12", "output tokens"},
                          Case{"nan,100,10", "`seconds`"}, Case{"-1,100,10", "`seconds`"},
                          Case{"1e300,100,10", "`seconds`"}, Case{"54,0,10", "prompt tokens"},
                          Case{"55,10.5,10", "prompt tokens"}, Case{"56,100,0", "output tokens"}}) {
    CAPTURE(bad.row);
    const auto loaded = config::load_trace(csv + bad.row + "\n", "t.csv");
    REQUIRE(loaded.trace);
    CHECK(loaded.left_out == 1);
    CHECK(loaded.trace->requests.size() == 50);
    CHECK(all(loaded.problems).find("t.csv:52: warning: row left out") != std::string::npos);
    CHECK(all(loaded.problems).find(bad.says) != std::string::npos);
  }
}

TEST_CASE("a trace that is mostly nonsense, or empty, is refused") {
  CHECK(!config::load_trace("seconds,prompt_tokens,output_tokens\n1,x,1\n2,1,1\n", "t.csv").trace);
  CHECK(!config::load_trace("seconds,prompt_tokens,output_tokens\n", "t.csv").trace);
  CHECK(!config::load_trace("", "t.csv").trace);
  const auto binary = config::load_trace(std::string("\x7f\x45LF\0\1\2\n\3,\4,\n", 12), "t.csv");
  CHECK(!binary.trace);
  CHECK(!binary.problems.empty());
  CHECK(!config::load_trace_file("no/such/trace.csv", config::system_sources()).trace);
}

TEST_CASE("rows out of order are sorted, and said so") {
  const auto loaded =
      config::load_trace("seconds,prompt_tokens,output_tokens\n5,1,1\n3,2,2\n9,3,3\n", "t.csv");
  REQUIRE(loaded.trace);
  CHECK(loaded.trace->requests[0].prompt.count == 2);
  CHECK(loaded.trace->requests[2].at == 6s);
  CHECK(all(loaded.problems).find("t.csv:3: warning: 1 rows come before the one above") != std::string::npos);
}

TEST_CASE("only the first bad rows are named one by one") {
  std::string csv = "seconds,prompt_tokens,output_tokens\n";
  for (int i = 0; i < 1000; ++i) csv += std::to_string(i) + (i % 20 == 0 ? ",x,1\n" : ",1,1\n");
  const auto loaded = config::load_trace(csv, "t.csv");
  REQUIRE(loaded.trace);
  CHECK(loaded.left_out == 50);
  CHECK(loaded.problems.size() == 11);
  CHECK(all(loaded.problems).find("40 further rows were left out") != std::string::npos);
}

TEST_CASE("a trace is stretched to a rate") {
  const auto loaded =
      config::load_trace("seconds,prompt_tokens,output_tokens\n0,1,1\n1,1,1\n2,1,1\n", "t.csv");
  const config::Trace slow = config::at_rate(*loaded.trace, 0.5);
  CHECK(slow.requests.back().at == 4s);
  CHECK(config::at_rate(*loaded.trace, 0).requests.back().at == 2s);
}

}  // namespace
