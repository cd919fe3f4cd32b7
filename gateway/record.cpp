#include "gateway/record.hpp"

#include <tuple>
#include <utility>

namespace gateway {

void empty(Record& record) {
  const auto containers = [](Record& of) {
    return std::tie(of.id, of.path, of.model, of.key, of.policy, of.error, of.attempts, of.reasons,
                    of.propensities, of.decisions);
  };
  Record fresh;
  auto made = containers(fresh);
  auto used = containers(record);
  made.swap(used);
  std::apply([](auto&... each) { (each.clear(), ...); }, made);
  record = std::move(fresh);
}

}  // namespace gateway
