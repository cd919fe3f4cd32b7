#include "gateway/http/request_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/http/host_field.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

constexpr std::size_t longest_method = 32;

Refusal bad_line(std::string message) {
  return {400, "bad_request", std::move(message)};
}

constexpr std::array<std::pair<std::string_view, Method>, 7> methods{{{"POST", Method::post},
                                                                      {"GET", Method::get},
                                                                      {"HEAD", Method::head},
                                                                      {"OPTIONS", Method::options},
                                                                      {"PUT", Method::put},
                                                                      {"PATCH", Method::patch},
                                                                      {"DELETE", Method::del}}};

// What RFC 3986 allows in a path or query, percent signs included.
constexpr std::array<bool, 256> target_characters() {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (const char c : std::string_view("-._~!$&'()*+,;=:@/?%")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto in_target = target_characters();

std::optional<Refusal> read_method(std::string_view name, RequestHead& head) {
  for (const auto& [text, method] : methods) {
    if (name == text) {
      head.method = method;
      return std::nullopt;
    }
  }
  if (name.size() > longest_method || !providers::is_token_text(name)) {
    return bad_line("request line: the method is " + in_quotes(name) + "; allowed is a token such as POST");
  }
  return Refusal{
      405, "method_not_allowed",
      "method: found " + in_quotes(name) + "; allowed are GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS"};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Percent signs must encode a byte; in a path none that would make another path of it.
bool encodings_are_plain(std::string_view text, std::string_view forbidden) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size()) return false;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    if (high < 0 || low < 0) return false;
    if (forbidden.find(static_cast<char>(high * 16 + low)) != std::string_view::npos) return false;
  }
  return true;
}

// What an encoding in `path` may not stand for, lest two readers take it for different ones. OpenAI's SDKs
// ask for a model by one segment, /v1/models/author%2Fslug: nothing but its name stands there, so that a
// slash makes no other path of it.
std::string_view forbidden_in(std::string_view path) {
  using namespace std::string_view_literals;
  const bool is_name = path.starts_with("/v1/models/") || path.starts_with("/api/v1/models/");
  return is_name ? "\\\0"sv : "/\\\0"sv;
}

// Takes "http://authority" from the front of a target in absolute form; whose authority it is, the fields
// decide. What is left is the origin form.
std::optional<Refusal> take_authority(std::string_view& target, RequestHead& head) {
  constexpr std::string_view http = "http://", https = "https://";
  if (providers::same_name(target.substr(0, https.size()), https)) {
    return Refusal{421, "misdirected_request",
                   "target: found " + in_quotes(target) + "; allowed is http, which is spoken here"};
  }
  if (!providers::same_name(target.substr(0, http.size()), http)) return std::nullopt;
  const std::string_view rest = target.substr(http.size());
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (!is_host(rest.substr(0, end))) {
    return bad_line("target: found " + in_quotes(target) + "; allowed is http://host or http://host:port");
  }
  head.authority = rest.substr(0, end);
  target = rest.substr(end);
  return std::nullopt;
}

std::optional<Refusal> read_target(std::string_view target, std::size_t limit, RequestHead& head) {
  using namespace std::string_view_literals;
  if (target.size() > limit) {
    return Refusal{
        414, "target_too_long",
        "target: " + std::to_string(target.size()) + " bytes; allowed are " + std::to_string(limit)};
  }
  if (!target.starts_with('/')) {
    if (auto refusal = take_authority(target, head)) return refusal;
  }
  const bool may_lack_path = !head.authority.empty() && (target.empty() || target.front() == '?');
  if (!may_lack_path && !target.starts_with('/')) {
    return bad_line("target: found " + in_quotes(target) +
                    "; allowed is the origin form, beginning with a slash, or http:// and our own name");
  }
  for (const char c : target) {
    if (!in_target[static_cast<unsigned char>(c)]) {
      return bad_line("target: found the character " + in_quotes({&c, 1}) +
                      "; allowed are those of RFC 3986");
    }
  }
  const std::size_t question = target.find('?');
  head.path = may_lack_path ? "/"sv : target.substr(0, question);
  if (question != std::string_view::npos) head.query = target.substr(question + 1);

  // Every slash must be a separator that everyone sees, or two readers take one path for different ones.
  if (head.path.find("//") != std::string_view::npos || head.path.find("..") != std::string_view::npos) {
    return bad_line("target: found " + in_quotes(target) + "; a path may hold neither // nor ..");
  }
  if (!encodings_are_plain(head.path, forbidden_in(head.path)) || !encodings_are_plain(head.query, "\0"sv)) {
    return bad_line("target: found " + in_quotes(target) +
                    "; allowed are encodings of two hexadecimal digits, and in a path none of %2f, %5c, %00");
  }
  return std::nullopt;
}

std::optional<Refusal> read_version(std::string_view version, RequestHead& head) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool known_form = version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
                          version[6] == '.' && digit(version[7]);
  if (known_form && version[5] == '1') {
    // Who speaks a later one of HTTP/1 understands 1.1 (RFC 9110, section 2.5).
    head.minor_version = version[7] == '0' ? 0 : 1;
    head.keep_alive = head.minor_version == 1;
    return std::nullopt;
  }
  std::string message = "version: found " + in_quotes(version) + "; allowed is HTTP/1";
  if (known_form) return Refusal{505, "version_not_supported", std::move(message)};
  return bad_line(std::move(message));
}

}  // namespace

std::optional<Refusal> read_request_line(std::string_view line, std::size_t target_limit, RequestHead& head) {
  if (line == "PRI * HTTP/2.0") return bad_line("found an HTTP/2 preface; allowed is HTTP/1.1");
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return bad_line("request line: found " + in_quotes(line) + "; allowed is METHOD /path HTTP/1.1");
  }
  if (auto refusal = read_method(line.substr(0, first), head)) return refusal;
  if (auto refusal = read_version(line.substr(last + 1), head)) return refusal;
  // A second space lands in the target, which holds none.
  return read_target(line.substr(first + 1, last - first - 1), target_limit, head);
}

std::optional<Refusal> check_line_start(std::string_view start, std::size_t target_limit) {
  const std::string_view method = start.substr(0, start.find(' '));
  if (!method.empty() && (method.size() > longest_method || !providers::is_token_text(method))) {
    return bad_line("request line: it begins with " + in_quotes(method) +
                    "; allowed is a method such as POST");
  }
  const std::size_t room_for_the_rest = longest_method + std::string_view("  HTTP/1.1\r").size();
  if (start.size() > target_limit + room_for_the_rest) {
    return Refusal{414, "target_too_long",
                   "target: over " + std::to_string(target_limit) + " bytes; allowed are so many at most"};
  }
  return std::nullopt;
}

std::string_view text_of(Method method) {
  const auto known = std::ranges::find(methods, method, &std::pair<std::string_view, Method>::second);
  return known == methods.end() ? std::string_view() : known->first;
}

}  // namespace gateway
