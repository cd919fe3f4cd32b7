#include "gateway/generation/file_watch.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/scratch_directory.hpp"

using gateway::FileWatch;

TEST_CASE("what is no file is not opened to be watched: who reads a pipe waits for its other end") {
  const support::ScratchDirectory scratch;
  const std::string pipe = scratch.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  FileWatch watch(pipe);
  CHECK_FALSE(watch.settled());
  CHECK_FALSE(watch.settled());
  FileWatch endless("/dev/zero");
  CHECK_FALSE(endless.settled());
}

TEST_CASE("a file that others may no longer read is another one, though its text is the same") {
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("key");
  std::ofstream(path) << "sk-1";
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  FileWatch watch(path);
  CHECK(watch.look_again() == FileWatch::Seen::unchanged);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(watch.look_again() == FileWatch::Seen::moving);
  CHECK(watch.look_again() == FileWatch::Seen::settled);
  watch.take();
  CHECK(watch.look_again() == FileWatch::Seen::unchanged);
}
