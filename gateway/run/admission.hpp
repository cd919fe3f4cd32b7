// Whether a request may have the page it asks for: what its address offers, the method, the host and the page
// of the web that it comes from, its key and the key's role. Pure but for the key that the connection keeps.
//
// Whoever reaches the address of administration may look at metrics and hosts there. What changes something
// wants a key with a role, there too, as soon as there is any key; where administration has no address of its
// own, so does looking. Where no key is asked for, a browser on this machine could be made to call: a request
// must be addressed to this machine by a name that no other site can have, and come from no page of one but
// those that the operator names.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/generation/key_ring.hpp"
#include "gateway/http/incoming.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/overload/shed.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// What is offered at an address. Where administration has one of its own, it is nowhere else.
enum class Offers { inference, everything, administration };

// Who can reach the address.
enum class Reach { this_machine, others };

struct Admitted {
  Route route;
  const config::KeySettings* key = nullptr;  // null where nobody is asked for one
};
struct NotAdmitted {
  ErrorReply error;
  std::string fields;                 // more header fields of the reply
  std::string_view reason;            // for log and metrics: one of a fixed few
  std::string_view path = "unknown";  // of the route table
  const config::KeySettings* key = nullptr;
  Shed shed = Shed::none;
  config::Priority priority = config::Priority::normal;
};

// `keys` must be of a generation that `generation` names. `logged_in`: the key of the console's log-in, which
// opens the pages of administration where no other key is presented.
std::variant<Admitted, NotAdmitted> admit(config::WallTime wall, const Incoming& incoming, Offers offers,
                                          Reach reach, const KeyRing& keys, const config::CorsSettings& cors,
                                          std::uint64_t generation, KeptKey& kept,
                                          const config::KeySettings* logged_in = nullptr);

}  // namespace gateway
