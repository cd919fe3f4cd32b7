#include "gateway/state/read_whole.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

#include "gateway/state/write_whole.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::read_whole;

TEST_CASE("a file is read as it was written, however long and whatever bytes it has") {
  const support::ScratchDirectory directory;
  std::string text(300'000, 'x');
  text[7] = '\0';
  for (const std::string& each : {text, std::string()}) {
    REQUIRE_FALSE(gateway::write_whole(directory.file("text"), each));
    CHECK(read_whole(directory.file("text")) == each);
  }
}

TEST_CASE("what cannot be read is told apart from what is empty, and why") {
  const support::ScratchDirectory directory;
  CHECK_FALSE(read_whole(directory.file("nothing")));
  CHECK(errno == ENOENT);
  CHECK_FALSE(read_whole(directory.file(".")));
  CHECK(errno == EISDIR);
}
