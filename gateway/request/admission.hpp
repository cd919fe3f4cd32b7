// Whether a request may have the page it asks for: what its address offers, the method, the page of the web
// that it comes from, its key. Pure but for the key that the connection keeps.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/chat/error_reply.hpp"
#include "gateway/generation/key_ring.hpp"
#include "gateway/http/incoming.hpp"
#include "gateway/http/routes.hpp"

namespace gateway {

// What is offered at an address. Where administration has one of its own, it is nowhere else; where it has
// none, client keys may look at metrics and status, but nobody may change anything.
enum class Offers { inference, inference_and_status, administration };

struct Admitted {
  Route route;
  const config::KeySettings* key = nullptr;  // null where nobody is asked for one
};
struct NotAdmitted {
  ErrorReply error;
  std::string fields;  // more header fields of the reply
};

// `keys` must be of a generation that `generation` names.
std::variant<Admitted, NotAdmitted> admit(const Incoming& incoming, Offers offers, const KeyRing& keys,
                                          std::uint64_t generation, KeptKey& kept);

}  // namespace gateway
