// Looks after engines of one's own on a thread of its own: asks each of them again and again how it is, and
// looks up the addresses of their names. An engine or a name server that hangs holds up nobody but the next
// look at itself.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/generation/addresses.hpp"
#include "gateway/generation/generation.hpp"
#include "providers/net/names.hpp"
#include "routing/market/engine_state.hpp"

namespace gateway {

// What one look at the engine of a provider showed.
struct EngineNews {
  std::uint64_t generation = 0;
  std::size_t provider = 0;  // its place in the generation's settings
  routing::EngineReport report{};
  std::vector<int> own;  // attempts of ours under way meanwhile, of each of its endpoints
};

class EngineWatch {
 public:
  using Intervals = std::map<std::string, std::chrono::milliseconds>;  // by name
  // Called on its thread.
  struct Tell {
    std::function<void(EngineNews)> news;
    std::function<void(Addresses)> addresses;  // all that are known, when any came or went
  };

  // `names` must outlive it.
  EngineWatch(providers::Names& names, Tell tell);
  ~EngineWatch();
  EngineWatch(const EngineWatch&) = delete;
  EngineWatch& operator=(const EngineWatch&) = delete;

  // Before anything else: the addresses that are found within `limit`.
  Addresses first(const Intervals& names, std::chrono::milliseconds limit);
  // From any thread: from now on it looks after the engines of this generation and after these names. The
  // thread begins with the first of them.
  void adopt(std::shared_ptr<const Generation> generation, Intervals names);
  // Ends the thread. False where a look goes on that nothing can end in time: then this must not be
  // destroyed.
  bool stop();

 private:
  struct State;
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace gateway
