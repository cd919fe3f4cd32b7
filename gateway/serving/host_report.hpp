// What a host reported as an error, noted in the attempt: whose fault it is, and its words for the client.
#pragma once

#include "gateway/serving/attempt.hpp"
#include "providers/dialect/dialect.hpp"

namespace gateway {

// `status` is that of the host's reply; 200 where the error came in a body or in a stream.
void take_report(const InferenceRequest& request, const providers::Dialect& dialect, int status,
                 const providers::ReportedError& error, routing::Progress progress, Tried& tried);

// What is to be said of an attempt to which no reply came.
void take_words(const InferenceRequest& request, std::string_view words, Tried& tried);

}  // namespace gateway
