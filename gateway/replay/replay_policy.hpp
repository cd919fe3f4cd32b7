// What another policy would have made of the recorded requests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/record_file/record_reader.hpp"
#include "gateway/replay/replay_policies.hpp"
#include "routing/replay/counterfactual.hpp"

namespace gateway {

struct MeasureEstimate {
  std::string name;  // "cost"
  std::string unit;  // "$ per 1000 requests"
  double scale = 1;  // what a value is multiplied by to be shown in that unit
  routing::Estimate estimate;
};

struct ShareEstimate {
  std::string endpoint;  // "none": refused, because no endpoint was left
  double logged = 0;
  routing::Interval under_new;
};

struct PolicyReplay {
  std::string policy;
  std::uint64_t requests = 0;  // that the estimates rest on
  std::uint64_t retried = 0;
  // Those that it might send to whom the recorded policy, or what holds always, never allows: left out.
  std::uint64_t forbidden = 0;
  std::map<std::string, std::uint64_t> left_out;  // requests, by reason
  std::vector<MeasureEstimate> measures;
  std::vector<ShareEstimate> shares;  // the greatest under the new policy first
  routing::Support support;
  std::vector<std::string> warnings;  // why the estimates should not be trusted
};

// Every first decision is taken again under the recorded policy, which gives the probability of each choice,
// and under `policy` of `others`. What follows a failed attempt stays as it was recorded.
PolicyReplay replay_under(RecordReader& reader, const std::string& policy, ReplayPolicies& others);

}  // namespace gateway
