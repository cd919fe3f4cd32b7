// Answers that a host stores for its clients: their ids as clients know them, sealed with who stores them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateway/request/inference.hpp"

namespace gateway {

// Leaves out everybody but the endpoint that stores the answer which the request refers to, and puts in the
// host's own id of it. An error where there is no such answer of this key's.
std::optional<ErrorReply> find_stored(InferenceRequest& request);

// An answer that is stored, by its id as its client knows it.
struct StoredAnswer {
  const routing::Endpoint* endpoint = nullptr;  // of `generation`
  std::string model;                            // public name
  std::string id;                               // the host's own
  const providers::Dialect* dialect = nullptr;  // in which it is kept
};
// Nothing where there is none of this key's any more.
std::optional<StoredAnswer> stored_answer(const Generation& generation, const config::KeySettings* key,
                                          std::string_view id);
// The same whatever is wrong with an id: who guesses learns nothing.
ErrorReply no_stored_answer(std::string_view param);
// A host's id of an answer that it stores in the client's form.
std::string sealed_id(const Generation& generation, const routing::Endpoint& endpoint,
                      const config::KeySettings* key, std::string_view native);

// Gives a host's id of an answer that it stores the client's form; empty: nothing is stored there.
using SealedId = std::function<std::string(std::string_view native)>;
SealedId sealed_id_for(const InferenceRequest& request, const routing::Endpoint& endpoint);

}  // namespace gateway
