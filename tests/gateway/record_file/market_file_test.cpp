#include "gateway/record_file/market_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/scratch_directory.hpp"

using namespace std::chrono_literals;
using gateway::MarketFile;

namespace {

struct Told {
  std::vector<std::string> lines;
  MarketFile::Say say() {
    return [this](const std::string& line) { lines.push_back(line); };
  }
};

routing::MarketMemory memory_at(config::TimePoint taken) {
  return {.taken = taken, .endpoints = {}, .lengths = {}};
}

}  // namespace

TEST_CASE("what is kept is there for the next one, the last of all, and for nobody else's eyes") {
  const support::ScratchDirectory scratch;
  Told told;
  const std::string directory = scratch.file("state/isocost");
  {
    MarketFile file(directory, told.say());
    CHECK_FALSE(file.read());
    file.open();
    for (int i = 1; i <= 50; ++i)
      file.keep(memory_at(config::TimePoint(std::chrono::seconds(i))), gateway::WallTime(1s));
    CHECK(file.finish(1h));
  }
  const auto kept = MarketFile(directory, told.say()).read();
  REQUIRE(kept);
  CHECK(kept->memory.taken == config::TimePoint(50s));
  CHECK(told.lines.empty());
  struct stat status {};
  REQUIRE(::stat((directory + "/market").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK_FALSE(std::filesystem::exists(directory + "/market.new"));
}

TEST_CASE("a file that is of no use is named once and replaced by the next one") {
  const support::ScratchDirectory scratch;
  std::ofstream(scratch.file("market")) << "something else";
  Told told;
  MarketFile file(std::filesystem::path(scratch.file("market")).parent_path(), told.say());
  CHECK_FALSE(file.read());
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0].find(scratch.file("market")) != std::string::npos);
  CHECK(told.lines[0].find("is not a market that isocost kept") != std::string::npos);
  file.open();
  file.keep(memory_at(config::TimePoint(3s)), {});
  CHECK(file.finish(1h));
  CHECK(file.read());
}

TEST_CASE("where nothing can be written that is said once, and all goes on") {
  const support::ScratchDirectory scratch;
  std::ofstream(scratch.file("file")) << "not a directory";
  Told told;
  MarketFile file(scratch.file("file") + "/state", told.say());
  CHECK_FALSE(file.read());
  told.lines.clear();
  file.open();
  file.keep(memory_at({}), {});
  CHECK(file.finish(1h));
  CHECK(told.lines.size() == 1);
}

TEST_CASE("two processes never write the same file") {
  const support::ScratchDirectory scratch;
  const std::string directory = scratch.file("state");
  Told told;
  MarketFile first(directory, told.say());
  first.open();
  first.keep(memory_at(config::TimePoint(1s)), {});
  while (!std::filesystem::exists(directory + "/market")) std::this_thread::yield();
  MarketFile second(directory, told.say());
  second.open();
  second.keep(memory_at(config::TimePoint(2s)), {});
  CHECK(second.finish(1h));
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0].find("in use by another isocost") != std::string::npos);
  CHECK(first.finish(1h));
  CHECK(first.read()->memory.taken == config::TimePoint(1s));
}
