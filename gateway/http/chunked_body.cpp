#include "gateway/http/chunked_body.hpp"

#include "config/values/reserve_ahead.hpp"
#include "gateway/http/incoming.hpp"

namespace gateway {

ChunkedBody::Fed ChunkedBody::feed(std::string_view bytes) {
  Fed fed;
  while (fed.consumed < bytes.size()) {
    const auto step = reader_.read(bytes.substr(fed.consumed));
    fed.consumed += step.consumed;
    if (step.state == providers::ChunkedReader::State::broken) {
      fed.refusal = Refusal{400, "bad_request", "chunked body: found " + std::string(reader_.fault())};
      return fed;
    }
    if (step.piece.size() > limit_ - body_.size()) {
      fed.refusal = Refusal{413, "body_too_large",
                            "body: over " + std::to_string(limit_) + " bytes; allowed are so many at most"};
      return fed;
    }
    config::reserve_ahead(body_, body_.size() + step.piece.size() + body_slack, limit_ + body_slack);
    body_.append(step.piece);
    fed.done = step.state == providers::ChunkedReader::State::done;
    if (fed.done) return fed;
  }
  return fed;
}

}  // namespace gateway
