#include "routing/quality/canary_borders.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace routing {

double CanaryBorders::OfText::nearness() const {
  if (leads > 0) return near / leads;
  constexpr double weight = 1, usual = 0.1;
  return (differing + weight * usual) / (pairs + weight);
}

// What is chosen is not chosen anew with each answer: what is usual at hosts would have to be learned again.
void CanaryBorders::learn(const CanaryAnswer& answer, std::optional<bool> differs) {
  if (are_known_ || answer.text >= canary_texts) return;
  OfText& text = texts_[answer.text];
  if (differs) ++text.pairs, text.differing += *differs ? 1 : 0;
  if (answer.lead) ++text.leads, text.near += std::exp(-std::max(0.0, *answer.lead));
  choose();
}

void CanaryBorders::choose() {
  const auto begin = texts_.begin() + counted_texts;
  if (!std::all_of(begin, texts_.end(), [](const OfText& each) { return each.is_known(); })) return;
  std::array<std::size_t, canary_texts - counted_texts> order{};
  std::iota(order.begin(), order.end(), counted_texts);
  std::ranges::stable_sort(order,
                           [&](auto a, auto b) { return texts_[a].nearness() > texts_[b].nearness(); });
  std::copy_n(order.begin(), chosen_.size(), chosen_.begin());
  are_known_ = true;
}

std::size_t CanaryBorders::text_for(std::uint64_t asked) const {
  constexpr std::size_t round = counted_texts + borders;
  const std::size_t place = static_cast<std::size_t>(asked % round);
  if (place < counted_texts) return place;
  if (are_known_) return chosen_[place - counted_texts];
  // One after the other: a host's two answers in a row are soon there.
  const auto unknown = std::find_if(texts_.begin() + counted_texts, texts_.end(),
                                    [](const OfText& each) { return !each.is_known(); });
  return static_cast<std::size_t>(unknown - texts_.begin());
}

void CanaryBorders::recall(const Measured& measured) {
  texts_ = measured;
  are_known_ = false;
  choose();
}

}  // namespace routing
