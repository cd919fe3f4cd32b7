// The words of a command line, for people. Pure.
#pragma once

#include <string>
#include <vector>

namespace gateway {

// As a shell would take them.
std::string command_line(int argc, char** argv);
// The words after the program's name; `help X` is `X --help`.
std::vector<std::string> words_of(int argc, char** argv);
// What to say where the first word is none of `commands`; nothing where it is one, or an
// option that goes without a command.
std::string no_command(const std::string& word, const std::vector<std::string>& commands);

}  // namespace gateway
