#include "gateway/observe/record.hpp"

namespace gateway {

void empty(Record& record) {
  static_cast<RecordFacts&>(record) = {};
  const auto clear = [](auto&... each) { (each.clear(), ...); };
  clear(record.id, record.client, record.path, record.model, record.asked, record.key, record.policy,
        record.team, record.traceparent, record.error, record.told, record.said, record.attempts,
        record.foreseen, record.decisions);
  record.method = "POST";
  record.preferences.reset();
  record.rules.reset();
  record.demand = {};
  record.catalogue.reset();
}

}  // namespace gateway
