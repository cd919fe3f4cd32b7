// Answers for what models there are and who hosts them.
#pragma once

#include "gateway/http/http_client.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/run/front.hpp"

namespace gateway {

// `route` is of such a page.
providers::Task<void> answer_catalogue_page(Front& front, const Route& route, const Incoming& incoming,
                                            const config::KeySettings* key, HttpClient& client);

}  // namespace gateway
