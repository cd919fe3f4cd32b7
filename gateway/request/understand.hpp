// Turns an HTTP request in one of the APIs that clients speak into an InferenceRequest, or says what is wrong
// with it.
#pragma once

#include <variant>

#include "gateway/http/incoming.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// Takes the body out of `incoming`. `key` is who asks; null where no keys are configured.
std::variant<InferenceRequest, ErrorReply> understand(const Surface& surface, Incoming& incoming,
                                                      const config::KeySettings* key,
                                                      DecidingServices& services);

// How long a prompt is, as far as it can be told without a host.
std::variant<config::Tokens, ErrorReply> counted_prompt(const Counting& counting, std::string_view body,
                                                        const config::KeySettings* key,
                                                        DecidingServices& services);

// What names one request in replies, logs and records.
std::string new_id(Dice& dice);
// 404, with the names that are near, of those that the key may use.
ErrorReply unknown_model(const std::string& model, const routing::Catalogue& catalogue,
                         const config::KeySettings* key);

// The first one, and its fallbacks.
std::vector<std::string> asked_models(const ClientBody& asked);

}  // namespace gateway
