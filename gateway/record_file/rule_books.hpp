// The policies in a record file: each in a row of its own, which requests name, for as long as one of them is
// there. A request may bring a policy that no other one has, so rows go as requests do. Belongs to one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gateway/record_file/sqlite.hpp"
#include "routing/policy/policy.hpp"

namespace gateway {

class RuleBooks {
 public:
  // Makes the table of their uses where the file has none. The database must outlive it.
  explicit RuleBooks(Database& database);

  // The row of a policy of that fleet, for a request that will be in that packet.
  std::int64_t row_of(const routing::Policy& policy, std::int64_t fleet, std::int64_t packet);
  // What to run when packets were dropped: without what no request that is left names.
  static std::string dropping();

 private:
  struct Row {
    std::int64_t id = 0, noted = 0;  // the packet that its use was noted of last
  };

  Database& database_;
  Statement find_, add_, note_;
  std::int64_t fleet_ = 0;
  std::map<std::uint64_t, Row> known_;  // of that fleet, by hash
};

}  // namespace gateway
