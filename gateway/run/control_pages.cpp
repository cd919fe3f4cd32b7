#include "gateway/run/control_pages.hpp"

#include "gateway/keys/key_store.hpp"

namespace gateway {

providers::Task<Administered> Pages::administer(Loop& /*asker*/, AdminCall /*call*/) {
  const KeyAnswer answer = key_fault(501, "no_state_directory",
                                     "Keys and costs are not kept here: the gateway has no state directory.");
  co_return Administered{.status = answer.status, .body = answer.body};
}

providers::Task<Pages::Told> Pages::change_service(Loop& /*asker*/, ServiceCall /*call*/) {
  co_return Told{.status = 404, .text = "No endpoint can be taken out of service here."};
}

providers::Task<Pages::Told> Pages::disable(Loop& asker, ServiceCall call) {
  auto changing = change_service(asker, std::move(call));
  co_return co_await std::move(changing);
}

providers::Task<Pages::Told> Pages::probe(Loop& /*asker*/, std::string /*endpoint*/, std::string /*model*/) {
  co_return Told{.status = 404, .text = "No endpoint can be asked here."};
}

providers::Task<Pages::Told> Pages::take_prefills(Loop& /*asker*/, std::string /*body*/) {
  co_return Told{.status = 404, .text = "Nothing that a probe shows is kept here."};
}

void Pages::note(Change /*change*/) {}

providers::Task<Pages::Told> Pages::changes(Loop& /*asker*/) {
  co_return Told{.status = 404, .text = "Nobody writes changes down here."};
}

}  // namespace gateway
