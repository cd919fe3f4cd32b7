#include "gateway/commands/top.hpp"

#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include "gateway/commands/fetch.hpp"
#include "gateway/commands/pretence_query.hpp"
#include "gateway/commands/top_head.hpp"
#include "gateway/commands/top_page.hpp"
#include "gateway/text/this_screen.hpp"

namespace gateway {

namespace {

volatile sig_atomic_t interrupted = 0;

// The terminal's other page, without a cursor and with keys that come at once; as it was when this goes.
class Terminal {
 public:
  Terminal() {
    keys_ = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (keys_) {
      termios raw = before_;
      raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
      ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    std::cout << "\x1b[?1049h\x1b[?25l" << std::flush;
  }
  ~Terminal() {
    std::cout << "\x1b[?25h\x1b[?1049l" << std::flush;
    if (keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // The next key within `patience`; nothing when there was none.
  std::optional<char> key(std::chrono::milliseconds patience) const {
    pollfd input{.fd = keys_ ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, static_cast<int>(patience.count())) <= 0) return {};
    char pressed = 0;
    if (::read(STDIN_FILENO, &pressed, 1) != 1) return 'q';  // the terminal is gone
    return pressed;
  }

 private:
  termios before_{};
  bool keys_ = false;
};

int number_of(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  const int number = text == nullptr ? 0 : std::atoi(text);
  return number > 0 ? number : otherwise;
}

// Into a file or a pipe: everything there is.
Screen screen_now() {
  return this_screen({.columns = number_of("COLUMNS", 200), .rows = number_of("LINES", 10'000)});
}

void draw(const std::vector<std::string>& lines) {
  std::string picture = "\x1b[H";
  for (const std::string& line : lines) picture += line + "\x1b[K\r\n";
  std::cout << picture << "\x1b[J" << std::flush;
}

SortBy next(SortBy sort) {
  return sort == SortBy::name ? SortBy::share : static_cast<SortBy>(static_cast<int>(sort) + 1);
}

Fetched look(const TopOptions& options) {
  const std::string query = pretence_query(options.as, options.team, options.at);
  Fetched status = fetch({.url = options.url,
                          .path = "/admin/endpoints" + (query.empty() ? "" : "?" + query),
                          .token = options.token});
  if (!status.body && !query.empty() && !status.refusal.empty()) status.problem = status.refusal;
  const bool is_of_key = !options.as.empty() || !options.team.empty();
  if (!status.body || !is_of_key || !options.at.empty()) return status;
  // Whoever may not see limits sees all the rest.
  const Fetched limits = fetch({.url = options.url, .path = "/admin/limits", .token = options.token});
  if (limits.body) status.body = with_limits(*status.body, *limits.body);
  return status;
}

int once(const TopOptions& options) {
  const Fetched status = look(options);
  if (!status.body) {
    std::cerr << "isocost top: " << status.problem << "\n";
    return 1;
  }
  for (const std::string& line : top_page(*status.body, SortBy::share, screen_now()))
    std::cout << line << "\n";
  return 0;
}

std::vector<std::string> picture(const Fetched& status, SortBy sort, bool paused) {
  const Screen screen = screen_now();
  std::vector<std::string> lines;
  if (status.body) {
    lines = top_page(*status.body, sort, screen);
  } else {
    lines.push_back(painted(fitted(status.problem, screen.columns), Colour::red, screen.paint));
  }
  const std::string keys = std::string(paused ? "paused" : "live") + "   q quit   p " +
                           (paused ? "go on" : "pause") + "   s sort (by " + std::string(to_text(sort)) + ")";
  lines.push_back(painted(fitted(keys, screen.columns), Colour::dim, screen.paint));
  return lines;
}

void watch(const TopOptions& options, Fetched status) {
  using Clock = std::chrono::steady_clock;
  const Terminal terminal;
  SortBy sort = SortBy::share;
  bool paused = false;
  auto due = Clock::now() + options.interval;
  while (interrupted == 0) {
    draw(picture(status, sort, paused));
    const auto wait = std::max(std::chrono::milliseconds(0),
                               std::chrono::duration_cast<std::chrono::milliseconds>(due - Clock::now()));
    const auto key = terminal.key(paused ? options.interval : wait);
    if (key == 'q') return;
    if (key == 'p') paused = !paused;
    if (key == 's') sort = next(sort);
    if (paused || Clock::now() < due) continue;
    status = look(options);
    due = Clock::now() + options.interval;
  }
}

}  // namespace

int top(const TopOptions& options) {
  if (options.once || !options.at.empty() || ::isatty(STDOUT_FILENO) != 1) return once(options);
  Fetched first = look(options);
  if (!first.body) return once(options);  // says why, before the screen is taken

  struct sigaction stop {};
  stop.sa_handler = [](int) { interrupted = 1; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &stop, nullptr);
  watch(options, std::move(first));
  return 0;
}

Command add_top(CLI::App& app) {
  struct Words {
    TopOptions options;
    double interval = 1;  // seconds
  };
  const auto words = std::make_shared<Words>();
  TopOptions& watch = words->options;
  CLI::App* top = app.add_subcommand("top", "Watch a running gateway's endpoints");
  top->add_option("--url", watch.url, "Address of the gateway")->capture_default_str();
  top->add_flag("--once", watch.once, "Print one table and end");
  top->add_option("--key", watch.token, "Client key, where the gateway asks for one")->envname("ISOCOST_KEY");
  top->add_option("--as", watch.as,
                  "Name of a key: what leaves hosts out for it, its own requests, and its limits")
      ->type_name("NAME");
  top->add_option("--team", watch.team, "The same of a team, by what is for each of its keys")
      ->type_name("NAME");
  top->add_option("--at", watch.at,
                  "How it was then, out of the records, in UTC: 2026-11-28T03:00, or 03:00; one table")
      ->type_name("TIME");
  top->add_option("--interval", words->interval, "Seconds between two looks")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  top->footer(
      "Examples: isocost top --url http://127.0.0.1:8080\n          isocost top --team search --at 03:00\n"
      "Exit status: 0 shown, 1 not.");
  return {top, [words] {
            words->options.interval = std::chrono::milliseconds(static_cast<int>(words->interval * 1000));
            return gateway::top(words->options);
          }};
}

}  // namespace gateway
