// A request of many inputs where a host takes fewer at a time: asked in several, one after the other, whose
// replies make one. Belongs to one attempt.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/request/inference.hpp"

namespace gateway {

class Batches {
 public:
  Batches(const InferenceRequest& request, const routing::Endpoint& endpoint)
      : total_(request.asked.inputs.size()),
        most_(static_cast<std::size_t>(std::max(1, endpoint.settings->max_inputs.value_or(1)))) {
    if (!endpoint.settings->max_inputs || total_ <= most_) most_ = std::max<std::size_t>(total_, 1);
  }

  std::size_t total() const { return total_; }
  std::size_t at_once() const { return most_; }
  // The inputs that are asked now.
  std::size_t first() const { return at_; }
  std::size_t end() const { return std::min(at_ + most_, total_); }
  bool is_one() const { return most_ >= total_; }
  bool is_last() const { return at_ + most_ >= total_; }
  void go_on() { at_ += most_; }
  // What of the prompt has replies.
  config::Tokens answered_of(config::Tokens prompt) const {
    const std::size_t answered = std::min(replies.size() * most_, total_);
    return {prompt.count * static_cast<std::int64_t>(answered) / static_cast<std::int64_t>(total_)};
  }

  std::vector<std::string> replies;  // so far, where there are several

 private:
  std::size_t total_;
  std::size_t most_;
  std::size_t at_ = 0;
};

}  // namespace gateway
