#include "gateway/state/kept_names.hpp"

#include <doctest/doctest.h>

#include "tests/support/scratch_directory.hpp"

using gateway::KeptNames;

TEST_CASE("names are there again after a restart, whole and as they were last") {
  const support::ScratchDirectory directory;
  const std::string file = directory.file("disabled");
  {
    KeptNames names;
    names.keep(file);
    CHECK(names.all().empty());
    CHECK(names.set({{"a model", "an/endpoint"}, {"m", "gone"}})());
    CHECK(names.set({{"a model", "an/endpoint"}})());
  }
  KeptNames again;
  again.keep(file);
  CHECK(again.all() == KeptNames::Names{{"a model", "an/endpoint"}});
}

TEST_CASE("without a file they hold as long as the process, and a file that cannot be written is said") {
  KeptNames names;
  CHECK(names.set({{"m", "e"}})());
  CHECK(names.all().size() == 1);
  KeptNames nowhere;
  nowhere.keep("/nowhere/at/all");
  CHECK_FALSE(nowhere.set({{"m", "e"}})());
  CHECK(nowhere.all().size() == 1);
}

TEST_CASE(
    "nothing is written by whom they belong to, and what is written late does not overwrite what is newer") {
  const support::ScratchDirectory directory;
  const std::string file = directory.file("disabled");
  const auto kept = [&] {
    KeptNames again;
    again.keep(file);
    return again.all();
  };
  KeptNames names;
  names.keep(file);
  const KeptNames::Writing older = names.set({{"m", "old"}});
  const KeptNames::Writing newer = names.set({{"m", "new"}});
  CHECK(names.all() == KeptNames::Names{{"m", "new"}});
  CHECK(kept().empty());
  CHECK(newer());
  CHECK(older());
  CHECK(kept() == KeptNames::Names{{"m", "new"}});
}
