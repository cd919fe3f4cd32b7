#include "gateway/commands/shadows_command.hpp"

#include <doctest/doctest.h>

#include "gateway/text/table.hpp"

using gateway::shadow_lines;

namespace {

std::string page(const std::string& verdict, const std::string& cost) {
  return R"({"text":"","shadow":["thrifty"],"shadows":[{"policy":"hasty","shadow":"thrifty","model":"m",)"
         R"("verdict":")" +
         verdict + R"(","judged":400,"forbidden":2,"unserved":0,"unmeasured":0,"moved":0.25,"cost":)" + cost +
         R"(,"billed":{"mean":1,"low":null,"high":null},"seconds":{"mean":0.5,"low":0.25,"high":0.75}}],)"
         R"("shadows_left_out":7})";
}

}  // namespace

TEST_CASE("what a shadow would save is told in a thousand requests, with its interval and in words") {
  const auto lines = shadow_lines(page("better", R"({"mean":-0.002,"low":-0.003,"high":-0.001})"), 200);
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].find("hasty") != std::string::npos);
  CHECK(lines[1].find("-2 (-3 to -1)") != std::string::npos);
  CHECK(lines[1].find("+0.5 (+0.25 to +0.75)") != std::string::npos);
  CHECK(lines[1].find("25.0 %") != std::string::npos);
  CHECK(lines[1].find("saves: ready to be applied") != std::string::npos);
  CHECK(lines.back() == "7 requests could not be judged.");
}

TEST_CASE("of a shadow that would often go to unknown hosts it is said of how many nothing is known") {
  std::string text = page("unmeasured", R"({"mean":-0.002,"low":-0.003,"high":-0.001})");
  const std::string none = R"("unmeasured":0)";
  text.replace(text.find(none), none.size(), R"("unmeasured":353)");
  const auto lines = shadow_lines(text, 220);
  CHECK(lines[0].find("UNJUDGED") != std::string::npos);
  CHECK(lines[1].find("not known: 353 of 753 would go to hosts of which no reply is known yet") !=
        std::string::npos);
  CHECK(lines[1].find("saves") == std::string::npos);
  CHECK(lines[2].find("They are of the requests that could be judged") != std::string::npos);
}

TEST_CASE("one that might go to forbidden hosts is never told as a saving") {
  const auto lines = shadow_lines(page("forbidden", R"({"mean":-0.002,"low":-0.003,"high":-0.001})"), 200);
  CHECK(lines[1].find("never: 2 to hosts that are forbidden now") != std::string::npos);
}

TEST_CASE("on a narrow screen all is said in lines that fit") {
  const auto lines = shadow_lines(page("forbidden", R"({"mean":-0.002,"low":-0.003,"high":-0.001})"), 80);
  std::string all;
  for (const std::string& line : lines) {
    CHECK(gateway::width(line) <= 80);
    all += line + " ";
  }
  CHECK(all.find("forbidden") != std::string::npos);
  CHECK(all.find("however often one looks.") != std::string::npos);
}

TEST_CASE("without shadows it is said how one is had") {
  CHECK(shadow_lines(R"({"shadow":[],"shadows":[]})", 80)[0].find("shadow: [") != std::string::npos);
  CHECK(shadow_lines(R"({"shadow":["a"],"shadows":[],"shadows_left_out":0})", 80)[0].find("No request") == 0);
}
