#include "gateway/commands/fetch.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Answers one request with a given text, then closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), thread_([this, answer = std::move(answer)] {
          tcp::socket peer = acceptor_.accept();
          asio::read_until(peer, asio::dynamic_buffer(got), "\r\n\r\n");
          asio::write(peer, asio::buffer(answer));
        }) {}
  ~OneAnswer() { join(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  std::string got;  // read it after join()

 private:
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a document is fetched whole, with the key as a Bearer token") {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}");
  const auto fetched =
      gateway::fetch({.url = server.url() + "/", .path = "/admin/endpoints", .token = "sk-test"});
  CHECK(fetched.problem.empty());
  CHECK(fetched.body == "{\"a\":1}");
  server.join();
  CHECK(server.got.starts_with("GET /admin/endpoints HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(server.got.find("\r\nAuthorization: Bearer sk-test\r\n") != std::string::npos);
  CHECK(server.got.find("\r\nConnection: close\r\n") != std::string::npos);
}

TEST_CASE("an answer that is no document is explained") {
  struct Case {
    const char* answer;
    const char* problem;
  };
  for (const Case& c :
       {Case{"HTTP/1.1 401 Unauthorized\r\n\r\n", "asks for a key"},
        Case{"HTTP/1.1 404 Not Found\r\n\r\n", "status 404"},
        Case{"HTTP/1.1 404 Not Found\r\n\r\n{\"error\":{\"message\":\"not at this address\"}}",
             ": not at this address"},
        Case{"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"}, Case{"", "does not speak HTTP"}}) {
    OneAnswer server(c.answer);
    const auto fetched = gateway::fetch({.url = server.url(), .path = "/", .token = ""});
    CHECK(!fetched.body);
    CHECK(fetched.problem.find(c.problem) != std::string::npos);
  }
}

TEST_CASE("a gateway that does not run is said to be unreachable") {
  asio::io_context io;
  tcp::acceptor unused(io, {asio::ip::address_v4::loopback(), 0});
  const std::string url = "http://127.0.0.1:" + std::to_string(unused.local_endpoint().port());
  unused.close();
  const auto fetched = gateway::fetch({.url = url, .path = "/", .token = ""});
  CHECK(!fetched.body);
  CHECK(fetched.problem == "cannot reach " + url + " (Connection refused): is the gateway running?");
}

TEST_CASE("a peer that accepts and says nothing is given up on") {
  asio::io_context io;
  tcp::acceptor silent(io, {asio::ip::address_v4::loopback(), 0});
  const std::string url = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  const auto fetched = gateway::fetch({.url = url, .path = "/", .token = "", .patience = 20ms});
  CHECK(!fetched.body);
  CHECK(fetched.problem.find("gave no whole answer") != std::string::npos);
}

TEST_CASE("an address that cannot be used is explained") {
  for (const char* url :
       {"", "http://", "http://host:port", "http://a b:1", "http://user@host:80", "http://h:1/x"}) {
    CHECK(gateway::fetch({.url = url, .path = "/", .token = ""}).problem.find("is no address") !=
          std::string::npos);
  }
  CHECK(gateway::fetch({.url = "https://h/x", .path = "/", .token = ""}).problem.find("is no address") !=
        std::string::npos);
}
