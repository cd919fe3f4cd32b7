#include "gateway/account_commands/seal_command.hpp"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "config/values/sources.hpp"
#include "gateway/state/seal.hpp"
#include "tests/support/scratch_directory.hpp"

namespace {

struct Sealed {
  int status;
  std::string out, said;
};

// What the command makes of standard input.
Sealed sealed(const std::string& input, const std::string& key) {
  std::istringstream in(input);
  std::ostringstream out, said;
  auto* const before_in = std::cin.rdbuf(in.rdbuf());
  auto* const before_out = std::cout.rdbuf(out.rdbuf());
  auto* const before_said = std::cerr.rdbuf(said.rdbuf());
  const std::string variable(config::sealing_variable);
  ::setenv(variable.c_str(), key.c_str(), 1);
  CLI::App app;
  const int status = gateway::add_seal(app).run();
  ::unsetenv(variable.c_str());
  std::cin.rdbuf(before_in);
  std::cout.rdbuf(before_out);
  std::cerr.rdbuf(before_said);
  return {status, out.str(), said.str()};
}

const std::string key(32, 'k');

std::optional<std::string> opened(std::string_view text) {
  text.remove_prefix(config::sealed_mark.size());
  text.remove_suffix(1);
  return gateway::Seal(config::Secret(std::string(key))).opened(text, config::sealed_mark);
}

}  // namespace

TEST_CASE("what comes on standard input is sealed, one line without its end") {
  CHECK(opened(sealed("sk-123\n", key).out) == "sk-123");
  CHECK(opened(sealed("sk-123", key).out) == "sk-123");
  CHECK(opened(sealed("{\n}\n", key).out) == "{\n}\n");
}

TEST_CASE("nothing to seal, and a key that is none, are refused") {
  for (const char* const nothing : {"", "\n"}) {
    const Sealed refused = sealed(nothing, key);
    CHECK(refused.status == 1);
    CHECK(refused.out.empty());
    CHECK(refused.said.find("nothing came") != std::string::npos);
  }
  CHECK(sealed("sk-123", "short").status == 1);
}

TEST_CASE("a new key goes to the file that is named, and never over one that is there") {
  const support::ScratchDirectory scratch;
  const std::string file = scratch.file("key");
  const auto call = [&] {
    CLI::App app;
    const gateway::Command command = gateway::add_seal(app);
    app.parse("seal --new-key --out " + file);
    return command.run();
  };
  CHECK(call() == 0);
  CHECK(std::filesystem::file_size(file) == 65);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms(077)) ==
        std::filesystem::perms::none);
  CHECK(call() == 1);
}
