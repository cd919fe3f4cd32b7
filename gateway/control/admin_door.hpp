// The address of its own where metrics and administration are reached. Belongs to the control loop.
#pragma once

#include <memory>

#include "config/values/address.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/run/listener.hpp"
#include "gateway/run/shared.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {

class AdminDoor {
 public:
  // `control` and `shared` must outlive the door.
  AdminDoor(ControlLoop& control, std::shared_ptr<const Generation> generation,
            std::shared_ptr<const routing::Snapshot> snapshot, Shared& shared)
      : timer_(control.io()),
        // A record is made of nobody but those that its pages are refused to.
        outbox_(timer_, [&control](const Batch& batch) { control.note(batch); }),
        services_{.timer = timer_, .dice = Dice(0)},  // its pages draw nothing
        front_{.services = services_,
               .outbox = outbox_,
               .loop = control.io(),
               .pages = control,
               .metrics = control.counters(),
               .addresses = shared.addresses,
               .bodies = shared.bodies,
               .offers = Offers::administration,
               .reach = reach_of(*generation),
               .logins = &shared.logins},
        listener_(control.io(), front_, connections_) {
    adopt(std::move(generation), std::move(snapshot));
  }

  // Whose keys may ask from now on.
  void adopt(std::shared_ptr<const Generation> generation,
             std::shared_ptr<const routing::Snapshot> snapshot) {
    services_.hosts =
        std::make_shared<const Hosts>(Hosts{.generation = std::move(generation), .providers = {}});
    services_.snapshot = std::move(snapshot);
  }

  Listener& listener() { return listener_; }

 private:
  static constexpr int most_connections = 1000;
  static Reach reach_of(const Generation& generation) {
    const auto& address = generation.catalogue->settings().admin;
    return address && config::is_loopback(address->host) ? Reach::this_machine : Reach::others;
  }

  providers::Wheel timer_;
  Outbox outbox_;
  DecidingServices services_;
  Front front_;
  ConnectionLimit connections_{most_connections};  // clients must not keep an administrator out
  Listener listener_;
};

}  // namespace gateway
