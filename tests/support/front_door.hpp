// A gateway's session at one end of a loopback connection, the test's client at the other, simulated time and
// scripted hosts behind it.
#pragma once

#include <memory>
#include <string>

#include "gateway/session.hpp"
#include "tests/support/world.hpp"

namespace support {

struct FixedPages final : gateway::Pages {
  providers::Task<std::string> metrics(Loop&) override { co_return "isocost_up 1\n"; }
  providers::Task<std::string> status(Loop&) override { co_return "{}"; }
  providers::Task<gateway::Reloaded> reload(Loop&) override {
    ++reloads;
    co_return gateway::Reloaded{.status = 200, .body = "{\"result\":\"reloaded\"}"};
  }

  int reloads = 0;
};

class FrontDoor {
 public:
  explicit FrontDoor(config::Settings settings = three_prices()) : world(std::move(settings)) {}
  ~FrontDoor() {
    for (gateway::OpenSession& open : front.sessions) open.connection->close();
    world.loop.advance(std::chrono::hours(1));
  }

  // A client that has connected.
  Peer& connect() {
    SocketPair pair(world.loop);
    providers::ConnectionPtr connection(new providers::PlainConnection(std::move(pair.near)));
    ended_.push_back(std::make_unique<bool>(false));
    world.loop.start(gateway::session(front, std::move(connection)), *ended_.back());
    peers_.push_back(std::make_unique<Peer>(world.loop, std::move(pair.far)));
    world.loop.settle();
    return *peers_.back();
  }
  std::size_t open_sessions() const { return front.sessions.size(); }
  double counted(const std::string& series) const {
    const std::string text = metrics.text();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }
  // All records so far.
  const std::vector<gateway::RecordPtr>& records() {
    world.services.outbox.flush();
    return world.delivered;
  }

  ServedWorld world;
  FixedPages pages;
  gateway::Metrics metrics{"1", world.generation->catalogue};
  gateway::Front front{
      .services = world.services, .loop = world.loop.io, .pages = pages, .metrics = metrics};

 private:
  std::vector<std::unique_ptr<bool>> ended_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

inline std::string post(const std::string& body, const std::string& fields = "",
                        const std::string& version = "1.1") {
  return "POST /v1/chat/completions HTTP/" + version + "\r\nHost: x\r\nContent-Type: application/json\r\n" +
         fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}
inline const std::string chat_stream =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
inline const std::string chat_whole = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";

}  // namespace support
