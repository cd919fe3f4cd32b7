// A gateway's data loop in simulated time: hosts that follow scripts, one client, and requests through
// serve(). Endpoints are asked in the order of their names: "cheap", "middle", "dear".
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gateway/request/understand.hpp"
#include "gateway/run/hosts.hpp"
#include "gateway/serving/serve.hpp"
#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/scripted_provider.hpp"
#include "tests/support/string_client.hpp"
#include "tests/support/three_hosts.hpp"

namespace support {

// Events as hosts send them.
inline std::string event(const std::string& json) {
  return "data: " + json + "\n\n";
}
inline std::string delta(const std::string& members, const std::string& finish = "null") {
  return event(R"({"object":"chat.completion.chunk","choices":[{"index":0,"delta":{)" + members +
               R"(},"finish_reason":)" + finish + "}]}");
}
inline std::string role() {
  return delta(R"("role":"assistant","content":"")");
}
inline std::string says(const std::string& text) {
  return delta(R"("content":")" + text + '"');
}
inline std::string stop() {
  return delta("", R"("stop")");
}
inline std::string usage_event() {
  return event(R"({"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}})");
}
inline const std::string done = "data: [DONE]\n\n";

// A stream that says `text`, its first token after `first_token`.
inline Script stream(const std::string& text, config::Duration first_token = {}) {
  Script script;
  script.body = {{{}, role()}, {first_token, says(text)}, {{}, stop()}, {{}, usage_event()}, {{}, done}};
  return script;
}
inline Script pieces(std::vector<Script::Step> body) {
  Script script;
  script.body = std::move(body);
  return script;
}
inline Script refuses(int status, std::string body = R"({"error":{"message":"no"}})",
                      std::optional<config::Duration> retry_after = {}) {
  Script script;
  script.head = {.status = status, .content = providers::ContentKind::json, .retry_after = retry_after};
  script.body = {{{}, std::move(body)}};
  return script;
}
inline Script document(std::string body) {
  Script script;
  script.head.content = providers::ContentKind::json;
  script.body = {{{}, std::move(body)}};
  return script;
}
inline Script fails(routing::FailureKind kind, config::Duration after = {}) {
  Script script;
  script.fails = kind;
  script.head_after = after;
  return script;
}
inline const std::string whole_answer =
    R"({"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",)"
    R"("content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}})";

inline config::Settings three_prices() {
  config::Settings settings;
  settings.providers = {tests::host("cheap", ""), tests::host("middle", ""), tests::host("dear", "")};
  config::ModelSettings model;
  model.name = {"m"};
  model.endpoints = {tests::at("cheap", 0, 0.01, 0.01, 64'000), tests::at("middle", 1, 40, 40, 64'000),
                     tests::at("dear", 2, 90, 90, 64'000)};
  settings.models = {model};
  return settings;
}

class ServedWorld {
 public:
  enum Host { cheap, middle, dear };

  explicit ServedWorld(config::Settings settings = three_prices())
      : ServedWorld(std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings)),
                                                                only_the_balanced())) {}
  explicit ServedWorld(std::shared_ptr<const gateway::Generation> first) { adopt(std::move(first)); }
  ~ServedWorld() {
    interruption.peer_left();
    client.gone = true;
    client.release();
    loop.advance(std::chrono::hours(1));
  }

  // Takes a generation into use, as a data loop does; providers of a name that was there go on.
  void adopt(std::shared_ptr<const gateway::Generation> newest) {
    auto hosts = std::make_shared<gateway::Hosts>();
    for (const config::ProviderSettings& settings : newest->catalogue->settings().providers) {
      std::shared_ptr<ScriptedProvider>& provider = known_[settings.name.text];
      if (!provider) {
        provider = std::make_shared<ScriptedProvider>(loop.timer);
        provider->will(fails(routing::FailureKind::connect));
        scripted.push_back(provider.get());
      }
      hosts->providers.push_back(provider);
    }
    generation = newest;
    hosts->generation = std::move(newest);
    gateway::adopt(services, std::move(hosts),
                   std::make_shared<const routing::Snapshot>(tests::snapshot_of(generation->catalogue)));
  }

  ScriptedProvider& host(Host which) { return *scripted[which]; }
  // What the host does from now on.
  void script(Host which, Script script) {
    if (!scripted_once_[which]) host(which).forget();
    scripted_once_[which] = true;
    host(which).will(std::move(script));
  }
  // Asks for a stream of model "m"; `more` are further members of the body: ",\"max_tokens\":5".
  void ask(const std::string& more = "") { begin(R"({"model":"m","stream":true)" + more); }
  void ask_whole(const std::string& more = "") { begin(R"({"model":"m")" + more); }
  void call(const gateway::Surface& surface, std::string body) {
    gateway::Incoming incoming;
    incoming.body = std::move(body);
    incoming.arrived = loop.timer.now();
    auto understood = gateway::understand(surface, incoming, nullptr, services);
    request.emplace(std::move(std::get<gateway::InferenceRequest>(understood)));
    reply.emplace(client, loop.timer, *request->surface, request->id);
    loop.start(gateway::serve(services, *request, *reply, interruption), outcome);
    loop.advance({});
  }
  void leave() {
    client.gone = true;
    interruption.peer_left();
    loop.settle();
  }
  void advance(config::Duration time) { loop.advance(time); }
  bool ended() const { return outcome.ended(); }
  const gateway::Record& record() const { return **outcome.value; }
  int open() const {
    int sum = 0;
    for (const ScriptedProvider* each : scripted) sum += each->open;
    return sum;
  }
  int in_flight() const {
    int sum = 0;
    for (const routing::Endpoint& endpoint : generation->catalogue->endpoints()) {
      sum += generation->in_flight.at(endpoint.index);
    }
    return sum;
  }

  Loop loop;
  std::shared_ptr<const gateway::Generation> generation;
  std::vector<ScriptedProvider*> scripted;  // in the order of their first generation
  std::vector<gateway::Sighting> sightings;
  std::vector<gateway::RecordPtr> delivered;  // of requests that came through a session
  gateway::Services services{{.timer = loop.timer, .dice = gateway::Dice(1)},
                             gateway::Outbox(loop.timer, [this](gateway::Batch batch) {
                               for (auto& sighting : batch.sightings) sightings.push_back(sighting);
                               for (auto& record : batch.records) delivered.push_back(std::move(record));
                             })};
  StringClient client;
  gateway::Interruption interruption;
  Outcome<gateway::RecordPtr> outcome;
  std::optional<gateway::InferenceRequest> request;
  std::optional<gateway::Reply> reply;

 private:
  void begin(const std::string& start) {
    call(gateway::openai_chat_surface(), start + R"(,"messages":[{"role":"user","content":"Hi"}]})");
  }

  static routing::PolicySet only_the_balanced() {
    routing::Policy policy{.name = {"balanced"}};
    policy.explore = 0;
    policy.hedge_budget = 0;
    return routing::PolicySet({policy}, {}, 0);
  }

  std::array<bool, 3> scripted_once_{};
  std::map<std::string, std::shared_ptr<ScriptedProvider>> known_;  // by name, of every generation
};

// Hosts of which much is known: they begin within half a second.
inline void make_well_known(ServedWorld& world) {
  routing::Snapshot snapshot = *world.services.snapshot;
  for (auto& endpoint : snapshot.endpoints) {
    for (int i = 0; i < 50; ++i) {
      endpoint.speed.observe_first_delta({}, config::Seconds(0.5));
      endpoint.speed.observe_stream({}, 400, config::Seconds(400 / 60.0));
    }
  }
  world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
}

}  // namespace support
