// The dry run of a call over HTTP: the decision about it, as whom and when it is to be seen.
#pragma once

#include <optional>
#include <string>

#include "gateway/http/http_client.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// The decision about the call that the body holds, on what is known now. Nothing is sent, nothing learned.
// All must outlive the task.
providers::Task<void> explain(Front& front, const Route& route, Incoming& incoming,
                              const config::KeySettings* key, HttpClient& client);

// Why the key may not see what another key, or a team, would meet.
std::optional<ErrorReply> may_pretend(const Front& front, const std::string& as, const std::string& team,
                                      const config::KeySettings* key);

}  // namespace gateway
