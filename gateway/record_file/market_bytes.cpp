#include "gateway/record_file/market_bytes.hpp"

#include "gateway/record_file/bytes.hpp"

namespace gateway {

using routing::StateWords;

namespace {

// Which words of a state differ is said by a bit for each.
constexpr std::size_t masks = (routing::state_word_count + 63) / 64;
using Differing = std::array<std::uint64_t, masks>;

bool is_set(const Differing& differing, std::size_t word) {
  return (differing[word / 64] >> (word % 64) & 1) != 0;
}

}  // namespace

MarketWords words_of(const routing::Snapshot& snapshot) {
  MarketWords words;
  words.reserve(snapshot.endpoints.size());
  for (const routing::EndpointState& state : snapshot.endpoints) words.push_back(routing::words_of(state));
  return words;
}

std::vector<routing::EndpointState> states_of(const MarketWords& words) {
  std::vector<routing::EndpointState> states;
  states.reserve(words.size());
  for (const StateWords& endpoint : words) states.push_back(routing::state_of(endpoint));
  return states;
}

std::string difference_to(const MarketWords& before, const MarketWords& after) {
  ByteWriter bytes;
  bytes.number(after.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    const StateWords old = i < before.size() ? before[i] : StateWords{};
    if (old == after[i]) continue;
    Differing differing{};
    for (std::size_t k = 0; k < old.size(); ++k) {
      if (old[k] != after[i][k]) differing[k / 64] |= std::uint64_t{1} << (k % 64);
    }
    bytes.number(i);
    for (const std::uint64_t mask : differing) bytes.word(mask);
    for (std::size_t k = 0; k < old.size(); ++k) {
      if (is_set(differing, k)) bytes.word(after[i][k]);
    }
  }
  return bytes.take();
}

bool apply(std::string_view difference, MarketWords& words) {
  constexpr std::uint64_t most_endpoints = 1'000'000;
  ByteReader bytes(difference);
  const std::uint64_t endpoints = bytes.number();
  if (bytes.failed() || endpoints > most_endpoints) return false;
  words.resize(endpoints);
  while (!bytes.at_end()) {
    const std::uint64_t endpoint = bytes.number();
    Differing differing{};
    for (std::uint64_t& mask : differing) mask = bytes.word();
    if (bytes.failed() || endpoint >= endpoints) return false;
    for (std::size_t k = 0; k < routing::state_word_count; ++k) {
      if (is_set(differing, k)) words[endpoint][k] = bytes.word();
    }
  }
  return !bytes.failed();
}

}  // namespace gateway
