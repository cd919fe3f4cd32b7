#include "gateway/process/hand_over.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "tests/support/scratch_directory.hpp"

using gateway::HandedSockets;
using gateway::HandOver;
using gateway::Predecessor;
namespace asio = boost::asio;

namespace {

// An old one that runs on a thread of its own, with two sockets of clients.
struct Old {
  explicit Old(std::string refusal = {}) {
    const asio::ip::tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
    for (auto* each : {&first, &second}) {
      each->open(any.protocol());
      each->bind(any);
      each->listen();
    }
    HandOver::Owner owner{.give = [this, refusal]() -> std::variant<HandedSockets, std::string> {
                            ++gave;
                            if (!refusal.empty()) return refusal;
                            return HandedSockets{.clients = {first.native_handle(), second.native_handle()},
                                                 .administration = {}};
                          },
                          .given =
                              [this](int process) {
                                successor = process;
                                if (!goes_on) io.stop();
                              },
                          .given_back = [this] { ++came_back, io.stop(); },
                          .runs = [this] { return "line " + std::to_string(++told); }};
    hand_over.emplace(io, std::move(owner));
    CHECK_FALSE(hand_over->wait_in(directory.file("")));
    thread = std::thread([this] { io.run(); });
  }
  ~Old() {
    io.stop();
    if (thread.joinable()) thread.join();
  }

  support::ScratchDirectory directory;
  asio::io_context io;
  asio::ip::tcp::acceptor first{io}, second{io};
  std::optional<HandOver> hand_over;
  int gave = 0, successor = 0, came_back = 0, told = 0;
  bool goes_on = false;  // once another one serves
  std::thread thread;
};

// One who was asked to hand over, and says by hand what it says: with each line the socket that it listens
// at.
class Asked {
 public:
  explicit Asked(int listening) : listening_(listening), socket_(::accept(listening, nullptr, nullptr)) {
    next();
  }

  std::string next() const {
    std::vector<gateway::OwnedDescriptor> none;
    std::string fault;
    return gateway::await_mail(socket_.get(), std::chrono::seconds(10), none, fault).value_or("");
  }
  void tell(std::string_view line) const {
    const int given[] = {listening_};
    (void)gateway::mail(socket_.get(), line, given);
  }

 private:
  int listening_;
  gateway::OwnedDescriptor socket_;
};

}  // namespace

TEST_CASE("a successor gets the sockets by their addresses, and what it says ends the old one's service") {
  Old old;
  std::string why;
  {
    auto before = Predecessor::ask(old.directory.file(""), why);
    REQUIRE(before);
    CHECK(before->process() == ::getpid());
    const auto at = before->at("127.0.0.1", old.second.local_endpoint().port());
    REQUIRE(at.size() == 1);
    // A copy of the very socket: who connects is in its queue.
    asio::io_context io;
    asio::ip::tcp::acceptor taken(io, asio::ip::tcp::v4(), ::dup(at[0]));
    asio::ip::tcp::socket client(io);
    client.connect(old.second.local_endpoint());
    CHECK(taken.accept().remote_endpoint() == client.local_endpoint());
    CHECK(before->at("127.0.0.1", 1).empty());
    (void)before->say_serving();
  }
  old.thread.join();
  CHECK(old.successor == ::getpid());
  CHECK(old.came_back == 0);
}

TEST_CASE("what the old one has under way is told with its sockets, and from then on until it ends") {
  Old old;
  old.goes_on = true;
  std::string why;
  auto before = Predecessor::ask(old.directory.file(""), why);
  REQUIRE(before);
  CHECK(before->runs() == "line 1");
  asio::io_context io;
  std::vector<std::string> heard;
  gateway::RunsElsewhere runs(io, before->say_serving(), [&](std::optional<std::string_view> line) {
    heard.emplace_back(line.value_or("over"));
    if (heard.size() == 2) old.io.stop();
    if (heard.size() == 2) old.thread.join(), old.hand_over.reset();
  });
  io.run();
  REQUIRE(heard.size() == 3);
  CHECK(heard[0] == "line 2");
  CHECK(heard[1] == "line 3");
  CHECK(heard[2] == "over");
  CHECK(old.successor == ::getpid());
}

