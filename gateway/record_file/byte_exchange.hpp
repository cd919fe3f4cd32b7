// One description of a value's bytes for both directions: `exchange(io, value)` names each member once, and
// what is written is what is read. A const value is written; belongs to one thread.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "config/values/units.hpp"
#include "gateway/record_file/bytes.hpp"

namespace gateway {

class Writing {
 public:
  explicit Writing(ByteWriter& out) : out_(out) {}

  void operator()(const std::string& value) { out_.text(value); }
  void operator()(double value) { out_.real(value); }
  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  void operator()(Integer value) { out_.integer(static_cast<std::int64_t>(value)); }
  // Whether what later versions have added is there, too.
  bool goes_on() const { return true; }
  // For hashes and seeds, which are never small.
  void word(std::uint64_t value) { out_.word(value); }
  template <class T, class Each>
  void list(const std::vector<T>& values, Each each) {
    out_.number(values.size());
    for (const T& value : values) each(*this, value);
  }
  template <class T, class Each>
  void maybe(const std::optional<T>& value, Each each) {
    out_.number(value ? 1 : 0);
    if (value) each(*this, *value);
  }
  // Values that are their own bytes.
  template <class T>
  void flat(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T> && std::endian::native == std::endian::little);
    out_.number(values.size()), out_.number(sizeof(T));
    out_.raw({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
  }

  // At the end of all: what earlier writers did not know of; left out where there is nothing to say.
  template <class Each>
  void later(bool is_there, Each each) {
    if (is_there) each(*this);
  }

 private:
  ByteWriter& out_;
};

class Reading {
 public:
  explicit Reading(ByteReader& in) : in_(in) {}

  void operator()(std::string& value) { value = in_.text(); }
  void operator()(double& value) { value = in_.real(); }
  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  void operator()(Integer& value) { value = static_cast<Integer>(in_.integer()); }
  bool goes_on() const { return !in_.failed() && !in_.at_end(); }
  void word(std::uint64_t& value) { value = in_.word(); }
  template <class T, class Each>
  void list(std::vector<T>& values, Each each) {
    values.assign(in_.count(), T{});
    for (T& value : values) each(*this, value);
  }
  template <class T, class Each>
  void maybe(std::optional<T>& value, Each each) {
    value.reset();
    if (in_.number() != 0) each(*this, value.emplace());
  }
  // Values that were smaller when they were written have defaults for the rest.
  template <class T>
  void flat(std::vector<T>& values) {
    const std::uint64_t count = in_.count(), size = in_.number();
    values.clear();
    for (std::uint64_t i = 0; i < count && !in_.failed(); ++i) {
      const std::string_view bytes = in_.raw(size);
      if (!in_.failed()) std::memcpy(&values.emplace_back(), bytes.data(), std::min(bytes.size(), sizeof(T)));
    }
  }

  template <class Each>
  void later(bool, Each each) {
    if (!in_.at_end()) each(*this);
  }

 private:
  ByteReader& in_;
};

// Times by their nanoseconds; amounts and names by what is in them.
void exchange_count(auto& io, auto& time_or_length) {
  using Value = std::remove_cvref_t<decltype(time_or_length)>;
  if constexpr (requires { time_or_length.time_since_epoch(); }) {
    auto count = static_cast<std::int64_t>(time_or_length.time_since_epoch().count());
    io(count);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(time_or_length)>>)
      time_or_length = Value(typename Value::duration(count));
  } else {
    auto count = static_cast<std::int64_t>(time_or_length.count());
    io(count);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(time_or_length)>>)
      time_or_length = Value(count);
  }
}

// Whether `value` is being read into.
template <class T>
inline constexpr bool is_target = !std::is_const_v<std::remove_reference_t<T>>;

}  // namespace gateway
