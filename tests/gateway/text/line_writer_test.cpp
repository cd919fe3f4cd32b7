#include "gateway/text/line_writer.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "gateway/text/json_string.hpp"

using gateway::LineWriter;

namespace {

std::string fixed(std::int64_t value, int decimals) {
  std::string text;
  LineWriter(text).fixed(value, decimals);
  return text;
}

}  // namespace

TEST_CASE("a fixed number has all its decimals, a digit before the point, and its sign") {
  CHECK(fixed(1'234'500, 6) == "1.234500");
  CHECK(fixed(0, 3) == "0.000");
  CHECK(fixed(7, 3) == "0.007");
  CHECK(fixed(-7, 3) == "-0.007");
  CHECK(fixed(-1'000, 3) == "-1.000");
  CHECK(fixed(42, 0) == "42");
  CHECK(fixed(550'000'000, 15) == "0.000000550000000");
  CHECK(fixed(std::numeric_limits<std::int64_t>::max(), 18) == "9.223372036854775807");
  CHECK(fixed(std::numeric_limits<std::int64_t>::min(), 9) == "-9223372036.854775808");
}

TEST_CASE("parts follow each other in the order of writing, however long they are") {
  std::string out = "before ";
  std::string expected = out;
  {
    LineWriter line(out);
    for (const std::size_t size : {0u, 1u, 900u, 200u, 1024u, 1025u, 5000u, 3u}) {
      line.text(std::string(size, 'x'));
      line.integer(-1);
      line.fixed(1, 1);
      line.json_string(std::string(size, 'y'));
      expected += std::string(size, 'x') + "-10.1\"" + std::string(size, 'y') + "\"";
    }
  }
  CHECK(out == expected);
}

TEST_CASE("numbers at the end of the writer's room go on in the text") {
  for (std::size_t before = 980; before < 1030; ++before) {
    std::string out;
    {
      LineWriter line(out);
      line.text(std::string(before, 'x'));
      line.integer(std::numeric_limits<std::int64_t>::min());
      line.fixed(std::numeric_limits<std::int64_t>::min(), 9);
    }
    CHECK(out == std::string(before, 'x') + "-9223372036854775808-9223372036.854775808");
  }
}

TEST_CASE("a text in quotes is escaped from the first character that needs it") {
  std::string out;
  {
    LineWriter line(out);
    line.json_string("plain");
    line.json_string("say \"hi\"\n");
    line.json_string("");
  }
  CHECK(out == R"("plain""say \"hi\"\n""")");
}

TEST_CASE("a character is written the same way wherever in a text it stands") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t size = 1; size < 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        std::string found, expected;
        LineWriter(found).json_string(text);
        gateway::append_json_string(text, expected);
        if (found != expected) FAIL_CHECK("byte " << byte << " at " << at << " of " << size);
      }
    }
  }
}
