// How long answers are expected to be, by who asks for what: an average that follows, per (public model,
// client key, tools or not, bucket of max_tokens), backed by the same without the finer parts while there is
// little evidence. Lengths belongs to the market; LengthTable is immutable once published.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// From the finest to the widest group that a request belongs to.
struct LengthKeys {
  std::array<std::uint64_t, 3> hashes{};
};
LengthKeys length_keys(const Demand& demand);

struct Length {
  double output = 400;    // tokens, reasoning included; a short chat answer until there is evidence
  double reasoning = 0;   // tokens of it
  double log_output = 0;  // mean of ln(output), the yardstick of verbosity
  double replies = 0;
};

// Open addressing over a power of two; a hash of 0 is an empty place.
class LengthTable {
 public:
  // The finest group with evidence, drawn towards the wider ones by how little it has.
  Length expected(const LengthKeys& keys) const;
  void observe(std::uint64_t hash, double output, double reasoning);
  // What a group was known for, when it is brought back from a record.
  void set(std::uint64_t hash, const Length& length) { find_or_add(hash).length = length; }
  // Calls `take(hash, length)` for every group.
  void each(const auto& take) const {
    for (const Entry& entry : entries_) {
      if (entry.hash != 0) take(entry.hash, entry.length);
    }
  }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    Length length;
  };
  const Entry* find(std::uint64_t hash) const;
  Entry& find_or_add(std::uint64_t hash);

  std::vector<Entry> entries_ = std::vector<Entry>(64);
  std::size_t used_ = 0;
};

class Lengths {
 public:
  void observe(const LengthKeys& keys, double output, double reasoning);
  const LengthTable& current() const { return table_; }
  // What was known in another process.
  void recall(std::uint64_t hash, const Length& length) {
    table_.set(hash, length);
    published_ = nullptr;
  }
  // The same pointer while nothing was learned.
  std::shared_ptr<const LengthTable> published();

 private:
  LengthTable table_;
  std::shared_ptr<const LengthTable> published_;
};

}  // namespace routing
