#include "gateway/text/scrub.hpp"

#include <algorithm>
#include <array>

#include "gateway/text/address_in_text.hpp"

namespace gateway {
namespace {

constexpr std::string_view redacted = "[redacted]";
constexpr std::string_view address = "[address]";
constexpr std::size_t least_secret = 8;  // shorter ones would take ordinary words out of the text

bool is_key_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.' || c == '*';
}

// How keys of the trade begin.
constexpr std::array<std::string_view, 18> key_starts = {"sk-",  "gw_",    "gsk_", "xai-", "pplx-", "fw_",
                                                         "AIza", "hf_",    "AKIA", "ghp_", "eyJ",   "tgp_",
                                                         "r8_",  "nvapi-", "csk-", "psk-", "ya29.", "ASIA"};

// The length of what looks like a key at `at`; 0 when nothing does.
std::size_t key_at(std::string_view text, std::size_t at) {
  constexpr std::size_t shortest_rest = 6;
  for (const auto start : key_starts) {
    if (text.substr(at, start.size()) != start) continue;
    std::size_t end = at + start.size();
    while (end < text.size() && is_key_character(text[end])) ++end;
    if (end - at - start.size() >= shortest_rest) return end - at;
  }
  return 0;
}

// Where what follows `scheme` ends, whatever the case of that; 0 where it does not stand at `at`.
std::size_t behind_scheme(std::string_view text, std::size_t at, std::string_view scheme) {
  if (text.size() - at < scheme.size()) return 0;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[at + i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != scheme[i]) return 0;
  }
  std::size_t end = at + scheme.size();
  while (end < text.size() && text[end] > ' ' && text[end] != '"' && text[end] != '\'' && text[end] != ',')
    ++end;
  return end;
}

// Of what follows "Bearer ", whatever it looks like; of what follows "Basic ", where it is base64 of a pair.
std::size_t scheme_at(std::string_view text, std::size_t at) {
  if (const std::size_t end = behind_scheme(text, at, "bearer ")) return end - at;
  constexpr std::string_view basic = "basic ";
  constexpr std::size_t shortest_pair = 8;
  const std::size_t end = behind_scheme(text, at, basic);
  if (end < at + basic.size() + shortest_pair) return 0;
  const std::string_view pair = text.substr(at + basic.size(), end - at - basic.size());
  const auto is_base64 = [](char c) {
    return (is_key_character(c) && c != '.' && c != '*') || c == '+' || c == '/' || c == '=';
  };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_letter = [&](char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); };
  // "Basic Authentication" is no pair, and neither is a number or a day.
  const auto is_no_word = [&](char c) { return is_capital(c) || !is_letter(c); };
  const bool is_pair = std::ranges::all_of(pair, is_base64) && std::ranges::any_of(pair, is_letter) &&
                       std::ranges::any_of(pair.substr(1), is_no_word);
  return is_pair ? end - at : 0;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// How much of `text` is `known`, as it is or with characters encoded as in a URL; 0: it does not begin so.
std::size_t length_of(std::string_view known, std::string_view text) {
  std::size_t at = 0;
  for (const char wanted : known) {
    if (at < text.size() && text[at] == wanted) {
      ++at;
      continue;
    }
    if (at + 2 >= text.size() || text[at] != '%') return 0;
    const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
    if (high < 0 || low < 0 || static_cast<char>(high * 16 + low) != wanted) return 0;
    at += 3;
  }
  return at;
}

std::size_t secret_at(std::string_view text, std::size_t at, const HostSecrets& secrets) {
  std::size_t longest = 0;
  for (const config::Secret* secret : secrets.credentials) {
    const std::string_view known = secret->reveal();
    if (known.size() >= least_secret) longest = std::max(longest, length_of(known, text.substr(at)));
  }
  return longest;
}

// The length of the UTF-8 character at `at`; 0 when there is none.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what is beyond Unicode.
  const unsigned char second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return size;
}

}  // namespace

HostSecrets::HostSecrets(const config::Settings& settings) {
  for (const config::ProviderSettings& provider : settings.providers) {
    for (const config::Secret* each : config::secrets_of(provider)) credentials.push_back(each);
    hosts.push_back(provider.base_url.host);
  }
}

std::string without_keys(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool word_begins = at == 0 || !is_key_character(text[at - 1]);
    const std::size_t key = word_begins ? std::max(key_at(text, at), scheme_at(text, at)) : 0;
    if (key > 0) out += redacted;
    if (key == 0) out += text[at];
    at += std::max<std::size_t>(key, 1);
  }
  return out;
}

// Cut only after the secrets are out: half a key at the cut would no longer be known for one.
std::string scrubbed(std::string_view text, const HostSecrets& secrets) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < max_scrubbed;) {
    const bool word_begins = at == 0 || !is_key_character(text[at - 1]);
    std::size_t secret = secret_at(text, at, secrets);
    if (word_begins) secret = std::max({secret, key_at(text, at), scheme_at(text, at)});
    if (secret > 0) {
      out += redacted;
      at += secret;
      continue;
    }
    // One that holds a secret goes with it.
    if (const std::size_t found = word_begins ? address_at(text, at, secrets.hosts) : 0) {
      out += address;
      at += found;
      continue;
    }
    const std::size_t size = character_at(text, at);
    const bool is_control = size == 1 && (static_cast<unsigned char>(text[at]) < 0x20 || text[at] == 0x7f);
    if (size == 0) {
      out += '?';
    } else if (is_control) {
      out += ' ';
    } else if (out.size() + size <= max_scrubbed) {
      out.append(text, at, size);
    } else {
      return out;
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out.substr(0, std::min(out.size(), max_scrubbed));
}

}  // namespace gateway
