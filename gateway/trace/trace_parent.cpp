#include "gateway/trace/trace_parent.hpp"

#include <algorithm>

#include "routing/terms/draws.hpp"

namespace gateway {
namespace {

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

void put_hex(std::uint64_t value, char* at) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int i = 15; i >= 0; --i, value >>= 4) at[i] = digits[value & 15];
}

}  // namespace

std::optional<TraceParent> trace_parent(std::string_view field) {
  constexpr std::size_t length = 55;  // 00-trace-parent-01
  if (field.size() < length || field[2] != '-' || field[35] != '-' || field[52] != '-') return std::nullopt;
  const std::string_view version = field.substr(0, 2), trace = field.substr(3, 32),
                         parent = field.substr(36, 16), flags = field.substr(53, 2);
  if (!is_hex(version) || version == "ff" || !is_hex(trace) || !is_hex(parent) || !is_hex(flags))
    return std::nullopt;
  const bool has_more = field.size() > length;
  if (has_more && (version == "00" || field[length] != '-')) return std::nullopt;
  if (is_zero(trace) || is_zero(parent)) return std::nullopt;
  const char last = flags[1];
  const int value = last <= '9' ? last - '0' : last - 'a' + 10;
  return TraceParent{.trace = trace, .parent = parent, .is_sampled = (value & 1) != 0};
}

bool is_exported(const std::optional<TraceParent>& parent, const Sampling& sampling, std::uint64_t seed) {
  if (parent && sampling.follows_parent) return parent->is_sampled;
  return sampling.share >= 1 || static_cast<double>(seed >> 11) * 0x1.0p-53 < sampling.share;
}

std::array<char, 16> span_id(std::uint64_t seed) {
  std::array<char, 16> id{};
  const std::uint64_t value = routing::mixed(seed);
  put_hex(value != 0 ? value : 1, id.data());
  return id;
}

std::array<char, 32> trace_id(std::uint64_t seed) {
  std::array<char, 32> id{};
  const std::uint64_t value = routing::mixed(seed);
  put_hex(value != 0 ? value : 1, id.data());
  put_hex(routing::mixed(value), id.data() + 16);
  return id;
}

std::array<char, 16> attempt_span_id(std::uint64_t seed, std::size_t attempt) {
  return span_id(seed + attempt + 1);
}

std::string traceparent_for_host(std::string_view request_id, std::string_view of_client, std::size_t attempt,
                                 const std::optional<Sampling>& sampling) {
  const auto parent = trace_parent(of_client);
  const std::uint64_t seed = routing::hash_of(request_id);
  if (!sampling || !is_exported(parent, *sampling, seed)) return std::string(parent ? of_client : "");
  const std::array<char, 32> own = trace_id(seed);
  const std::array<char, 16> span = attempt_span_id(seed, attempt);
  std::string text = "00-";
  text += parent ? parent->trace : std::string_view(own.data(), own.size());
  return text.append("-").append(span.data(), span.size()).append("-01");
}

}  // namespace gateway
