#include "gateway/http2/request_text.hpp"

#include <algorithm>
#include <array>

#include "providers/http/http_fields.hpp"

namespace gateway {
namespace {

// They are of one connection, which is HTTP/2's own affair (RFC 9113, section 8.2.2).
constexpr std::array<std::string_view, 5> of_a_connection{"connection", "keep-alive", "proxy-connection",
                                                          "transfer-encoding", "upgrade"};

// Within a request's line a blank is an end, and what is beyond ASCII is none of its signs, whatever a
// machine takes for the sign of a char.
bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) { return each > ' ' && each < '\x7f'; });
}

}  // namespace

bool RequestText::add_pseudo(std::string_view name, std::string_view value) {
  if (!is_visible(value)) return false;
  if (name == ":method") method_ = value;
  if (name == ":path") path_ = value;
  if (name == ":authority") authority_ = value;
  return true;  // :scheme says nothing here: what came over TLS is of https
}

bool RequestText::add(std::string_view name, std::string_view value) {
  const bool is_pseudo = name.starts_with(':');
  if (!is_pseudo && !providers::is_token_text(name)) return false;
  if (!providers::is_field_value(value)) return false;
  if (std::find(of_a_connection.begin(), of_a_connection.end(), name) != of_a_connection.end()) return false;
  if (name == "te" && value != "trailers") return false;
  kept_ += name.size() + value.size() + 4;
  if (is_cut_) return true;
  is_cut_ = kept_ > most_;
  if (is_cut_) value = value.substr(0, most_);
  if (is_pseudo) return add_pseudo(name, value);
  if (name == "cookie") {
    cookie_.append(cookie_.empty() ? "" : "; ").append(value);
    return true;
  }
  if (name == "host" && value == authority_) return true;
  if (name == "content-length") has_length_ = true;
  fields_.append(name).append(": ").append(value).append("\r\n");
  return true;
}

std::string RequestText::head(Body body) const {
  std::string text;
  text.reserve(kept_ + 128);
  // Of CONNECT, which the gate refuses, there is no path.
  text.append(method_).append(" ").append(path_.empty() ? authority_ : path_).append(" HTTP/1.1\r\n");
  if (!authority_.empty()) text.append("host: ").append(authority_).append("\r\n");
  // To the session that serves it, this request is the only one of its connection.
  text.append("connection: close\r\n");
  if (body == Body::follows && !has_length_) text.append("transfer-encoding: chunked\r\n");
  if (!cookie_.empty()) text.append("cookie: ").append(cookie_).append("\r\n");
  text.append(fields_);
  // One that is cut goes on until the gate has seen enough of it.
  if (is_cut_) return text.append("x: ").append(most_, 'x');
  return text.append("\r\n");
}

}  // namespace gateway
