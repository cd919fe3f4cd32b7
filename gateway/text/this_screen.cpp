#include "gateway/text/this_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace gateway {

Screen this_screen(const Screen& otherwise) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* const no_colour = std::getenv("NO_COLOR");
  const bool is_plain = !is_terminal || (no_colour != nullptr && *no_colour != '\0');
  Screen screen{
      .columns = otherwise.columns, .rows = otherwise.rows, .paint = is_plain ? Paint::none : Paint::colours};
  winsize size{};
  if (!is_terminal || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return screen;
  screen.columns = size.ws_col;
  screen.rows = size.ws_row;
  return screen;
}

}  // namespace gateway
