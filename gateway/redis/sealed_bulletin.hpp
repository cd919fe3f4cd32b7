// Bulletins as they lie in Redis: behind a proof that they are of a gateway with the same `seal_key`. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/secret.hpp"

namespace gateway {

std::string seal_bulletin(std::string_view bytes, const config::Secret& key);
// Nothing where it was made with another key, or was changed since.
std::optional<std::string_view> open_bulletin(std::string_view sealed, const config::Secret& key);

}  // namespace gateway
