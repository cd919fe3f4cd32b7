// A command of the program: its words on the command line, and what it does. Value.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace gateway {

struct Command {
  CLI::App* words;           // belongs to the program's own
  std::function<int()> run;  // once the words are parsed; the exit status
};

}  // namespace gateway
