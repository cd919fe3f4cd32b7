// Requests that are refused before routing sees them: what the client is told, and the record of it, because
// who tries keys or paths shall be seen.
#pragma once

#include <cstdint>
#include <optional>
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
  std::optional<std::uint64_t> received{};  // of a body that was not read whole
};

Refused refused_by(const NotAdmitted& no);

// In whose words a client is told of what no surface was asked for.
const Surface& surface_for(const Incoming& incoming);
// Of a client that has said nothing yet.
const Surface& any_surface();

// What a refused client is told.
struct RefusalWords {
  std::string id;  // of the request
  int status = 0;
  std::string fields{};
  std::string body{};
  BodyWanted wanted = BodyWanted::yes;
};

// The error in the words of `surface`. Without an `id` the request gets one, which is in no record.
RefusalWords words_for(Front& front, const Surface& surface, const ErrorReply& error,
                       std::string_view id = {}, std::string_view more_fields = {});
providers::Task<void> refuse(HttpClient& client, RefusalWords words);
// Makes the record of a refusal, and says what its client is to be told.
RefusalWords note_refusal(Front& front, const Incoming& incoming, const ErrorReply& error,
                          const Refused& refused);
// Both.
providers::Task<void> turn_down(Front& front, const Incoming& incoming, HttpClient& client,
                                const ErrorReply& error, Refused refused);
// Answers what is not read to its end; no further byte of the connection is parsed.
providers::Task<void> refuse_unread(Front& front, providers::Connection& connection, RefusalWords words);

}  // namespace gateway
