#include "gateway/text/address_in_text.hpp"

#include <algorithm>
#include <array>

#include "config/values/ascii.hpp"

namespace gateway {
namespace {

constexpr std::size_t none = std::string_view::npos;

using config::is_digit;
bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// Where the token that begins at `at` ends; punctuation at its end belongs to the sentence.
std::size_t token_end(std::string_view text, std::size_t at) {
  std::size_t end = std::min(text.find_first_of(" \t\r\n\"'`<>(){}|\\,;", at), text.size());
  while (end > at && std::string_view(".:!?]").find(text[end - 1]) != none) --end;
  return end;
}

std::size_t url_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (is_name_character(text[end]) || text[end] == '+' || text[end] == '.')) ++end;
  if (end == at || text.substr(end, 3) != "://") return 0;
  // A host in brackets may end in one.
  return std::max(token_end(text, end + 3), end + 3) - at;
}

// "user:password@host", and what is mailed to.
std::size_t account_at(std::string_view text, std::size_t at) {
  const std::size_t end = token_end(text, at);
  const std::string_view token = text.substr(at, end - at);
  const std::size_t sign = token.find('@');
  const bool is_account =
      sign != none && sign > 0 && sign + 1 < token.size() && is_name_character(token[sign + 1]);
  return is_account ? token.size() : 0;
}

// Last labels of names that mean a place on a network. Those that end sentences and members of objects ("is",
// "in", "int", "name", "host") are left out.
constexpr std::array<std::string_view, 52> last_labels = {
    "com",     "net",    "org",      "io",    "ai",          "dev",  "app",      "cloud",    "co",
    "cn",      "eu",     "uk",       "de",    "fr",          "jp",   "kr",       "ru",       "ca",
    "au",      "br",     "nl",       "se",    "ch",          "es",   "pl",       "sg",       "hk",
    "tw",      "tv",     "cc",       "gg",    "sh",          "xyz",  "tech",     "gov",      "edu",
    "mil",     "biz",    "internal", "local", "localdomain", "lan",  "corp",     "intranet", "svc",
    "cluster", "consul", "arpa",     "onion", "example",     "test", "localhost"};

bool is_ip(std::string_view name) {
  int parts = 0;
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, dot);
    if (part.empty() || part.size() > 3 || !std::ranges::all_of(part, is_digit)) return false;
    ++parts;
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return parts == 4;
}

bool is_same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool has_port(std::string_view text, std::size_t end) {
  return end + 1 < text.size() && text[end] == ':' && is_digit(text[end + 1]);
}

// With its port and path.
std::size_t whole_at(std::string_view text, std::size_t at, std::size_t end) {
  if (has_port(text, end)) {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
  }
  if (end < text.size() && text[end] == '/') end = token_end(text, end);
  return end - at;
}

std::size_t host_at(std::string_view text, std::size_t at, std::span<const std::string_view> hosts) {
  std::size_t end = at;
  while (end < text.size() && (is_name_character(text[end]) || text[end] == '.')) ++end;
  while (end > at && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  if (end == at || (end < text.size() && text[end] == '_')) return 0;
  const std::string_view name = text.substr(at, end - at);
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == none ? name : name.substr(dot + 1);
  const bool looks_like_one = dot == none || dot == 0
                                  ? is_same(name, "localhost")
                                  : std::ranges::find(last_labels, last) != last_labels.end();
  // A configured name of one label may be an ordinary word.
  const bool is_known =
      std::ranges::any_of(hosts, [&](std::string_view host) { return is_same(host, name); }) &&
      (dot != none || has_port(text, end));
  return looks_like_one || is_known || is_ip(name) ? whole_at(text, at, end) : 0;
}

std::size_t ip6_at(std::string_view text, std::size_t at) {
  if (text[at] != '[') return 0;
  const std::size_t closing = text.find(']', at);
  if (closing == none || closing - at < 3) return 0;
  const std::string_view inside = text.substr(at + 1, closing - at - 1);
  const bool is_one =
      inside.find_first_not_of("0123456789abcdefABCDEF:.%") == none && std::ranges::count(inside, ':') >= 2;
  return is_one ? whole_at(text, at, closing + 1) : 0;
}

// As Python's libraries name whom they called: host='gpu-7'.
std::size_t named_host_at(std::string_view text, std::size_t at) {
  constexpr std::string_view lead = "host=";
  if (text.substr(at, lead.size()) != lead) return 0;
  std::size_t end = at + lead.size();
  const bool quoted = end < text.size() && (text[end] == '\'' || text[end] == '"');
  const std::size_t closing = quoted ? text.find(text[end], end + 1) : token_end(text, end);
  if (closing == none || closing == end) return 0;
  end = quoted ? closing + 1 : closing;
  return end - at;
}

}  // namespace

std::size_t address_at(std::string_view text, std::size_t at, std::span<const std::string_view> hosts) {
  if (const std::size_t size = url_at(text, at)) return size;
  if (const std::size_t size = named_host_at(text, at)) return size;
  if (const std::size_t size = ip6_at(text, at)) return size;
  if (const std::size_t size = account_at(text, at)) return size;
  return host_at(text, at, hosts);
}

}  // namespace gateway
