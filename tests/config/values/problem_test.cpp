#include "config/values/problem.hpp"

#include <doctest/doctest.h>

using namespace config;

TEST_CASE("a problem reads like a compiler's message, with the line, the mark and the advice below") {
  const Problem problem{.severity = Severity::error,
                        .place = {.file = "isocost.yaml", .line = 12, .column = 5},
                        .path = "providers.x.base_url",
                        .message = "is missing",
                        .suggestion = "add it",
                        .excerpt = "bas_url: x\n^^^^^^^"};
  CHECK(to_text(problem) ==
        "isocost.yaml:12:5: error: providers.x.base_url: is missing\n  bas_url: x\n  ^^^^^^^\n  add it");
  CHECK(to_text({.severity = Severity::warning,
                 .place = {.file = "f"},
                 .path = {},
                 .message = "m",
                 .suggestion = {},
                 .excerpt = {}}) == "f: warning: m");
}

TEST_CASE("the nearest name is the one that a slip of the finger came from") {
  const std::vector<std::string> names = {"deepseek", "together", "fireworks", "m"};
  CHECK(nearest("deepsek", names) == "deepseek");
  CHECK(nearest("deepsekk", names) == "deepseek");
  CHECK(nearest("DeepSeek", names) == "deepseek");
  CHECK(nearest("togehter", names) == "together");
  CHECK(nearest("n", names) == "m");
  CHECK(nearest("azure", names) == "");
  CHECK(nearest("", names) == "");
  CHECK(nearest("deepseek", {}) == "");
  CHECK(nearest(std::string(1000, 'd'), names) == "");
}
