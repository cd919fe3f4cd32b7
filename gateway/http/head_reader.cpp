#include "gateway/http/head_reader.hpp"

#include <string>
#include <utility>
#include <variant>

#include "gateway/http/content_coding.hpp"
#include "gateway/http/host_field.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

using providers::Field;
using providers::same_name;

Refusal bad_request(std::string message) {
  return {400, "bad_request", std::move(message)};
}

Refusal head_too_large(std::string message) {
  return {431, "head_too_large", std::move(message)};
}

Refusal of_field_fault(providers::FieldFault fault, std::string_view line) {
  // A value may be a secret: of a line with a name only the name is shown.
  const std::string found = "header line " + in_quotes(line.substr(0, line.find(':'))) + ": ";
  switch (fault) {
    case providers::FieldFault::folded:
      return bad_request(found + "it continues the line before; allowed is one line for a field");
    case providers::FieldFault::no_colon:
      return bad_request(found + "no colon; allowed is name: value");
    case providers::FieldFault::bad_name:
      return bad_request(found + "the name is not a token");
    case providers::FieldFault::space_before_colon:
      return bad_request(found + "white space before the colon; allowed is none");
    case providers::FieldFault::bad_value:
      return bad_request(found + "a control character in the value; allowed are printable ones and tabs");
  }
  return bad_request(found + "not a field");
}

void first(std::string_view& view, const Field& field) {
  if (view.data() == nullptr) view = field.value;
}

