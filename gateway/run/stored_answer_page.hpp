// Answers that hosts store for clients: read, cancelled and deleted there, by the key that got them alone.
#pragma once

#include "gateway/http/http_client.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/request/interruption.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// `route` is of such a page.
providers::Task<void> answer_stored(Front& front, const Route& route, const Incoming& incoming,
                                    const config::KeySettings* key, HttpClient& client,
                                    Interruption& interruption);

}  // namespace gateway
