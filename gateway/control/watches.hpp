// Who looks after hosts beside what requests show of them: the threads that ask engines and name servers, and
// the one that asks canaries. What they hear is told the control loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/canaries/canary_watch.hpp"
#include "gateway/control/gateway.hpp"
#include "gateway/control/kept_state.hpp"
#include "gateway/control/reload.hpp"
#include "gateway/engines/engine_watch.hpp"

namespace gateway {

class Watches {
 public:
  // Where an operator reads what happens; from any thread.
  using Say = std::function<void(const std::string&)>;
  // All must outlive it.
  Watches(const Start& start, ControlLoop& control, Reload& reload, KeptState& kept, providers::Names& names,
          Say say)
      : start_(start), control_(control), reload_(reload), kept_(kept), names_(names), say_(std::move(say)) {}

  // Before what the market knew is taken up, because that is of their addresses.
  void look_after_engines();
  // Where nothing is kept a restart would forget what they cost.
  void look_after_quality();
  void adopt(std::shared_ptr<const Generation> newest);
  // Ends the threads. False where something goes on that nothing can end in time: then this must not be
  // destroyed.
  bool stop();

 private:
  template <class Work>
  void on_control(Work work);

  const Start& start_;
  ControlLoop& control_;
  Reload& reload_;
  KeptState& kept_;
  providers::Names& names_;
  Say say_;
  std::unique_ptr<EngineWatch> engines_;
  std::unique_ptr<CanaryWatch> canaries_;
  std::uint64_t canary_number_ = 0;  // its thread's
};

}  // namespace gateway
