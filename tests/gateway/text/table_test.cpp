#include "gateway/text/table.hpp"

#include <doctest/doctest.h>

using gateway::Align;
using gateway::Colour;
using gateway::Paint;
using gateway::Screen;

namespace {

const std::vector<gateway::Column> columns{
    {"NAME", Align::left, 0}, {"PLACE", Align::left, 2}, {"MS", Align::right, 0}, {"EXTRA", Align::right, 1}};
const std::vector<gateway::Row> rows{{{"short"}, {"here"}, {"7"}, {"x"}},
                                     {{"much longer"}, {"there"}, {"12,000"}, {"y"}}};

std::vector<std::string> at(int width) {
  return gateway::table(columns, rows, {.columns = width, .rows = 24, .paint = Paint::none});
}

}  // namespace

TEST_CASE("text stands left, numbers stand right") {
  CHECK(at(80) == std::vector<std::string>{"NAME         PLACE      MS  EXTRA",  //
                                           "short        here        7      x",
                                           "much longer  there  12,000      y"});
}

TEST_CASE("on a narrow screen columns go in their order, then names are shortened, and numbers stay whole") {
  CHECK(at(30) == std::vector<std::string>{"NAME             MS  EXTRA",  //
                                           "short             7      x", "much longer  12,000      y"});
  CHECK(at(20) == std::vector<std::string>{"NAME             MS",  //
                                           "short             7", "much longer  12,000"});
  CHECK(at(16) == std::vector<std::string>{"NAME          MS",  //
                                           "short          7", "much lo…  12,000"});
}

TEST_CASE("names that begin alike are told apart on a narrow screen") {
  const std::vector<gateway::Column> heads{{"MODEL", Align::left, 0, gateway::Shorten::middle},
                                           {"MS", Align::right, 0}};
  const std::vector<gateway::Row> models{{{"deepseek/deepseek-r1-distill-llama-70b"}, {"1"}},
                                         {{"deepseek/deepseek-r1-distill-qwen-32b"}, {"2"}}};
  CHECK(gateway::table(heads, models, {.columns = 24, .rows = 24, .paint = Paint::none}) ==
        std::vector<std::string>{"MODEL                 MS",  //
                                 "deepse…ill-llama-70b   1", "deepse…till-qwen-32b   2"});
}

TEST_CASE("models are called without their authors where there is no room and that tells them apart") {
  using gateway::short_models;
  using Names = std::vector<std::string>;
  CHECK(short_models({"deepseek/deepseek-r1", "qwen/qwen3-8b"}, 28) ==
        Names{"deepseek/deepseek-r1", "qwen/qwen3-8b"});
  CHECK(short_models({"deepseek/deepseek-r1", "qwen/qwen3-8b", "qwen/qwen3-8b"}, 16) ==
        Names{"deepseek-r1", "qwen3-8b", "qwen3-8b"});
  CHECK(short_models({"one-maker/llama-3", "another/llama-3"}, 12) == Names{"one…/llama-3", "ano…/llama-3"});
  CHECK(short_models({}, 12).empty());
}

TEST_CASE("a sentence in the last column goes on in the next line") {
  const std::vector<gateway::Column> heads{{"LEFT OUT", Align::left, 0},
                                           {"BECAUSE IT", Align::left, 0, gateway::Shorten::never}};
  const std::vector<gateway::Row> reasons{{{"b"}, {"not allowed by `jurisdiction in [US]`"}},
                                          {{"c"}, {"open"}}};
  CHECK(gateway::table(heads, reasons, {.columns = 30, .rows = 24, .paint = Paint::none}) ==
        std::vector<std::string>{"LEFT OUT  BECAUSE IT",  //
                                 "b         not allowed by", "          `jurisdiction in", "          [US]`",
                                 "c         open"});
  for (int width = 1; width < 40; ++width) {
    for (const auto& line : gateway::table(heads, reasons, {.columns = width, .rows = 24}))
      CHECK(gateway::width(line) <= width);
  }
}

TEST_CASE("no line is wider than the screen, however narrow") {
  for (int width = 1; width < 40; ++width) {
    for (const std::string& line : at(width)) CHECK(gateway::width(line) <= width);
  }
}

TEST_CASE("colours take no room and are left out where there are none") {
  CHECK(gateway::painted("ok", Colour::green, Paint::none) == "ok");
  CHECK(gateway::painted("ok", Colour::green, Paint::colours) == "\x1b[32mok\x1b[0m");
  CHECK(gateway::width("\x1b[32mok\x1b[0m") == 2);
  CHECK(gateway::width("caf\xc3\xa9") == 4);
}

TEST_CASE("a text from elsewhere cannot steer the terminal") {
  CHECK(gateway::fitted("\x1b[2Ja\tb\nc\x7f\xc2\x9b", 10) == "[2Jabc");
  CHECK(gateway::fitted("a\xff\xc3", 10) == "a??");
  // Nor turn the direction of what follows: U+202E, U+061C, U+2067, U+200F, U+2028.
  CHECK(gateway::fitted("a\xe2\x80\xae\xd8\x9c\xe2\x81\xa7\xe2\x80\x8f\xe2\x80\xa8\xe2\x82\xac", 10) == "a€");
  CHECK(gateway::fitted("abcdef", 4) == "abc…");
  CHECK(gateway::fitted("abcd", 4) == "abcd");
  CHECK(gateway::fitted("abcd", 0).empty());
}
