#include "gateway/commands/command_line.hpp"

#include <algorithm>
#include <array>

#include "config/values/problem.hpp"

namespace gateway {

std::string command_line(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain = word.find_first_of(" $'\"*&;()") == std::string::npos && !word.empty();
    text += (i > 0 ? " " : "") + (plain ? word : "'" + word + "'");
  }
  return text;
}

std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty() || words[0] != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

std::string no_command(const std::string& word, const std::vector<std::string>& commands) {
  if (word.starts_with('-')) {
    constexpr std::array options{"-h", "--help", "--version", "--verbose"};
    if (std::ranges::find(options, word) != options.end()) return {};
    return "there is no option `" + word + "` before a command; `isocost --help` has those that there are";
  }
  if (std::ranges::find(commands, word) != commands.end()) return {};
  const std::string near = config::nearest(word, commands);
  std::string known;
  for (const std::string& name : commands) known += (known.empty() ? "" : ", ") + name;
  return "there is no command `" + word + "`; " +
         (near.empty() ? "the commands are " + known : "did you mean `" + near + "`?");
}

}  // namespace gateway
