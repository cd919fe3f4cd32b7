#include "gateway/state/state_directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/observe/change_log.hpp"
#include "gateway/record_file/sqlite.hpp"
#include "gateway/state/gateway_name.hpp"
#include "gateway/state/seal_key.hpp"
#include "gateway/state/write_whole.hpp"
#include "tests/support/scratch_directory.hpp"

namespace {

constexpr uid_t somebody = 65534;

using gateway::StateDirectory;

}  // namespace

TEST_CASE("what root makes in a state directory belongs to whom the directory belongs to") {
  if (::geteuid() != 0) return;
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("state");
  std::string why;
  REQUIRE(!gateway::make_state_directory(path));
  REQUIRE(::chown(path.c_str(), somebody, somebody) == 0);
  {
    StateDirectory::Fault fault{};
    const auto taken = StateDirectory::take(path, fault, why);
    REQUIRE(taken);
    taken->announce("http://127.0.0.1:1");
    CHECK(StateDirectory::announced_in(path) == "http://127.0.0.1:1");
    gateway::Database database(path + "/keys.sqlite", gateway::Database::Mode::write);
    database.run("PRAGMA journal_mode=WAL; CREATE TABLE t(a int)");
    CHECK(!gateway::kept_seal_key(path, why).empty());
    CHECK(!gateway::write_whole(path + "/market", "x"));
    CHECK(gateway::gateway_name("", path) == gateway::gateway_name("", path));
    gateway::ChangeLog changes;
    changes.keep(gateway::change_log_in(path), [&](const std::string& said) { why += said; });
    int files = 0;
    for (const auto& each : std::filesystem::directory_iterator(path)) {
      struct stat made {};
      REQUIRE(::lstat(each.path().c_str(), &made) == 0);
      CAPTURE(each.path().string());
      CHECK(made.st_uid == somebody);
      CHECK(made.st_gid == somebody);
      CHECK((made.st_mode & 077) == 0);
      ++files;
    }
    CHECK(files == 9);
  }
  CHECK(why == "");
}

TEST_CASE("where a link stands in the place of a lock, what it leads to is left alone") {
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("state"), elsewhere = scratch.file("elsewhere");
  std::string why;
  StateDirectory::Fault fault{};
  REQUIRE(!gateway::make_state_directory(path));
  std::ofstream(elsewhere) << "another's";
  std::filesystem::create_symlink(elsewhere, path + "/owner.lock");
  CHECK_FALSE(StateDirectory::take(path, fault, why));
  CHECK(std::filesystem::file_size(elsewhere) == 9);
}

TEST_CASE("a directory is counted on where it is named or is there") {
  const support::ScratchDirectory scratch;
  const char* const named = std::getenv("STATE_DIRECTORY");
  const std::string before = named ? named : "";
  ::unsetenv("STATE_DIRECTORY");
  CHECK(gateway::is_state_expected(scratch.file("none")));
  ::setenv("STATE_DIRECTORY", "/proc/none/state", 1);
  CHECK(gateway::is_state_expected(""));
  if (named) {
    ::setenv("STATE_DIRECTORY", before.c_str(), 1);
  } else {
    ::unsetenv("STATE_DIRECTORY");
  }
}
