// Who cannot take a request at all, whatever a policy says: who speaks no API in which it could be put, or
// one without a word for what it needs, and who is no substitute for the first endpoint.
#pragma once

#include <optional>

#include "gateway/request/inference.hpp"
#include "providers/dialect/dialect.hpp"

namespace gateway {

// The API in which an endpoint is asked; null where there is none.
const providers::Dialect* dialect_for(const InferenceRequest& request, const routing::Endpoint& endpoint);

// Whether what the client says goes on as it is: both speak the API, and the dialect can pass its replies on.
bool is_passed_on(const InferenceRequest& request, const providers::Dialect& dialect);
// Who can tell what its replies say: of what is passed on, as it is without the frames of its host. Null
// where nobody can.
const providers::Interpreter* reader_of_reply(const InferenceRequest& request,
                                              const providers::Dialect& dialect);

// What the client is told of a member that an endpoint cannot be told, where more is known than its name: "it
// is the assistant's: ..."; static; else empty. While there is a conversation.
std::string_view advice_on(const InferenceRequest& request, const routing::Unfit& unfit);

// Notes them in the request's demand, which names its models. Makes the conversation where an endpoint needs
// it; an error where the body is none, and nobody can take it as it is.
std::optional<ErrorReply> find_unfit(InferenceRequest& request, providers::JsonTokens& tokens);

}  // namespace gateway
