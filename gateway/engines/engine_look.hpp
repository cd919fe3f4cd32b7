// One look at an inference engine: whether it is ready, and how much it has to do. Belongs to one loop.
#pragma once

#include <optional>

#include "providers/host/http_provider.hpp"
#include "routing/market/engine_state.hpp"

namespace gateway {

// The engine as a host whose pages are asked: `provider`'s, from its root on.
config::ProviderSettings engine_host(const config::ProviderSettings& provider);

class EngineLook {
 public:
  // Both must outlive it. `host` was made of engine_host().
  EngineLook(providers::HttpProvider& host, providers::Timer& timer, const config::EngineSettings& engine)
      : host_(host), timer_(timer), engine_(engine) {}

  // Nothing where a look showed nothing: a single one that got no answer, or for which this machine had no
  // room.
  providers::Task<std::optional<routing::EngineReport>> once();

 private:
  providers::Task<std::optional<bool>> ready();
  void read(std::string_view page, routing::EngineReport& report) const;

  providers::HttpProvider& host_;
  providers::Timer& timer_;
  const config::EngineSettings engine_;
  int silent_ = 0;  // looks in a row that got no answer
  bool was_ready_ = true;
};

}  // namespace gateway
