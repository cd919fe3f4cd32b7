#include "gateway/record_file/rule_book.hpp"

#include "gateway/record_file/byte_exchange.hpp"

namespace gateway {
namespace {

void exchange_place(auto& io, auto& place) {
  io(place.file), io(place.line), io(place.column);
}

const auto rule = [](auto& io, auto& value) { io(value.text), exchange_place(io, value.place); };

void exchange_policy(auto& io, auto& policy, auto& always) {
  io(policy.name.text), io(policy.description), io.word(policy.hash);
  io.list(policy.allow, rule), io.list(policy.require, rule);
  io.list(policy.relax, [](auto& in, auto& step) { in(step.text), in.list(step.require, rule); });
  io.list(policy.prefer, rule);
  io.maybe(policy.minimize, rule), io.maybe(policy.choose, rule);
  io(policy.value_of_ttft), io(policy.value_of_generation);
  io(policy.attempts), io(policy.explore), io(policy.hedge_budget);
  exchange_place(io, policy.place);
  io.list(always, [](auto& in, auto& each) { rule(in, each.rule), in(each.whose); });
  const bool has_demotion = policy.demotion != routing::Policy().demotion;
  const bool has_hops = policy.continue_hops != 0 || has_demotion;
  io.later(policy.budget.has_value() || has_hops,
           [&](auto& in) { in.maybe(policy.budget, [](auto& i, auto& of) { i(of); }); });
  io.later(has_hops, [&](auto& in) { in(policy.continue_hops); });
  io.later(has_demotion, [&](auto& in) { in(policy.demotion); });
}

}  // namespace

std::string to_bytes(const routing::Policy& policy) {
  ByteWriter bytes;
  Writing io(bytes);
  const routing::Always always = policy.always ? *policy.always : routing::Always();
  exchange_policy(io, policy, always);
  return bytes.take();
}

std::shared_ptr<const routing::Policy> rule_book_from(std::string_view bytes) {
  ByteReader reader(bytes);
  Reading io(reader);
  auto policy = std::make_shared<routing::Policy>();
  auto always = std::make_shared<routing::Always>();
  exchange_policy(io, *policy, *always);
  if (reader.failed() || !reader.at_end()) return nullptr;
  if (!always->empty()) policy->always = std::move(always);
  return policy;
}

}  // namespace gateway
