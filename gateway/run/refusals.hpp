// Requests that are refused before routing sees them: what the client is told, and the record of it, because
// who tries keys or paths shall be seen.
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/http_client.hpp"
#include "gateway/run/front.hpp"
#include "gateway/surface/surface.hpp"

namespace gateway {

// Where a request was refused, for its record: nothing of it is the client's own text.
struct Refused {
  std::string_view path;  // of the route table
  const config::KeySettings* key = nullptr;
  std::string_view reason{};       // absent: the error's code
  std::string_view more_fields{};  // of the reply
  Shed shed = Shed::none;
  config::Priority priority = config::Priority::normal;
};

Refused refused_by(const NotAdmitted& no);

// In whose words a client is told of what no surface was asked for.
const Surface& surface_for(const Incoming& incoming);
// Of one of which only the path is known.
const Surface& surface_at(std::string_view path);
// Of a client that has said nothing yet.
const Surface& any_surface();

// Answers with the error, in the words of `surface`. `id` names the request in its record; where there is
// none, the reply alone has one.
providers::Task<void> refuse(Front& front, HttpClient& client, const Surface& surface,
                             const ErrorReply& error, std::string_view id = {},
                             std::string_view more_fields = {});
// Makes the record of a refusal. Returns the request's id.
std::string note_refusal(Front& front, const Incoming& incoming, const ErrorReply& error,
                         const Refused& refused);
// Both.
providers::Task<void> turn_down(Front& front, const Incoming& incoming, HttpClient& client,
                                const ErrorReply& error, Refused refused);
// Answers what is not read to its end; no further byte of the connection is parsed.
providers::Task<void> refuse_unread(Front& front, providers::Connection& connection, const Surface& surface,
                                    const ErrorReply& error, std::string_view id = {},
                                    std::string_view more_fields = {});

}  // namespace gateway
