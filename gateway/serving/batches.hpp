// A request of many inputs where a host takes fewer at a time: asked in several, one after the other, whose
// replies make one. Belongs to one attempt.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/request/inference.hpp"
#include "providers/dialect/native_replies.hpp"

namespace gateway {

class Batches {
 public:
  Batches(const InferenceRequest& request, const routing::Endpoint& endpoint)
      : prompt_(request.demand.prompt),
        form_(request.asked.wants_base64 ? providers::VectorForm::base64 : providers::VectorForm::numbers),
        total_(request.asked.inputs.size()),
        most_(static_cast<std::size_t>(std::max(1, endpoint.settings->max_inputs.value_or(1)))) {
    if (!endpoint.settings->max_inputs || total_ <= most_) most_ = std::max<std::size_t>(total_, 1);
  }

  // The vectors that are wanted of all of it.
  providers::AskedVectors asked() const {
    return {.total = std::max<std::size_t>(total_, 1), .per_reply = most_, .form = form_};
  }
  // The inputs that are asked now.
  std::size_t first() const { return at_; }
  std::size_t end() const { return std::min(at_ + most_, total_); }
  bool is_one() const { return most_ >= total_; }
  bool is_last() const { return at_ + most_ >= total_; }
  void go_on() { at_ += most_; }

  // The reply to the inputs that are asked now, where there are several parts, and what it tells of its
  // usage. What tells none has used the share of its texts.
  void take(std::string reply, const providers::ReportedUsage& said) {
    if (!said.usage) take_share();
    take_usage(said);
    replies_.push_back(std::move(reply));
  }
  // The part that is asked now uses the share of its texts, as far as anybody knows: also where its reply is
  // not waited for any more.
  void take_share() {
    const auto share = static_cast<std::int64_t>(end() - first());
    used_.prompt.count += prompt_.count * share / static_cast<std::int64_t>(total_);
    is_estimated_ = has_used_ = true;
    is_priced_ = false;
  }
  // Of a reply that is no answer.
  void take_usage(const providers::ReportedUsage& said) {
    if (!said.usage) return;
    used_.prompt.count += said.usage->prompt.count;
    cost_ += said.usage->cost.value_or(0);
    is_priced_ = is_priced_ && said.usage->cost;
    is_estimated_ = is_estimated_ || said.anomaly;
    has_used_ = true;
  }
  const std::vector<std::string>& replies() const { return replies_; }
  bool are_all_answered() const { return replies_.size() * most_ >= total_; }

  // By all replies so far; nothing where none did.
  std::optional<routing::Usage> used() const {
    if (!has_used_) return std::nullopt;
    routing::Usage used = used_;
    if (is_priced_) used.cost = cost_;
    return used;
  }
  bool is_estimated() const { return is_estimated_; }

 private:
  config::Tokens prompt_;
  providers::VectorForm form_;
  std::size_t total_;
  std::size_t most_;
  std::size_t at_ = 0;
  std::vector<std::string> replies_;
  routing::Usage used_;
  double cost_ = 0;
  bool has_used_ = false;
  bool is_priced_ = true;
  bool is_estimated_ = false;
};

}  // namespace gateway
