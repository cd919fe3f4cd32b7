// The members of a reply that say what the gateway says, whatever the host wrote there. Belongs to one
// reply's object.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "gateway/surface/json_edits.hpp"

namespace gateway {

struct OwnMember {
  std::string_view key;
  std::string_view value;  // as JSON has it
  bool is_there = false;
};

template <std::size_t count>
class OwnMembers {
 public:
  explicit OwnMembers(const std::array<OwnMember, count>& members) : members_(members) {}

  // Whether it is one of them: the host's value is consumed, and ours takes its place.
  bool take(const providers::JsonString& key, providers::JsonWalk& walk, const EditedObject& object,
            JsonEdits& edits) {
    for (OwnMember& each : members_) {
      if (!key.is(each.key)) continue;
      walk.skip();
      each.is_there = true;
      edits.replace(object.value(), each.value);
      return true;
    }
    return false;
  }
  void add_missing(EditedObject& object) const {
    for (const OwnMember& each : members_) {
      if (!each.is_there) object.add(each.key, each.value);
    }
  }

 private:
  std::array<OwnMember, count> members_;
};

}  // namespace gateway