TEST_CASE("a successor that ends before it serves gives all back") {
  Old old;
  std::string why;
  CHECK(Predecessor::ask(old.directory.file(""), why));
  old.thread.join();
  CHECK(old.gave == 1);
  CHECK(old.came_back == 1);
  CHECK(old.successor == 0);
}

TEST_CASE("who does not hand over says why") {
  Old old("it is being stopped");
  std::string why;
  CHECK_FALSE(Predecessor::ask(old.directory.file(""), why));
  CHECK(why == "the gateway that has it does not hand over: it is being stopped");
  CHECK_FALSE(Predecessor::ask(old.directory.file("nowhere"), why));
  CHECK(why.starts_with("the gateway that has it hands nothing over: nobody listens at "));
  CHECK(why.find("No such file or directory") != std::string::npos);
}

TEST_CASE("who asks for something else is turned away, and the next one is answered") {
  Old old;
  std::vector<gateway::OwnedDescriptor> none;
  const auto stranger = gateway::connect_in(old.directory.file(""), "successor");
  REQUIRE(stranger.get() >= 0);
  CHECK(gateway::mail(stranger.get(), "GET / HTTP/1.1\n", {}));
  std::string why;
  const auto said = gateway::await_mail(stranger.get(), std::chrono::seconds(10), none, why);
  CHECK(said.value_or("") == "no it does not understand what it is asked");
  CHECK_FALSE(gateway::await_mail(stranger.get(), std::chrono::seconds(10), none, why));
  CHECK(why == "closed the connection");
  CHECK(Predecessor::ask(old.directory.file(""), why));
}

TEST_CASE("a successor says what it was not given, and what it was told instead") {
  struct Row {
    std::string_view told;
    std::string_view why;
  };
  constexpr Row rows[] = {
      {"yours 2\n", "gave 1 of its 2 sockets: it closed the connection"},
      {"yours 1 runs\n", "does not say what it has under way: it closed the connection"},
      {"", "does not answer who asks it to hand over: it closed the connection"},
      {"hello\n", "does not answer as one that hands over"},
      {"no it is being stopped\n", "does not hand over: it is being stopped"},
  };
  for (const Row& row : rows) {
    support::ScratchDirectory directory;
    const auto listening = gateway::listen_in(directory.file(""), "successor");
    REQUIRE(listening.get() >= 0);
    // Whoever asks is answered once it has asked.
    std::thread old([&] {
      const Asked asked(listening.get());
      if (!row.told.empty()) asked.tell(row.told);
    });
    std::string why;
    CHECK_FALSE(Predecessor::ask(directory.file(""), why));
    old.join();
    CHECK(why == "the gateway that has it " + std::string(row.why));
  }
}

TEST_CASE("an older gateway, which does not tell what it has under way, hands over all the same") {
  support::ScratchDirectory directory;
  const auto listening = gateway::listen_in(directory.file(""), "successor");
  std::thread old([&] {
    const Asked asked(listening.get());
    asked.tell("yours 1\n");
    CHECK(asked.next() == "serving");
  });
  std::string why;
  auto before = Predecessor::ask(directory.file(""), why);
  REQUIRE(before);
  CHECK(before->runs().empty());
  asio::io_context io;
  int ends = 0;
  gateway::RunsElsewhere runs(io, before->say_serving(), [&](std::optional<std::string_view> line) {
    CHECK_FALSE(line);
    ++ends;
  });
  io.run();
  old.join();
  CHECK(ends == 1);
}

TEST_CASE("a directory's path may be longer than that of a socket") {
  support::ScratchDirectory directory;
  const std::string deep = directory.file(std::string(150, 'd'));
  std::filesystem::create_directory(deep);
  const auto listening = gateway::listen_in(deep, "successor");
  CHECK(listening.get() >= 0);
  CHECK(gateway::connect_in(deep, "successor").get() >= 0);
}
