// A front door whose configuration is a text that a test changes, and can be reloaded through its address of
// administration as the real one is: Reload, Metrics and the sessions are the gateway's own.
#pragma once

#include <string>
#include <utility>

#include "gateway/control/reload.hpp"
#include "gateway/generation/configuration.hpp"
#include "tests/support/front_door.hpp"

namespace support {

inline const std::string key_of_app =  // printf %s secret | sha256sum
    "  - {name: app, sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b}\n";
inline const std::string key_of_other =  // printf %s other | sha256sum
    "  - {name: other, sha256: d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa}\n";

// Model "m" at "cheap", "middle" and "dear", asked in this order; `more` are further lines.
inline std::string three_host_yaml(const std::string& more = "",
                                   const std::string& hosts = "cheap middle dear") {
  std::string providers = "providers:\n", endpoints;
  const std::pair<const char*, const char*> all[] = {{"cheap", "0.01"}, {"middle", "40"}, {"dear", "90"}};
  for (const auto& [name, price] : all) {
    if (hosts.find(name) == std::string::npos) continue;
    const std::string host = name, dollars = price;
    providers += "  " + host + ": {base_url: \"http://127.0.0.1:9/v1\"}\n";
    endpoints += "      - {provider: " + host +
                 ", host_model: theirs, context: 64 ktok, price: {input: " + dollars +
                 " $/Mtok, output: " + dollars + " $/Mtok}}\n";
  }
  return providers + "models:\n  m:\n    endpoints:\n" + endpoints +
         "default_policy: steady\npolicies:\n  steady: {extends: balanced, explore: 0 %}\n" + more;
}

inline config::Loaded loaded_text(const std::string& yaml) {
  const config::Sources nothing{.variable = {}, .file = {}};
  return gateway::with_policies(config::load(yaml, "isocost.yaml", nothing));
}

class ReloadingDoor {
 public:
  explicit ReloadingDoor(std::string yaml = three_host_yaml()) : text(std::move(yaml)) {
    door.pages.on_reload = [this] { return reload.now(); };
    door.pages.on_metrics = [this] { return door.metrics.text(); };
  }

  // What POST /admin/reload answers once the file says `yaml`: status and body. Where keys are asked for,
  // what a signal makes of it.
  std::pair<std::string, std::string> reload_with(std::string yaml) {
    text = std::move(yaml);
    if (!door.world.generation->keys.open_to_all()) {
      const gateway::Reloaded reloaded = reload.now();
      return {std::to_string(reloaded.status), reloaded.body};
    }
    Peer& administrator = door.connect_to_administration();
    administrator.send(
        "POST /admin/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const std::string reply = administrator.read_to_end();
    return {reply.substr(9, 3), reply.substr(reply.find("\r\n\r\n") + 4)};
  }

  std::string text;
  std::shared_ptr<const gateway::Generation> first = std::make_shared<const gateway::Generation>(
      std::make_shared<const routing::Catalogue>(loaded_text(text).settings.value(), 1));
  FrontDoor door{first};
  std::string said;
  gateway::Reload reload{first,
                         [this] { return loaded_text(text); },
                         [this](std::shared_ptr<const gateway::Generation> newest) {
                           door.metrics.adopt(newest->catalogue);
                           const auto known = door.world.services.snapshot->endpoints;
                           door.world.adopt(newest);
                           auto market = *door.world.services.snapshot;
                           market.endpoints = known;
                           market.endpoints.resize(market.catalogue->endpoints().size());
                           return gateway::out_of_reach(newest->policies, market);
                         },
                         [this](const std::string& line) { said += line + "\n"; },
                         door.metrics,
                         ""};
};

}  // namespace support
