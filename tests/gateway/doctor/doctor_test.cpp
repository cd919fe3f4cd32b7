#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "gateway/doctor/machine.hpp"
#include "gateway/doctor/reach.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::Finding;
using Tcp = boost::asio::ip::tcp;

namespace {

const Finding& of(const gateway::Findings& all, const std::string& about) {
  for (const Finding& each : all) {
    if (each.about == about) return each;
  }
  FAIL("nothing about " << about);
  return all.front();
}

config::Settings settings_in(const std::string& directory) {
  config::Settings settings;
  settings.state = directory;
  settings.listen = {.host = "127.0.0.1", .port = 0};
  return settings;
}

Finding reached(std::uint16_t port) {
  config::ProviderSettings host;
  host.name = {"mine"};
  host.base_url = {.scheme = config::BaseUrl::Scheme::http, .host = "127.0.0.1", .port = port, .path = "/v1"};
  return gateway::reach(host, std::chrono::seconds(10));
}

// Answers one connection with those bytes.
struct Answering {
  explicit Answering(std::string said)
      : thread([this, text = std::move(said)] {
          Tcp::socket socket(io);
          acceptor.accept(socket);
          std::string asked(4096, '\0');
          socket.read_some(boost::asio::buffer(asked));
          boost::asio::write(socket, boost::asio::buffer(text));
        }) {}
  ~Answering() { thread.join(); }
  std::uint16_t port() const { return acceptor.local_endpoint().port(); }

  boost::asio::io_context io{1};
  Tcp::acceptor acceptor{io, {boost::asio::ip::address_v4::loopback(), 0}};
  std::thread thread;
};

}  // namespace

TEST_CASE("of a machine each thing is said once, and what is not good comes with what to do about it") {
  const support::ScratchDirectory directory;
  const gateway::Findings found = gateway::findings_of_machine(settings_in(directory.file("state")));
  for (const char* about : {"descriptors", "memory", "time", "authorities", "state", "listen"})
    of(found, about);
  for (const Finding& each : found) {
    CAPTURE(each.about);
    CHECK_FALSE(each.what.empty());
    CHECK(each.todo.empty() == (each.kind == Finding::Kind::good));
  }
  CHECK(of(found, "state").what.find("which will be made") != std::string::npos);
  CHECK(of(found, "listen").kind == Finding::Kind::good);
}

TEST_CASE("a state directory that is a file is wrong, and one that everybody may write to is doubtful") {
  const support::ScratchDirectory scratch;
  const std::string file = scratch.file("file");
  std::ofstream(file) << "mine";
  const Finding of_file = of(gateway::findings_of_machine(settings_in(file)), "state");
  CHECK(of_file.kind == Finding::Kind::bad);
  CHECK(of_file.what.find("is no directory") != std::string::npos);
  const std::string open = scratch.file("open");
  std::filesystem::create_directory(open);
  std::filesystem::permissions(open, std::filesystem::perms::all);
  const Finding of_open = of(gateway::findings_of_machine(settings_in(open)), "state");
  CHECK(of_open.kind == Finding::Kind::doubtful);
  CHECK(of_open.todo == "chmod 700 " + open);
  std::filesystem::permissions(open, std::filesystem::perms::owner_all);
  CHECK(of(gateway::findings_of_machine(settings_in(open)), "state").todo.find("chmod") == std::string::npos);
}

TEST_CASE("an address that another program has is doubtful, and one of another machine is wrong") {
  const support::ScratchDirectory directory;
  boost::asio::io_context io{1};
  const Tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
  config::Settings settings = settings_in(directory.file("state"));
  settings.listen.port = taken.local_endpoint().port();
  settings.admin = config::ListenAddress{.host = "192.0.2.1", .port = 0};
  const gateway::Findings found = gateway::findings_of_machine(settings);
  CHECK(of(found, "listen").kind == Finding::Kind::doubtful);
  CHECK(of(found, "listen").what.find("is taken") != std::string::npos);
  CHECK(of(found, "admin").kind == Finding::Kind::bad);
}

TEST_CASE("a host that answers is reached, whatever it answers, and its clock is held against ours") {
  {
    const Answering host(
        "HTTP/1.1 401 Unauthorized\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
    const Finding found = reached(host.port());
    CHECK(found.kind == Finding::Kind::doubtful);
    CHECK(found.about == "host mine");
    CHECK(found.what.find("answers 401") != std::string::npos);
    CHECK(found.what.find("s behind this machine's") != std::string::npos);
  }
  const Answering other("SSH-2.0-OpenSSH\r\n");
  CHECK(reached(other.port()).kind == Finding::Kind::bad);
}

TEST_CASE("a host that takes no connection is said to be out of reach") {
  boost::asio::io_context io{1};
  std::uint16_t port = 0;
  {
    const Tcp::acceptor gone(io, {boost::asio::ip::address_v4::loopback(), 0});
    port = gone.local_endpoint().port();
  }
  const Finding found = reached(port);
  CHECK(found.kind == Finding::Kind::bad);
  CHECK(found.what.find("no connection to 127.0.0.1:" + std::to_string(port)) != std::string::npos);
  CHECK_FALSE(found.todo.empty());
}
