#include "providers/dialect/call_id.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "config/values/ascii.hpp"
#include "routing/terms/draws.hpp"

namespace providers {
namespace {

bool is_plain_sign(char c) {
  return config::is_alphanumeric(c) || c == '_' || c == '-';
}

}  // namespace

void write_call_id(JsonWriter& json, const Text& id, const CallIdForm& form) {
  const bool is_plain = !id.raw.empty() && std::all_of(id.raw.begin(), id.raw.end(), is_plain_sign);
  if (id.raw.size() <= form.most && (is_plain || !form.has_few_signs)) return json.string(id);
  constexpr std::size_t tail = 9;
  const std::string text = id.text();
  const std::uint64_t hash = routing::hash_of(text);
  std::string changed;
  for (const char c : text.substr(0, form.most - tail)) changed += is_plain_sign(c) ? c : '_';
  changed += '_';
  for (int shift = 28; shift >= 0; shift -= 4) changed += "0123456789abcdef"[(hash >> shift) & 15];
  json.plain(changed);
}

}  // namespace providers
