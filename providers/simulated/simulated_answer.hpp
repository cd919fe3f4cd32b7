// Carries an answer to its client as the model of the host makes it come: token by token, or whole at its
// end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "providers/simulated/simulated_reply.hpp"
#include "providers/simulated/simulated_server.hpp"

namespace providers {

// What becomes of the connection.
enum class After { keep_open, close };

// How the request came, as far as it decides how the answer goes.
struct Arrival {
  unsigned version = 11;
  After after = After::keep_open;
};

// The status line and the first fields, without the empty line.
std::string reply_head(int status, std::string_view content_type, After after);
// A whole reply. `fields` are complete header lines.
boost::asio::awaitable<After> send_reply(SimulatedConnection& connection, After after, int status,
                                         std::string fields, std::string body);

// Both count how it ended. `visit` and `text` must outlive the returned task.
boost::asio::awaitable<After> send_whole(SimulatedVisit& visit, Arrival arrival, const SimulatedReply& text);
boost::asio::awaitable<After> send_stream(SimulatedVisit& visit, Arrival arrival, const SimulatedReply& text);

}  // namespace providers
