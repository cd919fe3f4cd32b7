#include "routing/market/lengths.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "routing/terms/draws.hpp"
#include "routing/windows/window.hpp"

namespace routing {
namespace {

// Beyond this many groups only those already known go on learning; others use the wider group.
constexpr std::size_t most_groups = 8192;

std::uint64_t max_output_bucket(const Demand& demand) {
  if (!demand.max_output) return 0;
  return 1 + static_cast<std::uint64_t>(std::bit_width(
                 static_cast<std::uint64_t>(std::max<std::int64_t>(1, demand.max_output->count))));
}

std::uint64_t not_empty(std::uint64_t hash) {
  return hash == 0 ? 1 : hash;
}

}  // namespace

LengthKeys length_keys(const Demand& demand) {
  const std::uint64_t model = hash_of(demand.model ? std::string_view(demand.model->name.text)
                                                   : std::string_view(demand.model_requested));
  const std::uint64_t shape = max_output_bucket(demand) * 2 +
                              (demand.needs.test(static_cast<std::size_t>(config::Feature::tools)) ? 1 : 0);
  const std::uint64_t by_shape = mixed(model ^ mixed(shape + 1));
  const std::uint64_t key = demand.key ? hash_of(demand.key->name.text) : 0;
  return {{not_empty(mixed(by_shape ^ key)), not_empty(by_shape), not_empty(model)}};
}

const LengthTable::Entry* LengthTable::find(std::uint64_t hash) const {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t place = hash & mask;; place = (place + 1) & mask) {
    if (entries_[place].hash == hash) return &entries_[place];
    if (entries_[place].hash == 0) return nullptr;
  }
}

LengthTable::Entry& LengthTable::find_or_add(std::uint64_t hash) {
  if (used_ * 2 >= entries_.size()) {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.hash == 0) continue;
      std::size_t place = entry.hash & (entries_.size() - 1);
      while (entries_[place].hash != 0) place = (place + 1) & (entries_.size() - 1);
      entries_[place] = entry;
    }
  }
  std::size_t place = hash & (entries_.size() - 1);
  while (entries_[place].hash != 0 && entries_[place].hash != hash)
    place = (place + 1) & (entries_.size() - 1);
  if (entries_[place].hash == 0) ++used_;
  entries_[place].hash = hash;
  return entries_[place];
}

Length LengthTable::expected(const LengthKeys& keys) const {
  Length result;
  for (std::size_t i = keys.hashes.size(); i-- > 0;) {  // from the widest to the finest
    const Entry* entry = find(keys.hashes[i]);
    if (!entry) continue;
    const Length& own = entry->length;
    if (result.replies == 0) {
      result = own;
      continue;
    }
    constexpr double prior_replies = 4;
    const double trust = own.replies / (own.replies + prior_replies);
    result.output += trust * (own.output - result.output);
    result.reasoning += trust * (own.reasoning - result.reasoning);
    result.log_output += trust * (own.log_output - result.log_output);
    result.replies = std::max(result.replies, own.replies);
  }
  return result;
}

void LengthTable::observe(std::uint64_t hash, double output, double reasoning) {
  if (used_ >= most_groups && !find(hash)) return;
  Length& length = find_or_add(hash).length;
  length.replies += 1;
  const double gain = std::max(0.05, 1 / length.replies);
  follow(length.output, output, gain);
  follow(length.reasoning, reasoning, gain);
  follow(length.log_output, std::log(std::max(1.0, output)), gain);
}

void Lengths::observe(const LengthKeys& keys, double output, double reasoning) {
  for (const std::uint64_t hash : keys.hashes) table_.observe(hash, output, reasoning);
  published_ = nullptr;
}

std::shared_ptr<const LengthTable> Lengths::published() {
  if (!published_) published_ = std::make_shared<const LengthTable>(table_);
  return published_;
}

}  // namespace routing
