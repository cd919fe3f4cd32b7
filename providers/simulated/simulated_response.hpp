// What a simulated host answers to one HTTP request: which of its few paths it is, and whether the client
// may.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "providers/simulated/simulated_answer.hpp"
#include "providers/simulated/simulated_reply.hpp"
#include "providers/simulated/simulated_request.hpp"
#include "providers/simulated/simulated_server.hpp"

namespace providers {

// An HTTP request, read to its end.
struct SimulatedCall {
  std::string method;
  std::string path;   // without the query
  std::string query;  // without its mark
  std::string authorization;
  std::string api_key;  // x-api-key, or as Google and Microsoft call it
  std::string body;
  Arrival arrival;
};

// `call` need not outlive the call of this function.
boost::asio::awaitable<After> respond(std::shared_ptr<SimulatedConnection> connection,
                                      const SimulatedCall& call);

// An error, counted, in the words of `api`. `fields` are further header lines. `connection` must outlive the
// returned task.
boost::asio::awaitable<After> refuse(SimulatedConnection& connection, After after,
                                     const SimulatedError& error, std::string fields = {},
                                     SimulatedApi api = SimulatedApi::chat);

}  // namespace providers
