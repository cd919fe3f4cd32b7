// A PostgreSQL server of the tests' own, started when the first test asks and ended with the process; where
// none is installed there is none, unless ISOCOST_ALL_REQUIRED says that there must be. Each test has a
// database of its own.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "gateway/postgres/connection.hpp"
#include "tests/support/scratch_directory.hpp"

namespace support {

class PostgresServer {
 public:
  static PostgresServer& instance() {
    static PostgresServer server;
    return server;
  }
  bool is_there() const { return is_there_; }
  // Of a new, empty database.
  gateway::PostgresAddress database() {
    const std::string name = "test_" + std::to_string(++count_);
    gateway::Postgres(address("postgres"), std::chrono::seconds(10)).run("CREATE DATABASE " + name);
    return address(name);
  }
  ~PostgresServer() {
    if (is_there_) run("stop");
  }

 private:
  PostgresServer() {
    const int status = run("start");
    is_there_ = status == 0;
    constexpr int not_installed = 3;
    if (is_there_) return;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != not_installed)
      throw std::runtime_error("PostgreSQL is installed and does not start");
    // Thrown again in each test that asks: none of them passes without having run.
    const char* required = std::getenv("ISOCOST_ALL_REQUIRED");
    if (required && *required)
      throw std::runtime_error(
          "PostgreSQL is not installed, and ISOCOST_ALL_REQUIRED lets no test be left out");
    MESSAGE("PostgreSQL is not installed: what is tested with it is left out");
  }
  int run(const std::string& command) const {
    return std::system(
        (SOURCE_DIR "/tests/support/postgres.sh " + command + " " + directory_.file("server")).c_str());
  }
  gateway::PostgresAddress address(const std::string& database) const {
    return {.url = "postgresql://isocost@/" + database + "?host=" + directory_.file("server"),
            .password = config::Secret("of-the-tests")};
  }

  // Others than the owner of the test go through it.
  struct Open : ScratchDirectory {
    Open() { std::filesystem::permissions(file(""), std::filesystem::perms(0755)); }
  } directory_;
  int count_ = 0;
  bool is_there_ = false;
};

}  // namespace support
