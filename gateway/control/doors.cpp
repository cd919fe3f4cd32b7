#include "gateway/control/doors.hpp"

#include <boost/system/system_error.hpp>

#include "gateway/process/listening.hpp"

namespace gateway {

std::optional<Doors::Tcp::endpoint> Doors::open(const config::ListenAddress& wanted, int by_supervisor,
                                                const TakeOver& predecessor, const Listen& listen) {
  const std::optional<Tcp::endpoint> address = endpoint_of(wanted);
  if (!address) return say_(no_address(wanted)), std::nullopt;
  try {
    return listen(*address,
                  by_supervisor >= 0 ? std::vector{by_supervisor} : predecessor.sockets_at(*address));
  } catch (const boost::system::system_error& fault) {
    say_(cannot_listen(wanted, fault.code()));
    return std::nullopt;
  }
}

bool Doors::open(const Loops::Common& common, const std::shared_ptr<const Generation>& generation,
                 const Before& before) {
  const config::Settings& settings = generation->catalogue->settings();
  const auto at = open(settings.listen, before.supervisor.for_clients(), before.predecessor,
                       [&](const Tcp::endpoint& address, const std::vector<int>& given) {
                         return loops_.open(common, generation, address, given);
                       });
  if (!at) return false;
  url_ = url_of(*at, settings.tls ? Spoken::https : Spoken::http);
  if (!settings.admin) return true;
  admin_.emplace(common.control, generation, common.control.published(), common.shared);
  const auto admin_at = open(*settings.admin, before.supervisor.for_administration(), before.predecessor,
                             [&](const Tcp::endpoint& address, const std::vector<int>& given) {
                               return given.empty()
                                          ? admin_->listener().listen(address, Listener::Address::its_own)
                                          : admin_->listener().listen_on(given.front());
                             });
  if (!admin_at) return false;
  admin_url_ = url_of(*admin_at, settings.tls && settings.tls->admin ? Spoken::https : Spoken::http);
  say_("administration on " + admin_url_);
  return true;
}

HandedSockets Doors::sockets() {
  HandedSockets all{.clients = loops_.sockets(), .administration = {}};
  if (admin_) all.administration = admin_->listener().descriptors().front();
  return all;
}

}  // namespace gateway
