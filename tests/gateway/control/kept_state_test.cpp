#include "gateway/control/kept_state.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/scratch_directory.hpp"
#include "tests/support/world.hpp"

namespace {

// A gateway with a directory of state and a configuration of its own, without a ledger.
struct Keeping {
  explicit Keeping(const std::string& directory)
      : start{.settings = settings_in(directory), .version = "1", .ready = {}, .file = "isocost.yaml"} {}

  static config::Settings settings_in(const std::string& directory) {
    config::Settings settings;
    settings.state = directory;
    settings.ledger.enabled = false;
    return settings;
  }
  bool open() { return kept.open(predecessor, books); }

  support::ServedWorld world;
  gateway::Start start;
  gateway::ControlLoop control{world.generation, "1"};
  gateway::Books books{config::WallTime{}, config::TimePoint{}};
  gateway::TakeOver predecessor{control.io(), [this] { return world.generation; }};
  std::string said;
  gateway::KeptState kept{start, control, [this](const std::string& text) { said += text + "\n"; }};
};

}  // namespace

TEST_CASE("what another gateway keeps is not taken from it unasked, and that is said") {
  support::ScratchDirectory scratch;
  Keeping first(scratch.file("state")), second(scratch.file("state"));
  CHECK(first.open());
  CHECK(first.said.empty());
  CHECK_FALSE(second.open());
  CHECK_FALSE(second.kept.has_directory());
  CHECK(second.said.find("is in use by another isocost") != std::string::npos);
}

TEST_CASE("what is given to another process is had again once that has ended, and not before") {
  support::ScratchDirectory scratch;
  Keeping first(scratch.file("state"));
  REQUIRE(first.open());
  first.kept.keep_market();
  CHECK(first.kept.can_be_handed_over());
  CHECK(first.kept.hand_over() == std::nullopt);
  CHECK(first.control.is_state_given_up());
  CHECK_FALSE(first.kept.can_be_handed_over());
  {
    Keeping successor(scratch.file("state"));
    CHECK(successor.open());
    CHECK_FALSE(first.kept.take_back());
    CHECK(first.control.is_state_given_up());
  }
  CHECK(first.kept.take_back());
  CHECK_FALSE(first.control.is_state_given_up());
  CHECK(first.kept.can_be_handed_over());
  CHECK(first.kept.finish());
}

TEST_CASE("who shares limits with others, or is only tried out, hands nothing over") {
  support::ScratchDirectory scratch;
  Keeping shared(scratch.file("shared")), tried_out(scratch.file("tried_out"));
  shared.start.settings.redis.url = "redis://127.0.0.1:1";
  tried_out.start.file.clear();
  REQUIRE((shared.open() && tried_out.open()));
  CHECK_FALSE(shared.kept.can_be_handed_over());
  CHECK_FALSE(tried_out.kept.can_be_handed_over());
}

TEST_CASE("where a directory is named and cannot be used there is no start, and what to do is said") {
  Keeping keeping("/proc/none/state");
  CHECK_FALSE(keeping.open());
  CHECK(keeping.said.find("nobody is served") != std::string::npos);
  CHECK(keeping.said.find("`state` in the configuration") != std::string::npos);
}

TEST_CASE("where the ledger cannot be opened there is no start unless none is wanted") {
  support::ScratchDirectory scratch;
  Keeping keeping(scratch.file("state"));
  std::filesystem::create_directories(scratch.file("state/ledger.sqlite"));
  keeping.start.settings.ledger.enabled = true;
  CHECK_FALSE(keeping.open());
  CHECK(keeping.said.find("`ledger: {enabled: false}`") != std::string::npos);
  keeping.start.settings.ledger.enabled = false;
  Keeping without(scratch.file("other"));
  std::filesystem::create_directories(scratch.file("other/ledger.sqlite"));
  CHECK(without.open());
}
