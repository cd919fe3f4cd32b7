#include "gateway/observe/change_log.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/scratch_directory.hpp"

using namespace std::chrono_literals;
using gateway::ChangeLog;

namespace {

gateway::Change change(std::string who, std::string whom) {
  return {.at = config::WallTime(1767225600123ms),
          .who = std::move(who),
          .from = "127.0.0.1",
          .what = "POST /admin/endpoints/{name}/drain",
          .whom = std::move(whom),
          .status = 200};
}

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("what was changed is a line of the file, and stays over a restart") {
  const support::ScratchDirectory directory;
  const std::string path = gateway::change_log_in(directory.file(""));
  for (const char* who : {"first", "second"}) {
    ChangeLog log;
    log.keep(path, [](const std::string& text) { FAIL(text); });
    log.write(change(who, "a\n\"<b>"));
  }
  CHECK(text_of(path) ==
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"who\":\"first\",\"from\":\"127.0.0.1\",\"what\":\"POST "
        "/admin/endpoints/{name}/drain\",\"whom\":\"a\\n\\\"<b>\",\"status\":200}\n"
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"who\":\"second\",\"from\":\"127.0.0.1\",\"what\":\"POST "
        "/admin/endpoints/{name}/drain\",\"whom\":\"a\\n\\\"<b>\",\"status\":200}\n");
}

TEST_CASE("the page has the last two hundred changes, the newest first") {
  ChangeLog log;
  for (int i = 0; i < 250; ++i) log.write(change("k" + std::to_string(i), "a"));
  const auto page = boost::json::parse(log.page());
  const auto& changes = page.at("changes").as_array();
  REQUIRE(changes.size() == 200);
  CHECK(changes[0].at("who").as_string() == "k249");
}

TEST_CASE("a file that cannot be made is complained of, and changes are shown nevertheless") {
  ChangeLog log;
  std::string said;
  log.keep("/nonexistent/changes.log", [&](const std::string& text) { said = text; });
  CHECK(said.find("changes are not kept") != std::string::npos);
  log.write(change("k", "a"));
  CHECK(log.page().find("\"who\":\"k\"") != std::string::npos);
}
