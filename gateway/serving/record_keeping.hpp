// Opens and closes the one record of a request.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/http/incoming.hpp"
#include "gateway/observe/record.hpp"
#include "gateway/request/inference.hpp"
#include "gateway/request/reply.hpp"

namespace gateway {

Foreseen foreseen(const routing::Decision& decision);
LeftOut left_out(const routing::Decision& decision);

// `record` is empty.
void begin_record(Record& record, const InferenceRequest& request);
// `error` is what the client was told, or would have been. Takes the demand out of the request.
void end_record(Record& record, InferenceRequest& request, const Reply& reply,
                const std::optional<ErrorReply>& error, config::TimePoint now);

// Of a request that was refused before routing saw it. `path` is of the route table.
void refused_record(Record& record, const ErrorReply& error, std::string_view path, const Incoming& incoming,
                    const config::KeySettings* key, const providers::Timer& timer);

}  // namespace gateway
