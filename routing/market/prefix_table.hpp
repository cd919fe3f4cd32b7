// Which leading blocks of prompts which endpoint has seen lately, so that a request can be priced by what its
// host still has in its cache. Uses are remembered for 480 s, what common hosts keep at least.
// Layers of growing size, the newest on top: a use is written to the small top, which is copied for every
// publication, and sinks into the larger, shared ones from time to time.
// Source of the layers: O'Neil et al. 1996, "The log-structured merge-tree".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "config/values/units.hpp"

namespace routing {

// Last uses by key. Open addressing over a power of two, at most half full; a key of 0 is an empty place.
class LastUses {
 public:
  void put(std::uint64_t key, std::uint32_t second);
  // The second of the last use, or 0.
  std::uint32_t find(std::uint64_t key) const {
    if (used_ == 0) return 0;
    for (std::size_t place = key & mask();; place = (place + 1) & mask()) {
      if (keys_[place] == key) return seconds_[place];
      if (keys_[place] == 0) return 0;
    }
  }
  std::size_t size() const { return used_; }
  // Adds what is not older than `least`.
  void absorb(const LastUses& other, std::uint32_t least);
  // The time before which all but the latest `most` uses lie.
  std::uint32_t cutoff(std::size_t most) const;
  // Calls `take(key, second)` for every one.
  void each(const auto& take) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != 0) take(keys_[i], seconds_[i]);
    }
  }

 private:
  std::size_t mask() const { return keys_.size() - 1; }

  std::vector<std::uint64_t> keys_ = std::vector<std::uint64_t>(16);
  std::vector<std::uint32_t> seconds_ = std::vector<std::uint32_t>(16);
  std::size_t used_ = 0;
};

// A use, to be kept somewhere and brought back.
struct PrefixUse {
  std::uint64_t key = 0;
  config::TimePoint at{};
};

// Immutable; shared by all threads. `endpoint` is Endpoint::name_hash, which survives a reload.
class PrefixTable {
 public:
  static constexpr std::size_t layers = 4;
  using Layers = std::array<std::shared_ptr<const LastUses>, layers>;

  PrefixTable() = default;
  explicit PrefixTable(Layers parts) : layers_(std::move(parts)) {}

  // How many of the leading `blocks` any endpoint has seen: no single one has more.
  std::size_t known(std::span<const std::uint64_t> blocks, config::TimePoint now) const;
  // How many of the leading blocks this endpoint has seen.
  std::size_t known_to(std::uint64_t endpoint, std::span<const std::uint64_t> blocks,
                       config::TimePoint now) const;
  // The latest uses that are still remembered, at most so many.
  std::vector<PrefixUse> latest(std::size_t most, config::TimePoint now) const;

 private:
  bool is_live(std::uint64_t key, std::uint32_t least) const;

  Layers layers_{};
};

// Belongs to the market.
class PrefixIndex {
 public:
  // The oldest uses are dropped beyond this many, over all endpoints.
  static constexpr std::size_t most_uses = 1'000'000;

  void use(std::uint64_t endpoint, std::span<const std::uint64_t> blocks, config::TimePoint now);
  void recall(const PrefixUse& use, config::TimePoint now);
  // With all uses so far. The same pointer while there were none.
  std::shared_ptr<const PrefixTable> publish();
  // As it was published last.
  const PrefixTable& published() const { return *published_; }

 private:
  void sink(config::TimePoint now);

  LastUses top_;
  PrefixTable::Layers lower_{};  // [0] stays empty: its place is the top's
  std::shared_ptr<const PrefixTable> published_ = std::make_shared<const PrefixTable>();
  enum class Since { nothing, used } since_ = Since::nothing;
};

}  // namespace routing
