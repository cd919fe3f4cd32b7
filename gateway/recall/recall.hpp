// A recorded request with all that an explanation of it takes: found by its id, put together from what was
// stored. Nothing is decided again. Values.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/record_file/record_reader.hpp"

namespace gateway {

struct Recalled {
  LoggedRequest request;
  std::shared_ptr<const routing::Catalogue> catalogue;  // of its first decision
  std::shared_ptr<const routing::Policy> policy;        // its texts
};

struct NotRecalled {
  enum class Why { not_there, damaged } why{};
  std::string text;
};

std::variant<Recalled, NotRecalled> recall(RecordReader& reader, std::string_view id);

// One of its decisions as it was; `place` counts in LoggedRequest::decisions.
routing::Decision decision_of(const Recalled& recalled, std::size_t place);
// What it was decided for.
routing::Demand demand_of(const Recalled& recalled);
// The attempts that were begun before it.
std::span<const routing::Attempt> tried_before(const Recalled& recalled, std::size_t place);
// The decision that led to an attempt; nothing where it was not recorded.
std::optional<std::size_t> decision_for(const LoggedRequest& request, std::size_t attempt);

}  // namespace gateway
