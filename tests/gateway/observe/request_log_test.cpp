#include "gateway/observe/request_log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/observe/log_line.hpp"
#include "tests/support/three_hosts.hpp"

namespace {

// A directory of its own, removed at the end.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "isocost-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  config::LogSettings log(config::LogRequests which = config::LogRequests::all) const {
    return {.requests = which, .file = (path / "log").string()};
  }
};

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

auto lines_in(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

void settled(gateway::RequestLog& log) {
  log.flush();
  REQUIRE(log.settle(std::chrono::seconds(20)));
}

// Whether there is something to read, or will be.
bool readable(int reader) {
  pollfd waits{.fd = reader, .events = POLLIN, .revents = 0};
  return ::poll(&waits, 1, 20'000) == 1;
}

gateway::Record sample() {
  return tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
}

}  // namespace

TEST_CASE("lines wait until the batch ends and are then written at once") {
  const Folder folder;
  gateway::RequestLog log(folder.log());
  log.write(sample());
  log.write(sample());
  CHECK(text_of(folder.path / "log").empty());
  settled(log);
  CHECK(lines_in(text_of(folder.path / "log")) == 2);
}

TEST_CASE("a large batch does not wait for its end") {
  const Folder folder;
  gateway::RequestLog log(folder.log());
  for (int i = 0; i < 400; ++i) log.write(sample());
  REQUIRE(log.settle(std::chrono::seconds(20)));
  CHECK(lines_in(text_of(folder.path / "log")) > 100);
  settled(log);
  CHECK(lines_in(text_of(folder.path / "log")) == 400);
}

TEST_CASE("lines of many batches come whole and in their order, in whichever memory they were gathered") {
  const Folder folder;
  gateway::RequestLog log(folder.log());
  gateway::Record record = sample();
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    record.bytes_in = static_cast<std::uint64_t>(i);
    log.write(record);
    gateway::append_log_line(record, expected);
    if (i % 7 == 0) log.flush();
    if (i % 50 == 0) settled(log);
  }
  settled(log);
  CHECK(text_of(folder.path / "log") == expected);
}

TEST_CASE("only failures are written where only failures are asked for, and nothing where nothing is") {
  struct Case {
    config::LogRequests which;
    gateway::Ending ending;
    int lines;
  };
  for (const Case& c : {Case{config::LogRequests::failures, gateway::Ending::answered, 0},
                        Case{config::LogRequests::failures, gateway::Ending::client_left, 0},
                        Case{config::LogRequests::failures, gateway::Ending::refused, 1},
                        Case{config::LogRequests::failures, gateway::Ending::broken, 1},
                        Case{config::LogRequests::none, gateway::Ending::refused, 0}}) {
    const Folder folder;
    gateway::RequestLog log(folder.log(c.which));
    gateway::Record record = sample();
    record.ending = c.ending;
    log.write(record);
    settled(log);
    CHECK(lines_in(text_of(folder.path / "log")) == c.lines);
  }
}

TEST_CASE("after the file was moved away, reopening begins a new one and loses nothing") {
  const Folder folder;
  gateway::RequestLog log(folder.log());
  log.write(sample());
  settled(log);
  std::filesystem::rename(folder.path / "log", folder.path / "log.1");
  log.write(sample());
  log.reopen(folder.log());
  log.write(sample());
  settled(log);
  CHECK(lines_in(text_of(folder.path / "log.1")) == 2);
  CHECK(lines_in(text_of(folder.path / "log")) == 1);
  CHECK(log.lost() == 0);
}

TEST_CASE("a file that cannot be opened costs counted lines and nothing else, until it can") {
  const Folder folder;
  gateway::RequestLog log({.requests = config::LogRequests::all, .file = "/nonexistent/log"});
  log.write(sample());
  log.write(sample());
  settled(log);
  CHECK(log.lost() == 2);
  CHECK(log.fault() == "`/nonexistent/log` cannot be opened: No such file or directory");
  log.reopen(folder.log());
  CHECK_FALSE(log.fault());
  log.write(sample());
  settled(log);
  CHECK(log.lost() == 2);
  CHECK(lines_in(text_of(folder.path / "log")) == 1);
}

TEST_CASE("a reader that closed its end costs counted lines and does not end the process") {
  const Folder folder;
  const std::string pipe = (folder.path / "log").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  gateway::RequestLog log(folder.log());
  log.write(sample());
  settled(log);
  CHECK(log.lost() == 0);
  ::close(reader);
  log.write(sample());
  settled(log);
  CHECK(log.lost() == 1);
}

TEST_CASE("a reader that stopped reading does not stop the writer, and gets what waited when it goes on") {
  const Folder folder;
  const std::string pipe = (folder.path / "log").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  gateway::RequestLog log(folder.log());
  for (int i = 0; i < 500; ++i) log.write(sample());  // more than a pipe holds
  settled(log);                                       // although nobody reads
  std::string got;
  for (std::string piece(1 << 16, '\0'); lines_in(got) < 500; settled(log)) {
    REQUIRE(readable(reader));
    const ssize_t count = ::read(reader, piece.data(), piece.size());
    REQUIRE(count > 0);
    got.append(piece, 0, static_cast<std::size_t>(count));
  }
  CHECK(lines_in(got) == 500);
  CHECK(log.lost() == 0);
  ::close(reader);
}

TEST_CASE("a reader that never reads again costs lines and not memory") {
  const Folder folder;
  const std::string pipe = (folder.path / "log").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  gateway::RequestLog log(folder.log());
  for (int i = 0; i < 12'000; ++i) log.write(sample());
  settled(log);
  CHECK(log.lost() > 5'000);
  ::close(reader);
}

TEST_CASE(
    "a disk that hangs holds nobody up: lines beyond a bound are lost and counted, the rest is written "
    "later") {
  const Folder folder;
  const std::string pipe = (folder.path / "log").string();
  // Opening it does not return before somebody reads.
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  gateway::RequestLog log(folder.log(), std::chrono::milliseconds(1));
  CHECK(log.fault() == "`" + pipe + "` cannot be opened: the disk does not answer");
  std::uint64_t written = 0;
  for (; log.lost() == 0 && written < 100'000; ++written) log.write(sample());
  CHECK(log.lost() > 0);
  log.reopen(folder.log());
  const std::uint64_t lost = log.lost();
  std::uint64_t got = 0;
  int reader = -1;
  const auto read_on = [&] {
    std::string piece(1 << 16, '\0');
    const ssize_t count = readable(reader) ? ::read(reader, piece.data(), piece.size()) : 0;
    if (count > 0)
      got += static_cast<std::uint64_t>(lines_in(piece.substr(0, static_cast<std::size_t>(count))));
    return count > 0;
  };
  SUBCASE("when it goes on, what waited is written") {
    reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    // To the last line, although the file is opened anew in between.
    while (got < written - lost && read_on()) {
    }
    CHECK(got == written - lost);
    settled(log);
    CHECK(!log.fault());
  }
  SUBCASE("the end does not wait for it") {
    log.close();
    reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (read_on()) {
    }
    CHECK(got > 0);
  }
  ::close(reader);
}
