#include "gateway/surface/body_walk.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/surface/block_hash.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {

using providers::JsonType;

std::string Path::text() const {
  std::string out = parent == nullptr ? std::string() : parent->text();
  if (parent == nullptr) return out;
  if (name.empty()) return out + "[" + std::to_string(index) + "]";
  if (!out.empty()) out += '.';
  std::size_t end = std::min<std::size_t>(name.size(), 64);
  // Not within a character.
  while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return out.append(name.substr(0, end));
}

bool KeySet::add(const providers::JsonString& key) {
  const std::uint64_t hash = block_hash(key.escaped ? std::string_view(key.identity()) : key.raw);
  const auto end = first_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, few));
  if (std::find(first_.begin(), end, hash) != end) return false;
  if (count_ < few) {
    first_[count_++] = hash;
  } else {
    more_.push_back({hash, key.raw});
  }
  return true;
}

// A sort, because a body may hold millions of keys.
std::optional<std::string_view> KeySet::duplicate() {
  std::sort(more_.begin(), more_.end(), [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
  const auto twice = std::adjacent_find(more_.begin(), more_.end(),
                                        [](const Entry& a, const Entry& b) { return a.hash == b.hash; });
  if (twice == more_.end()) return std::nullopt;
  return twice->raw;
}

BodyFault BodyWalk::fault() const {
  if (fault_) return *fault_;
  return {
      "invalid_json", "",
      "body: not JSON at byte " + std::to_string(json.fault().at) + ": " + std::string(json.fault().what)};
}

bool BodyWalk::wrong(std::string_view code, const Path& path, std::string_view found,
                     std::string_view allowed) {
  if (fault_ || !json.ok()) return false;
  BodyFault fault{code, path.text(), {}};
  fault.message = (fault.param.empty() ? "body" : fault.param) + ": found ";
  fault.message.append(found).append("; allowed is ").append(allowed);
  fault_ = std::move(fault);
  return false;
}

bool BodyWalk::wrong_type(const Path& path, std::string_view allowed) {
  const auto found = providers::name_of(json.type());
  // A scalar that is not JSON at all is that fault first.
  if (!json.skip()) return false;
  return wrong("invalid_type", path, found, allowed);
}

bool BodyWalk::not_one_of(const Path& path, std::string_view found,
                          std::span<const std::string_view> choices) {
  std::string allowed = "one of";
  for (const auto choice : choices) allowed.append(" ").append(choice);
  return wrong("invalid_value", path, in_quotes(found), allowed);
}

bool BodyWalk::is_null() {
  if (json.type() != JsonType::null) return false;
  json.null();
  return true;
}

bool BodyWalk::string(const Path& path, std::string& value, std::size_t most_bytes) {
  if (is_null()) return json.ok();
  if (json.type() != JsonType::string) return wrong_type(path, "a string");
  const auto found = json.string();
  if (!found) return false;
  value = found->text();
  if (value.size() <= most_bytes) return true;
  return wrong("invalid_value", path, "a string of " + std::to_string(value.size()) + " bytes",
               "one of at most " + std::to_string(most_bytes));
}

bool BodyWalk::boolean(const Path& path, std::optional<bool>& value) {
  if (is_null()) return json.ok();
  if (json.type() != JsonType::boolean) return wrong_type(path, "true or false");
  value = json.boolean();
  return json.ok();
}

bool BodyWalk::integer(const Path& path, std::int64_t least, std::int64_t most,
                       std::optional<std::int64_t>& value) {
  if (is_null()) return json.ok();
  const auto allowed = [&] {
    return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
  };
  if (json.type() != JsonType::number) return wrong_type(path, allowed());
  const auto found = json.number();
  if (!found) return false;
  value = found->whole();
  if (value && *value >= least && *value <= most) return true;
  return wrong("invalid_value", path, found->text.substr(0, 40), allowed());
}

bool BodyWalk::real(const Path& path, Spelling spelling, std::optional<double>& value) {
  if (is_null()) return json.ok();
  const bool is_text = spelling == Spelling::number_or_string && json.type() == JsonType::string;
  if (!is_text && json.type() != JsonType::number) return wrong_type(path, "a number");
  const auto text = is_text ? json.string() : std::nullopt;
  const auto number = is_text ? std::nullopt : json.number();
  if (!json.ok()) return false;
  if (text && !providers::is_number(text->raw)) {
    return wrong("invalid_value", path, in_quotes(text->raw), "a number");
  }
  const providers::JsonNumber found = number ? *number : providers::JsonNumber{text->raw};
  value = found.real();
  if (!std::isfinite(*value)) {
    return wrong("invalid_value", path, found.text.substr(0, 40), "a number that a double can hold");
  }
  return *value >= 0 ||
         wrong("invalid_value", path, found.text.substr(0, 40), "a number that is not negative");
}

bool BodyWalk::strings(const Path& path, std::vector<std::string>& values, std::size_t most) {
  return array(path, [&](const Path& at) {
    if (values.size() == most) {
      return wrong("invalid_value", path, "more than " + std::to_string(most) + " elements",
                   "so many at most");
    }
    if (json.type() != JsonType::string) return wrong_type(at, "a string");
    return string(at, values.emplace_back());
  });
}

}  // namespace gateway
