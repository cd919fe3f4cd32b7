#include "gateway/commands/command_line.hpp"

#include <doctest/doctest.h>

TEST_CASE("a word that is no command is answered with the nearest one, or with all") {
  const std::vector<std::string> commands{"serve", "check", "top"};
  CHECK(gateway::no_command("check", commands).empty());
  CHECK(gateway::no_command("--version", commands).empty());
  CHECK(gateway::no_command("-h", commands).empty());
  CHECK(gateway::no_command("--nonsense", commands).starts_with("there is no option `--nonsense`"));
  CHECK(gateway::no_command("chek", commands) == "there is no command `chek`; did you mean `check`?");
  CHECK(gateway::no_command("xyzzy", commands) ==
        "there is no command `xyzzy`; the commands are serve, check, top");
}

TEST_CASE("`help` before a command asks for its help") {
  const auto words = [](std::vector<std::string> typed) {
    std::vector<char*> all;
    for (std::string& each : typed) all.push_back(each.data());
    return gateway::words_of(static_cast<int>(all.size()), all.data());
  };
  using Words = std::vector<std::string>;
  CHECK(words({"isocost", "help"}) == Words{"--help"});
  CHECK(words({"isocost", "help", "keys", "create"}) == Words{"keys", "create", "--help"});
  CHECK(words({"isocost", "top", "--once"}) == Words{"top", "--once"});
  CHECK(words({"isocost"}).empty());
  CHECK(words({}).empty());
}

TEST_CASE("a command line is shown as a shell would take it") {
  char program[] = "isocost", option[] = "--policy", value[] = "18 $/h", empty[] = "";
  char* words[] = {program, option, value, empty};
  CHECK(gateway::command_line(4, words) == "isocost --policy '18 $/h' ''");
}
