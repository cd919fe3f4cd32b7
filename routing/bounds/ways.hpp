// What each request of a trace would meet at each host, as far as a bound (bound.hpp) counts it: what it is
// billed at the least, how long it takes there at a usual moment, and the host's moods. Immutable once made.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "routing/bounds/stretch.hpp"
#include "routing/simulation/simulation.hpp"

namespace routing {

// One request at one host.
struct Way {
  double dollars = endless;   // and what endless changes;
                              // infinite: it cannot be served there
  double idle = 0, work = 0;  // seconds at a usual moment: to the first token, from there to the last
  // The host's mood when it comes, and the best one shortly after, should that be better.
  double ttft = endless, speed = 0;
  double wait = endless, ttft_soon = endless, speed_soon = 0;
};

// By conversation, how many tokens its longest prompt had so far.
using Said = std::unordered_map<std::uint64_t, std::int64_t>;

class Ways {
 public:
  // All must outlive this. `said` grows by these requests.
  Ways(const Scenario& scenario, SimulatedMarket& market, std::span<const config::TraceRequest> requests,
       Said& said);

  std::size_t requests() const { return requests_.size(); }
  std::size_t hosts() const { return scenario_.fleet->hosts.size(); }
  const Way& way(std::size_t request, std::size_t host) const { return ways_[request * hosts() + host]; }
  double arrived(std::size_t request) const;  // seconds
  double last_arrival() const { return arrived(requests_.size() - 1); }
  // Dollars, should nobody answer it.
  double fine(std::size_t request) const { return fines_[request]; }

  // A host's moods, and the one in which a request comes.
  const std::vector<Stretch>& stretches(std::size_t host) const { return stretches_[host]; }
  std::size_t stretch_of(std::size_t request) const;
  // For so many seconds after its arrival a way knows of better moments; after that stretches do.
  static constexpr double looks_ahead = 16;

 private:
  struct Look {
    double at = 0;                         // seconds
    std::optional<std::size_t> request{};  // nothing: the stretch's own
    std::size_t moment = 0;                // of those after its arrival
  };
  std::vector<Look> looks() const;
  void look_around(std::size_t host, const std::vector<Look>& looks);
  void value_requests(Said& said);
  double ordinary_cost(const config::TraceRequest& request) const;
  // Nothing where it cannot be served.
  void value(const config::TraceRequest& request, const config::SimulatedHost& host, double said, double fine,
             Way& way) const;

  const Scenario& scenario_;
  SimulatedMarket& market_;
  std::span<const config::TraceRequest> requests_;
  double length_ = 0;                            // of a stretch
  std::vector<std::vector<Stretch>> stretches_;  // by host
  std::vector<Way> ways_;                        // [request][host]
  std::vector<double> fines_;
};

}  // namespace routing
