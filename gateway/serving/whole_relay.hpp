// A reply that comes whole, passed on or put into the client's words. One attempt's.
#pragma once

#include "gateway/serving/batches.hpp"
#include "gateway/serving/stream_relay.hpp"

namespace gateway {

inline constexpr std::size_t max_whole_reply = 64u << 20;

// The body up to `limit` bytes; more is a bad reply. Blank lines keep a connection open while nothing is
// there yet of the answer: they are no part of it.
providers::Task<providers::Result<std::string>> read_whole(DecidingServices& services,
                                                           providers::Exchange& exchange, Watchdog& watchdog,
                                                           std::size_t limit);

// Of the last of `batches`, and before that keeps what came.
providers::Task<void> relay_whole(const Attempting& with, providers::Exchange& exchange, Batches& batches);

// Of a host that answers a stream with one document: it has an error to tell, or does not stream.
providers::Task<void> read_document(const Attempting& with, providers::Exchange& exchange);

}  // namespace gateway
