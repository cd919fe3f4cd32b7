// A walk over a request's JSON body that checks the types of what is read and words the faults: where, what
// was found, what is allowed. In every object that is read no key may come twice, compared unescaped, because
// two parsers would disagree about which one counts. null counts as absent. Belongs to one request.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/surface/body_fault.hpp"
#include "providers/json/json_walk.hpp"

namespace gateway {

// Where a value is, as a chain on the stack: its text is only made for a fault.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;  // of a member; empty: an element
  std::size_t index = 0;  // of an element

  Path member(std::string_view key) const { return {this, key, 0}; }
  Path element(std::size_t at) const { return {this, {}, at}; }
  std::string text() const;  // "messages[2].content"; empty for the whole
};

// The keys of one object, to find one that comes twice.
class KeySet {
 public:
  // False when it is known to be there. Beyond the first few this is found out by duplicate().
  bool add(const providers::JsonString& key);
  // Of the keys beyond the first few, one that comes twice.
  std::optional<std::string_view> duplicate();

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::string_view raw;
  };
  static constexpr std::size_t few = 24;
  std::array<std::uint64_t, few> first_;
  std::size_t count_ = 0;
  std::vector<Entry> more_;
};

class BodyWalk {
 public:
  BodyWalk(providers::JsonTokens& tokens, std::string_view whole) : json(tokens, whole), body(whole) {}

  providers::JsonWalk json;
  const std::string_view body;

  // What ended the walk. Only after something returned false.
  BodyFault fault() const;

  // Each returns whether to go on. null leaves `value` as it is.
  bool string(const Path& path, std::string& value, std::size_t most_bytes = 256);
  bool boolean(const Path& path, std::optional<bool>& value);
  bool integer(const Path& path, std::int64_t least, std::int64_t most, std::optional<std::int64_t>& value);
  // A number that is not negative; where prices are strings, a string of one too.
  enum class Spelling { number, number_or_string };
  bool real(const Path& path, Spelling spelling, std::optional<double>& value);
  bool strings(const Path& path, std::vector<std::string>& values, std::size_t most = 64);
  template <class Value, std::size_t count>
  bool choice(const Path& path, const std::array<std::pair<std::string_view, Value>, count>& choices,
              std::optional<Value>& value);
  // Calls `member` with the key and its path; see JsonWalk::object.
  template <class Member>
  bool object(const Path& path, Member member);
  template <class Element>
  bool array(const Path& path, Element element);

  bool wrong_type(const Path& path, std::string_view allowed);
  bool wrong(std::string_view code, const Path& path, std::string_view found, std::string_view allowed);

 private:
  // Consumes null.
  bool is_null();
  bool not_one_of(const Path& path, std::string_view found, std::span<const std::string_view> choices);

  std::optional<BodyFault> fault_;
};

template <class Value, std::size_t count>
bool BodyWalk::choice(const Path& path, const std::array<std::pair<std::string_view, Value>, count>& choices,
                      std::optional<Value>& value) {
  if (is_null()) return json.ok();
  if (json.type() != providers::JsonType::string) return wrong_type(path, "a string");
  const auto found = json.string();
  if (!found) return false;
  std::array<std::string_view, count> names;
  for (std::size_t i = 0; i < count; ++i) {
    names[i] = choices[i].first;
    if (!found->is(names[i])) continue;
    value = choices[i].second;
    return true;
  }
  return not_one_of(path, found->raw, names);
}

template <class Member>
bool BodyWalk::object(const Path& path, Member member) {
  if (is_null()) return json.ok();
  if (json.type() != providers::JsonType::object) return wrong_type(path, "an object");
  KeySet keys;
  const auto twice = [&](std::string_view key) {
    return wrong("duplicate_key", path.member(key), "the key twice", "one");
  };
  const bool read = json.object([&](const providers::JsonString& key) {
    if (!keys.add(key)) return twice(key.raw);
    return member(key, path.member(key.raw));
  });
  if (!read) return false;
  const auto duplicate = keys.duplicate();
  return !duplicate || twice(*duplicate);
}

template <class Element>
bool BodyWalk::array(const Path& path, Element element) {
  if (is_null()) return json.ok();
  if (json.type() != providers::JsonType::array) return wrong_type(path, "an array");
  std::size_t index = 0;
  return json.array([&] { return element(path.element(index++)); });
}

}  // namespace gateway
