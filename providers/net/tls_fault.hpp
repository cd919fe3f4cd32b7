// What went wrong when a host and we shook hands, out of OpenSSL's many words for it. Pure.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include "routing/terms/outcome.hpp"

namespace providers {

// Whether the host asked for a certificate of ours, which we never have.
enum class CertificateAsked { no, yes };

// Of a handshake that failed with `error`.
routing::TlsFault fault_of_handshake(boost::system::error_code error, SSL* ssl, CertificateAsked asked);
// Of a connection that had been made: none where its end is no business of TLS.
routing::TlsFault fault_of_alert(boost::system::error_code error, CertificateAsked asked);

}  // namespace providers
