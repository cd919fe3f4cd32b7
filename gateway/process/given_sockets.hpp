// Listening sockets that were made before the process and outlive it, as systemd's socket units give them
// (sd_listen_fds(3)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct GivenSocket {
  int descriptor = -1;
  std::string name;  // as the unit calls it; empty: it says none
};

class GivenSockets {
 public:
  // Takes what is for this process from the environment, so that no child takes it for its own. Before there
  // are threads.
  GivenSockets();

  const std::vector<GivenSocket>& all() const { return all_; }
  int for_administration() const;        // -1: there is none
  std::vector<int> for_clients() const;  // all others

 private:
  std::vector<GivenSocket> all_;
};

}  // namespace gateway
