// Asks canaries (routing/quality/canary.hpp) on a thread of its own: whoever is due by what the control loop
// last saw, a few at a time. What they show goes back to the control loop. Nobody is asked whom `always`
// forbids, who is out of service or failing, or to whom requests go anyway.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "gateway/canaries/canary_question.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/postgres/connection.hpp"
#include "providers/net/names.hpp"
#include "routing/terms/outcome.hpp"

namespace gateway {

// What became of a canary.
struct CanaryNews {
  std::shared_ptr<const Generation> generation;
  routing::EndpointIndex endpoint = 0;
  std::optional<routing::FailureKind> failure{};  // absent: it answered
  routing::Conduct conduct{};
  std::optional<routing::Usage> usage{};
  config::Money cost{};       // what the host bills, as far as known; what was set aside where it is not
  bool is_estimated = false;  // that cost
  config::WallTime began{};
  config::Duration took{};
  double budget_used = 0;  // of its endpoint's for the day, as a share; all gateways' where they share it
};

class CanaryWatch {
 public:
  // Called on its thread.
  struct Tell {
    std::function<void(CanaryNews)> news;
    std::function<void(const std::string&)> say;
  };

  // `file`: where they are accounted for. `shared`: the database in which several gateways have one budget;
  // absent: this one's is its own. `names` must outlive it. Draws follow from `seed`.
  CanaryWatch(providers::Names& names, std::string file, std::optional<PostgresAddress> shared,
              std::uint64_t seed, Tell tell);
  ~CanaryWatch();
  CanaryWatch(const CanaryWatch&) = delete;
  CanaryWatch& operator=(const CanaryWatch&) = delete;

  // From any thread: asks who is due. The thread begins with the first one that wants canaries.
  void look(CanaryView seen);
  // Ends the thread. False where a look-up of a name goes on that nothing can end: then this must not be
  // destroyed.
  bool stop();

 private:
  struct State;
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace gateway
