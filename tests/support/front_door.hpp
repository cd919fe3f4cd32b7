// A gateway's session at one end of a loopback connection, the test's client at the other, simulated time and
// scripted hosts behind it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/run/session.hpp"
#include "tests/support/world.hpp"

namespace support {

// What a test says they are; else fixed texts.
struct GivenPages final : gateway::Pages {
  providers::Task<std::shared_ptr<const std::string>> metrics(Loop&) override {
    co_return std::make_shared<const std::string>(on_metrics ? on_metrics() : "isocost_up 1\n");
  }
  providers::Task<std::string> status(Loop&) override { co_return "{}"; }
  providers::Task<gateway::Reloaded> reload(Loop&) override {
    ++reloads;
    co_return on_reload ? on_reload() : gateway::Reloaded{.status = 200, .body = "{\"result\":\"reloaded\"}"};
  }

  providers::Task<Seen> events(Loop&, std::uint64_t after) override {
    if (after > 1) co_return Seen{};
    co_return Seen{.text = std::make_shared<std::string>("event: status\ndata: {}\n\n"), .next = after + 1};
  }
  providers::Task<Told> slow_page(Loop&, gateway::Page, std::string, std::string body) override {
    co_return Told{.text = "{\"body\":" + std::to_string(body.size()) + "}"};
  }
  bool is_demo() const override { return false; }
  providers::Task<Told> change_service(Loop&, gateway::ServiceCall call) override {
    if (call.endpoint != "a") co_return Told{.status = 404, .text = "There is no such endpoint."};
    co_return Told{.text = call.what == gateway::ServiceCall::What::drain ? "{\"drained\":true}" : "{}"};
  }
  void note(gateway::Change change) override { noted.push_back(std::move(change)); }
  providers::Task<Told> request(Loop&, std::string id, std::optional<gateway::Screen>) override {
    co_return id == "req_1" ? Told{.text = "{}"} : Told{.status = 404, .text = "no such request"};
  }

  std::function<std::string()> on_metrics;
  std::function<gateway::Reloaded()> on_reload;
  int reloads = 0;
  std::vector<gateway::Change> noted;
};

class FrontDoor {
 public:
  // `most_per_address` connections of one address, also of this machine's; 0: as many as they like.
  explicit FrontDoor(config::Settings settings = three_prices(), int most_per_address = 0)
      : world(std::move(settings)), addresses(most_per_address, gateway::AddressCounts::Loopback::counted) {}
  explicit FrontDoor(std::shared_ptr<const gateway::Generation> first)
      : world(std::move(first)), addresses(0) {}
  ~FrontDoor() {
    for (gateway::Front* each : {&front, &administration}) {
      for (gateway::OpenSession& open : each->sessions) open.connection->close();
    }
    world.loop.advance(std::chrono::hours(1));
  }

  // A client that has connected.
  Peer& connect() { return connect_to(front); }
  Peer& connect_to_administration() { return connect_to(administration); }
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
  GivenPages pages;
  gateway::Metrics metrics{"1", world.generation->catalogue};
  gateway::AddressCounts addresses;
  gateway::BodyBudget bodies;
  gateway::Logins logins;
  gateway::Peer peer;  // of the next that connects
  gateway::Front front = front_for(gateway::Offers::everything);
  gateway::Front administration = front_for(gateway::Offers::administration);

 private:
  gateway::Front front_for(gateway::Offers offers) {
    return {.services = world.services,
            .outbox = world.services.outbox,
            .serving = offers == gateway::Offers::administration ? nullptr : &world.services,
            .loop = world.loop.io,
            .pages = pages,
            .metrics = metrics,
            .addresses = addresses,
            .bodies = bodies,
            .offers = offers,
            .logins = &logins};
  }
  Peer& connect_to(gateway::Front& to) {
    SocketPair pair(world.loop);
    providers::ConnectionPtr connection(new providers::PlainConnection(std::move(pair.near)));
    ended_.push_back(std::make_unique<bool>(false));
    world.loop.start(gateway::session(to, std::move(connection), peer), *ended_.back());
    peers_.push_back(std::make_unique<Peer>(world.loop, std::move(pair.far)));
    world.loop.settle();
    return *peers_.back();
  }

  std::vector<std::unique_ptr<bool>> ended_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

inline std::string post_to(const std::string& path, const std::string& body, const std::string& fields = "",
                           const std::string& version = "1.1") {
  return "POST " + path + " HTTP/" + version + "\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string post(const std::string& body, const std::string& fields = "",
                        const std::string& version = "1.1") {
  return post_to("/v1/chat/completions", body, fields, version);
}
inline std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
inline const std::string chat_stream =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
inline const std::string chat_whole = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";

}  // namespace support
