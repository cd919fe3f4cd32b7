#include "providers/dialect/call_id.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace providers {
namespace {

bool is_plain_sign(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

void write_call_id(JsonWriter& json, const Text& id, const CallIdForm& form) {
  const bool is_plain = !id.raw.empty() && std::all_of(id.raw.begin(), id.raw.end(), is_plain_sign);
  if (id.raw.size() <= form.most && (is_plain || !form.has_few_signs)) return json.string(id);
  constexpr std::size_t tail = 9;
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  std::string changed;
  for (const char c : id.text()) {
    if (changed.size() + tail < form.most) changed += is_plain_sign(c) ? c : '_';
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  changed += '_';
  for (int shift = 28; shift >= 0; shift -= 4) changed += "0123456789abcdef"[(hash >> shift) & 15];
  json.plain(changed);
}

}  // namespace providers
