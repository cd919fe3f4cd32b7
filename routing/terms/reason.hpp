// Why an endpoint was chosen for an attempt.
#pragma once

#include <cstddef>
#include <string_view>

namespace routing {

enum class Reason { best, explore, only, weighted, panic, hedge, continues };
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::continues) + 1;

std::string_view to_text(Reason reason);

}  // namespace routing
