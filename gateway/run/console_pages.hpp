// Answers the routes of the console: its files, log-in, the stream of events, and what takes its time to
// make.
#pragma once

#include "gateway/http/http_client.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

bool is_of_console(Page page);
// The key of the log-in that a request presents; null where there is none.
const config::KeySettings* logged_in(const Front& front, const Incoming& incoming);
// All must outlive the task.
providers::Task<void> answer_console_page(Front& front, const Route& route, Incoming& incoming,
                                          const config::KeySettings* key, HttpClient& client);

}  // namespace gateway
