#include "routing/market/prefix_table.hpp"

#include <algorithm>

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kept = 480s;
// What a layer may hold before it sinks into the next.
constexpr std::array<std::size_t, PrefixTable::layers> capacity = {2'048, 32'768, 262'144,
                                                                   PrefixIndex::most_uses};

std::uint32_t second_of(config::TimePoint time) {
  // Counted from 1, because 0 means never.
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count() + 1);
}

std::uint32_t oldest_kept(config::TimePoint now) {
  const std::uint32_t second = second_of(now);
  constexpr auto span = static_cast<std::uint32_t>(kept.count());
  return second > span ? second - span : 1;
}

std::uint64_t key_of(std::uint64_t block, std::uint64_t endpoint) {
  const std::uint64_t key = mixed(block ^ mixed(endpoint));
  return key == 0 ? 1 : key;
}

// Stands for all endpoints together.
constexpr std::uint64_t anyone = 0;

// The length of the leading part for which `holds`, given that it holds for a prefix of any for which it
// holds.
template <class Holds>
std::size_t leading(std::size_t count, const Holds& holds) {
  if (count == 0 || !holds(0)) return 0;
  if (holds(count - 1)) return count;  // the usual case: the conversation goes on where it was
  std::size_t inside = 0, outside = count - 1;
  while (outside - inside > 1) {
    const std::size_t middle = (inside + outside) / 2;
    (holds(middle) ? inside : outside) = middle;
  }
  return inside + 1;
}

}  // namespace

void LastUses::put(std::uint64_t key, std::uint32_t second) {
  if ((used_ + 1) * 2 > keys_.size()) {
    std::vector<std::uint64_t> keys(keys_.size() * 2);
    std::vector<std::uint32_t> seconds(keys.size());
    keys.swap(keys_);
    seconds.swap(seconds_);
    used_ = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] != 0) put(keys[i], seconds[i]);
    }
  }
  std::size_t place = key & mask();
  while (keys_[place] != 0 && keys_[place] != key) place = (place + 1) & mask();
  if (keys_[place] == 0) ++used_;
  keys_[place] = key;
  seconds_[place] = std::max(seconds_[place], second);
}

void LastUses::absorb(const LastUses& other, std::uint32_t least) {
  for (std::size_t i = 0; i < other.keys_.size(); ++i) {
    if (other.keys_[i] != 0 && other.seconds_[i] >= least) put(other.keys_[i], other.seconds_[i]);
  }
}

std::uint32_t LastUses::cutoff(std::size_t most) const {
  if (used_ <= most) return 0;
  std::vector<std::uint32_t> uses;
  uses.reserve(used_);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i] != 0) uses.push_back(seconds_[i]);
  }
  const auto first_kept = uses.begin() + static_cast<std::ptrdiff_t>(used_ - most);
  std::nth_element(uses.begin(), first_kept, uses.end());
  return *first_kept + 1;  // of several in one second all go, so that the bound holds
}

bool PrefixTable::is_live(std::uint64_t key, std::uint32_t least) const {
  return std::ranges::any_of(layers_, [&](const auto& layer) { return layer && layer->find(key) >= least; });
}

std::size_t PrefixTable::known(std::span<const std::uint64_t> blocks, config::TimePoint now) const {
  return known_to(anyone, blocks, now);
}

std::size_t PrefixTable::known_to(std::uint64_t endpoint, std::span<const std::uint64_t> blocks,
                                  config::TimePoint now) const {
  const std::uint32_t least = oldest_kept(now);
  return leading(blocks.size(), [&](std::size_t i) { return is_live(key_of(blocks[i], endpoint), least); });
}

std::vector<PrefixUse> PrefixTable::latest(std::size_t most, config::TimePoint now) const {
  LastUses all;
  for (const auto& layer : layers_) {
    if (layer) all.absorb(*layer, oldest_kept(now));
  }
  const std::uint32_t least = all.cutoff(most);
  std::vector<PrefixUse> uses;
  all.each([&](std::uint64_t key, std::uint32_t second) {
    if (second >= least) uses.push_back({key, config::TimePoint(std::chrono::seconds(second - 1))});
  });
  return uses;
}

void PrefixIndex::recall(const PrefixUse& use, config::TimePoint now) {
  if (use.key == 0 || use.at < config::TimePoint{} || use.at > now) return;
  top_.put(use.key, second_of(use.at));
  since_ = Since::used;
  if (top_.size() > capacity[0]) sink(now);
}

void PrefixIndex::use(std::uint64_t endpoint, std::span<const std::uint64_t> blocks, config::TimePoint now) {
  if (blocks.empty()) return;
  const std::uint32_t second = second_of(now);
  for (const std::uint64_t block : blocks) {
    top_.put(key_of(block, endpoint), second);
    top_.put(key_of(block, anyone), second);
  }
  since_ = Since::used;
  if (top_.size() > capacity[0]) sink(now);
}

void PrefixIndex::sink(config::TimePoint now) {
  LastUses sinking = std::move(top_);
  top_ = LastUses{};
  for (std::size_t layer = 1; layer < PrefixTable::layers; ++layer) {
    LastUses merged;
    if (lower_[layer]) merged.absorb(*lower_[layer], oldest_kept(now));
    merged.absorb(sinking, oldest_kept(now));
    if (layer + 1 == PrefixTable::layers && merged.size() > capacity[layer]) {
      LastUses latest;
      latest.absorb(merged, merged.cutoff(capacity[layer] / 2));
      merged = std::move(latest);
    }
    if (merged.size() <= capacity[layer]) {
      lower_[layer] = std::make_shared<const LastUses>(std::move(merged));
      return;
    }
    lower_[layer] = nullptr;
    sinking = std::move(merged);
  }
}

std::shared_ptr<const PrefixTable> PrefixIndex::publish() {
  if (since_ == Since::used) {
    PrefixTable::Layers layers = lower_;
    layers[0] = std::make_shared<const LastUses>(top_);
    published_ = std::make_shared<const PrefixTable>(std::move(layers));
    since_ = Since::nothing;
  }
  return published_;
}

}  // namespace routing
