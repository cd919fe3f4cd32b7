// The strict gate: the only reading of a request's head. It decides the framing, and what it does not let
// through is answered and the connection closed: no further byte is parsed. Pure; nothing allocates unless
// a request is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "providers/http/http_fields.hpp"

namespace gateway {

enum class Method { get, head, post, put, patch, del, options };

struct GateLimits {
  std::size_t header_block = providers::max_header_block;  // with the request line
  std::size_t target = 8 * 1024;
  std::uint64_t body = 32 * 1024 * 1024;
  // Whether clients reach us on this machine only: an absolute target may then name it, whatever Host says.
  bool loopback_only = false;
};

struct HeadIncomplete {};

// An answer to give at once; then close. `message` names the place, what was found and what is allowed.
struct Refusal {
  int status = 400;       // 400, 405, 413, 414, 415, 417, 421, 431, 503, 505
  std::string_view code;  // "bad_request", "body_too_large", ...; static text
  std::string message;
  // Of the request, where its line could be read: in whose words, and to whose page it is said.
  Method method = Method::post;
  std::string path{};
  std::string origin{};
};

// Views into the bytes that were checked. Fields that are absent are empty views.
struct RequestHead {
  // Not the compiler's own, which would fill the room for a hundred fields with zeros first.
  RequestHead() {}

  Method method = Method::get;
  std::string_view path;   // "/v1/chat/completions"
  std::string_view query;  // without the question mark
  int minor_version = 1;   // 0 or 1; a later one of HTTP/1 is read as 1
  bool keep_alive = true;
  bool expect_continue = false;
  providers::Framing framing = providers::NoBody{};  // never UntilClose
  std::size_t size = 0;                              // of the head; the body begins here
  std::string_view authority;                        // of a target in absolute form; else empty
  std::string_view host;                             // the authority, else the field
  std::string_view authorization;
  std::string_view x_api_key;   // or x-goog-api-key
  bool has_google_key = false;  // the latter
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view x_isocost_policy;
  std::string_view x_isocost_tags{};
  std::string_view x_isocost_priority{};
  std::string_view x_openrouter_metadata;
  std::string_view origin;
  std::string_view access_control_request_method;
  std::string_view access_control_request_headers;
  std::string_view x_stainless_retry_count;
  std::string_view traceparent;
  std::string_view anthropic_version;
  std::string_view anthropic_beta;  // the first of them
  providers::Fields fields;

  // The token of `Authorization: Bearer`, else of `x-api-key`, else empty.
  std::string_view credential() const;
};

using GateResult = std::variant<HeadIncomplete, RequestHead, Refusal>;

// `bytes` begins at the request line. `seen` bytes of it were there at the last call, which said
// HeadIncomplete: it keeps a dripping sender from costing quadratic time.
GateResult check_head(std::string_view bytes, const GateLimits& limits = {}, std::size_t seen = 0);

}  // namespace gateway
