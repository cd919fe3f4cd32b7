// What names of what a host runs do to what is thought of its answers.
#include "routing/quality/conduct_file.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace routing;

namespace {

constexpr config::TimePoint start = config::TimePoint{} + 1h;

struct Filed {
  // So many answers, of which every `failing`th does not pass; each says that a machine of so many ran it, or
  // with none a name of its own.
  void answers(int many, int failing, std::uint64_t machines) {
    for (int i = 0; i < many; ++i) {
      Conduct conduct{};
      checked(conduct, Check::json) = i % failing == 0 ? Checked::failed : Checked::passed;
      ++count;
      file.observe(conduct, machines > 0 ? count % machines + 1 : count, quality, now += 1s);
    }
  }
  Regard regard() const { return quality[static_cast<std::size_t>(Check::json)].regard; }

  ConductFile file;
  Quality quality{};
  std::uint64_t count = 0;
  config::TimePoint now = start;
};

}  // namespace

TEST_CASE("a host of many machines, or of a name for each answer, is judged like any other") {
  for (const std::uint64_t machines : {1, 8, 12, 0}) {
    CAPTURE(machines);
    Filed host;
    host.answers(2'000, 50, machines);
    CHECK(host.regard() == Regard::usual);
    host.answers(500, 5, machines);
    CHECK(host.regard() == Regard::demoted);
    host.now += 25h;
    host.answers(1, 5, machines);  // tried again after so long, and with its past
    host.answers(100, 5, machines);
    CHECK(host.regard() == Regard::demoted);
  }
}

TEST_CASE("a new name of what a host runs lifts no demotion by itself") {
  Filed host;
  host.answers(2'000, 50, 1);
  host.answers(500, 5, 1);
  REQUIRE(host.regard() == Regard::demoted);
  Conduct passed{};
  checked(passed, Check::json) = Checked::passed;
  CHECK(!host.file.observe(passed, 77, host.quality, host.now += 1s));
  CHECK(host.regard() == Regard::demoted);
}

TEST_CASE("names are news once a day, and none where there were very many in this day or the one before") {
  Fingerprints names;
  CHECK(!names.is_news(0, start));
  CHECK(!names.is_news(1, start));  // the first
  CHECK(names.is_news(2, start + 1h));
  CHECK(!names.is_news(2, start + 2h));
  CHECK(!names.is_news(3, start + 3h));
  CHECK(names.is_news(4, start + 26h));
  for (std::uint64_t name = 10; name < 30; ++name) CHECK(!names.is_news(name, start + 27h));
  CHECK(!names.is_news(40, start + 51h));
  CHECK(names.is_news(41, start + 80h));
  CHECK(names.seen == 26);
}
