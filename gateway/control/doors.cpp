#include "gateway/control/doors.hpp"

#include <boost/system/system_error.hpp>

#include "config/values/address.hpp"
#include "gateway/process/listening.hpp"

namespace gateway {

std::optional<Doors::Tcp::endpoint> Doors::open(const config::ListenAddress& wanted,
                                                const std::vector<int>& by_supervisor,
                                                const TakeOver& predecessor, const Listen& listen) {
  const std::optional<Tcp::endpoint> address = endpoint_of(wanted);
  if (!address) return say_(no_address(wanted)), std::nullopt;
  try {
    return listen(*address, by_supervisor.empty() ? predecessor.sockets_at(*address) : by_supervisor);
  } catch (const boost::system::system_error& fault) {
    say_(cannot_listen(wanted, fault.code()));
    return std::nullopt;
  }
}

// The configuration was checked for what `listen` says, which does not count where sockets are given.
bool Doors::may_open(const config::Settings& settings, const std::vector<int>& given) {
  host_ = settings.listen.host;
  for (const int each : given) {
    const std::optional<Tcp::endpoint> at = endpoint_at(each);
    if (!at) return say_("a socket that was given is none of TCP"), false;
    const std::string host = at->address().to_string();
    if (config::is_loopback(host)) continue;
    host_ = host;
    if (!settings.keys.empty()) continue;
    say_("the socket that was given listens at `" + host +
         "`, which other machines can reach, but there is no key under `keys`: add a key, or give one that "
         "listens at 127.0.0.1");
    return false;
  }
  return true;
}

// An `admin` that others reach was warned of, and is meant so; a socket in the place of one that they do not
// reach is not.
bool Doors::may_administer(const config::Settings& settings, int given) {
  const std::optional<Tcp::endpoint> at = endpoint_at(given);
  if (!at) return say_("the socket `admin` that was given is none of TCP"), false;
  const std::string host = at->address().to_string();
  if (config::is_loopback(host) || !config::is_loopback(settings.admin->host)) return true;
  host_ = host;
  if (!settings.keys.empty()) return true;
  say_("the socket `admin` that was given listens at `" + host +
       "`, and whoever reaches it administers the gateway, as there is no key under `keys`: add a key, or "
       "give one that listens at 127.0.0.1");
  return false;
}

bool Doors::open(const Loops::Common& common, const std::shared_ptr<const Generation>& generation,
                 const Before& before) {
  const config::Settings& settings = generation->catalogue->settings();
  const std::vector<int> supervised = before.supervisor.for_clients();
  if (!may_open(settings, supervised)) return false;
  const auto share = supervised.empty() ? Loops::Share::one_by_each : Loops::Share::all_by_each;
  const auto at = open(settings.listen, supervised, before.predecessor,
                       [&](const Tcp::endpoint& address, const std::vector<int>& given) {
                         return loops_.open(common, generation, address, given, share);
                       });
  if (!at) return false;
  url_ = url_of(*at, settings.tls ? Spoken::https : Spoken::http);
  const int for_administration = before.supervisor.for_administration();
  if (!settings.admin) {
    if (for_administration >= 0)
      say_("the socket `admin` that was given is not served: the configuration has no address `admin`");
    return true;
  }
  if (for_administration >= 0 && !may_administer(settings, for_administration)) return false;
  admin_.emplace(common.control, generation, common.control.published(), common.shared);
  const std::vector<int> of_admin(for_administration >= 0 ? 1 : 0, for_administration);
  const auto admin_at = open(*settings.admin, of_admin, before.predecessor,
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
