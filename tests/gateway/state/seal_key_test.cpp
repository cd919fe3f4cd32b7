#include "gateway/state/seal_key.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/scratch_directory.hpp"

TEST_CASE("a key is made once, for its owner alone, and found again") {
  const support::ScratchDirectory scratch;
  const std::string directory = scratch.file("state/isocost");
  std::string why;
  const config::Secret first = gateway::kept_seal_key(directory, why);
  CHECK(why == "");
  CHECK(first.reveal().size() == 64);
  CHECK(gateway::kept_seal_key(directory, why) == first);
  struct stat seen {};
  REQUIRE(::stat((directory + "/seal.key").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
  CHECK(gateway::kept_seal_key("", why).empty());
  CHECK(why != "");
  why.clear();
  std::ofstream(directory + "/seal.key") << "short";
  CHECK(gateway::kept_seal_key(directory, why).empty());
  CHECK(why.find("holds no key") != std::string::npos);
}
