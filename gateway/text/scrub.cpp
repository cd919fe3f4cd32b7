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

// Of what follows "Bearer ", whatever it looks like.
std::size_t bearer_at(std::string_view text, std::size_t at) {
  constexpr std::string_view scheme = "bearer ";
  if (text.size() - at < scheme.size()) return 0;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[at + i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != scheme[i]) return 0;
  }
  std::size_t end = at + scheme.size();
  while (end < text.size() && text[end] > ' ' && text[end] != '"' && text[end] != '\'' && text[end] != ',')
    ++end;
  return end - at;
}

std::size_t secret_at(std::string_view text, std::size_t at, const HostSecrets& secrets) {
  std::size_t longest = 0;
  for (const config::Secret* secret : secrets.credentials) {
    const std::string_view known = secret->reveal();
    const bool found = known.size() >= least_secret && text.substr(at, known.size()) == known;
    if (found) longest = std::max(longest, known.size());
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

// Cut only after the secrets are out: half a key at the cut would no longer be known for one.
std::string scrubbed(std::string_view text, const HostSecrets& secrets) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < max_scrubbed;) {
    const bool word_begins = at == 0 || !is_key_character(text[at - 1]);
    std::size_t secret = secret_at(text, at, secrets);
    if (word_begins) secret = std::max({secret, key_at(text, at), bearer_at(text, at)});
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
