#include "gateway/commands/command_line.hpp"

#include <doctest/doctest.h>

TEST_CASE("a word that is no command is answered with the nearest one, or with all") {
  const std::vector<std::string> commands{"serve", "check", "top"};
  CHECK(gateway::no_command("check", commands).empty());
  CHECK(gateway::no_command("--version", commands).empty());
  CHECK(gateway::no_command("chek", commands) == "there is no command `chek`; did you mean `check`?");
  CHECK(gateway::no_command("xyzzy", commands) ==
        "there is no command `xyzzy`; the commands are serve, check, top");
}

TEST_CASE("a command line is shown as a shell would take it") {
  char program[] = "isocost", option[] = "--policy", value[] = "18 $/h", empty[] = "";
  char* words[] = {program, option, value, empty};
  CHECK(gateway::command_line(4, words) == "isocost --policy '18 $/h' ''");
}
