// Answers the routes that serve no inference: models, health, status, metrics, reload, and the dry run of a
// call.
#pragma once

#include "gateway/http/http_client.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// All must outlive the task.
providers::Task<void> answer_page(Front& front, const Route& route, Incoming& incoming,
                                  const config::KeySettings* key, HttpClient& client);

}  // namespace gateway
