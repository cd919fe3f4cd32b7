// A gateway as far as deciding goes: a generation and what is known of its market, without connections.
#pragma once

#include <string>
#include <variant>

#include "gateway/request/understand.hpp"
#include "gateway/run/hosts.hpp"
#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/still_timer.hpp"
#include "tests/support/three_hosts.hpp"

namespace tests {

inline std::shared_ptr<gateway::Hosts> hosts_of(config::Settings settings, std::uint64_t generation = 1) {
  auto hosts = std::make_shared<gateway::Hosts>();
  hosts->generation =
      std::make_shared<const gateway::Generation>(catalogue_of(std::move(settings), generation));
  return hosts;
}

struct DecidingWorld {
  explicit DecidingWorld(config::Settings settings) { adopt(std::move(settings), 1); }

  // As a data loop does it.
  void adopt(config::Settings settings, std::uint64_t generation) {
    auto hosts = hosts_of(std::move(settings), generation);
    auto snapshot = std::make_shared<const routing::Snapshot>(snapshot_of(hosts->generation->catalogue));
    gateway::adopt(services, std::move(hosts), std::move(snapshot));
  }

  using Understood = std::variant<gateway::InferenceRequest, gateway::ErrorReply>;
  Understood understand(std::string body, std::string policy_header = {},
                        const config::KeySettings* key = nullptr) {
    gateway::Incoming incoming;
    incoming.body = std::move(body);
    incoming.policy_header = std::move(policy_header);
    incoming.headers = headers;
    incoming.metadata_header = metadata_header;
    incoming.arrived = timer.now();
    return gateway::understand(gateway::openai_chat_surface(), incoming, key, services);
  }
  const config::KeySettings* key(const std::string& name) const {
    for (const config::KeySettings& each : services.hosts->generation->catalogue->settings().keys) {
      if (each.name.text == name) return &each;
    }
    return nullptr;
  }

  StillTimer timer;
  gateway::DecidingServices services{.timer = timer, .dice = gateway::Dice(1)};
  std::vector<std::pair<std::string, std::string>> headers;
  std::string metadata_header;
};

// A chat request with these members beside its one message.
inline std::string chat(const std::string& model, const std::string& members = {}) {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hello"}])" +
         (members.empty() ? "" : "," + members) + "}";
}

}  // namespace tests
