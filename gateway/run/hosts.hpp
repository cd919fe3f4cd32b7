// The hosts of a generation as one data loop reaches them, and how that loop takes a new generation into use.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "gateway/request/services.hpp"
#include "providers/net/resolver.hpp"

namespace gateway {

// A provider whose settings did not change stays the one of `before`, with its open connections and its TLS
// session; one with a `ca_file`, or with a certificate to show, is made anew, so that the files are read
// again. `before` may be null. `io`, `timer` and `resolver` must outlive the hosts.
std::shared_ptr<const Hosts> hosts_of(std::shared_ptr<const Generation> generation, const Hosts* before,
                                      boost::asio::io_context& io, providers::Timer& timer,
                                      providers::Resolver& resolver);

// From now on requests begin with `hosts`; those under way keep theirs. `snapshot` is of the same generation.
void adopt(DecidingServices& services, std::shared_ptr<const Hosts> hosts,
           std::shared_ptr<const routing::Snapshot> snapshot);

}  // namespace gateway
