#include "gateway/run/control_pages.hpp"

#include "gateway/keys/key_store.hpp"

namespace gateway {

providers::Task<Administered> Pages::administer(Loop& /*asker*/, AdminCall /*call*/) {
  const KeyAnswer answer = key_fault(501, "no_state_directory",
                                     "Keys and costs are not kept here: the gateway has no state directory.");
  co_return Administered{.status = answer.status, .body = answer.body};
}

}  // namespace gateway