// Of two credentials, policies or media types another reader might take the other one.
std::optional<Refusal> once(std::string_view& view, const Field& field) {
  if (view.data() != nullptr) {
    return bad_request(std::string(field.name) + ": found twice; allowed is one");
  }
  view = field.value;
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> HeadReader::field(std::string_view line) {
  const auto read = providers::read_field(line);
  if (const auto* fault = std::get_if<providers::FieldFault>(&read)) return of_field_fault(*fault, line);
  const Field& field = std::get<Field>(read);
  if (!head_.fields.add(field)) {
    return head_too_large("header: over " + std::to_string(providers::max_fields) +
                          " fields; allowed are so many at most");
  }
  return known(field);
}

std::optional<Refusal> HeadReader::finish() {
  if (!has_host_) return bad_request("Host: it is missing; allowed is exactly one");
  if (!head_.authority.empty()) {
    if (!is_own_authority(head_.authority, head_.host, limits_.loopback_only)) return misdirected();
    head_.host = head_.authority;
  }
  if (auto refusal = frame()) return refusal;
  if (!content_coding_of(head_.content_encoding)) {
    return Refusal{415, "unsupported_encoding",
                   "Content-Encoding: found " + in_quotes(head_.content_encoding) +
                       "; allowed is one of identity, gzip and zstd"};
  }
  const bool has_body = !std::holds_alternative<providers::NoBody>(head_.framing);
  if (has_body && (head_.method == Method::get || head_.method == Method::head)) {
    return bad_request("body: found one on GET or HEAD; allowed is none");
  }
  if (says_close_) head_.keep_alive = false;
  if (head_.minor_version == 0 && says_keep_alive_ && !says_close_) head_.keep_alive = true;
  return std::nullopt;
}

// By length first: most names are settled by it.
std::optional<Refusal> HeadReader::known(const Field& field) {
  const std::string_view name = field.name;
  switch (name.size()) {
    case 4:
      if (same_name(name, "host")) return host(field);
      break;
    case 6:
      if (same_name(name, "expect")) return expect(field);
      if (same_name(name, "origin")) return once(head_.origin, field);
      break;
    case 9:
      if (same_name(name, "x-api-key")) return once(head_.x_api_key, field);
      break;
    case 10:
      if (same_name(name, "connection")) connection(field);
      break;
    case 11:
      if (same_name(name, "traceparent")) first(head_.traceparent, field);
      break;
    case 12:
      if (same_name(name, "content-type")) return once(head_.content_type, field);
      break;
    case 13:
      if (same_name(name, "authorization")) return once(head_.authorization, field);
      break;
    case 14:
      if (same_name(name, "content-length")) return content_length(field);
      if (same_name(name, "x-goog-api-key")) {
        head_.has_google_key = true;
        return once(head_.x_api_key, field);
      }
      if (same_name(name, "x-isocost-tags")) first(head_.x_isocost_tags, field);
      if (same_name(name, "anthropic-beta")) first(head_.anthropic_beta, field);
      break;
    case 29:
      if (same_name(name, "access-control-request-method")) first(head_.access_control_request_method, field);
      break;
    case 30:
      if (same_name(name, "access-control-request-headers")) {
        first(head_.access_control_request_headers, field);
      }
      break;
    case 16:
      if (same_name(name, "content-encoding")) return once(head_.content_encoding, field);
      if (same_name(name, "x-isocost-policy")) return once(head_.x_isocost_policy, field);
      break;
    case 17:
      if (same_name(name, "transfer-encoding")) return transfer_encoding(field);
      if (same_name(name, "anthropic-version")) return once(head_.anthropic_version, field);
      break;
    case 18:
      if (same_name(name, "x-isocost-priority")) return once(head_.x_isocost_priority, field);
      break;
    case 21:
      if (same_name(name, "x-openrouter-metadata")) first(head_.x_openrouter_metadata, field);
      break;
    case 23:
      if (same_name(name, "x-stainless-retry-count")) first(head_.x_stainless_retry_count, field);
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<Refusal> HeadReader::host(const Field& field) {
  if (has_host_) return bad_request("Host: found twice; allowed is exactly one");
  if (!is_host(field.value)) {
    return bad_request("Host: found " + in_quotes(field.value) + "; allowed is host or host:port");
  }
  has_host_ = true;
  head_.host = field.value;
  return std::nullopt;
}

Refusal HeadReader::misdirected() const {
  return {421, "misdirected_request",
          "target: found " + in_quotes(head_.authority) + "; allowed is the authority that Host names, " +
              in_quotes(head_.host)};
}

std::optional<Refusal> HeadReader::expect(const Field& field) {
  if (!same_name(field.value, "100-continue")) {
    return Refusal{417, "expectation_failed",
                   "Expect: found " + in_quotes(field.value) + "; allowed is 100-continue"};
  }
  head_.expect_continue = head_.minor_version == 1;
  return std::nullopt;
}

void HeadReader::connection(const Field& field) {
  says_close_ = says_close_ || providers::lists(field.value, "close");
  says_keep_alive_ = says_keep_alive_ || providers::lists(field.value, "keep-alive");
}

std::optional<Refusal> HeadReader::content_length(const Field& field) {
  if (length_) return bad_request("Content-Length: found twice; allowed is one");
  length_ = providers::decimal(field.value);
  if (!length_) {
    return bad_request("Content-Length: found " + in_quotes(field.value) + "; allowed are 1 to 19 digits");
  }
  return std::nullopt;
}

std::optional<Refusal> HeadReader::transfer_encoding(const Field& field) {
  if (is_chunked_) return bad_request("Transfer-Encoding: found twice; allowed is one");
  if (!same_name(field.value, "chunked")) {
    return bad_request("Transfer-Encoding: found " + in_quotes(field.value) + "; allowed is chunked");
  }
  if (head_.minor_version == 0)
    return bad_request("Transfer-Encoding: found in HTTP/1.0; allowed in HTTP/1.1");
  is_chunked_ = true;
  return std::nullopt;
}

std::optional<Refusal> HeadReader::frame() {
  if (is_chunked_ && length_) {
    return bad_request("Transfer-Encoding and Content-Length: found both; allowed is one of them");
  }
  if (is_chunked_) head_.framing = providers::Chunked{};
  if (length_ && *length_ > limits_.body) {
    return Refusal{
        413, "body_too_large",
        "body: " + std::to_string(*length_) + " bytes; allowed are " + std::to_string(limits_.body)};
  }
  if (length_ && *length_ > 0) head_.framing = providers::Length{*length_};
  return std::nullopt;
}

}  // namespace gateway
